package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.nn.model.SmallTransformers.CLASSES;
import static org.wardlock.nn.model.SmallTransformers.DEPTH;
import static org.wardlock.nn.model.SmallTransformers.DEVICE;
import static org.wardlock.nn.model.SmallTransformers.DIM;
import static org.wardlock.nn.model.SmallTransformers.PATCH;
import static org.wardlock.nn.model.SmallTransformers.PICTURES;
import static org.wardlock.nn.model.SmallTransformers.SIDE;
import static org.wardlock.nn.model.SmallTransformers.architecture;
import static org.wardlock.nn.model.SmallTransformers.doubles;
import static org.wardlock.nn.model.SmallTransformers.floats;
import static org.wardlock.nn.model.SmallTransformers.pictures;
import static org.wardlock.nn.model.SmallTransformers.reference;
import static org.wardlock.nn.model.SmallTransformers.row;
import static org.wardlock.nn.model.SmallTransformers.shapes;
import static org.wardlock.nn.model.SmallTransformers.spread;
import static org.wardlock.nn.model.SmallTransformers.timm;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.nn.Numbers;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.Pass;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.VisionTransformer.Variant;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Distilled DeiT, DeiT-III and ViT without bias in qkv, against timm's names and a reference. */
class TransformerVariantsTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @EnumSource
  void tensorsHaveTimmsNamesAndShapes(Variant variant) {
    Network network = Network.initial(architecture(variant), DEVICE, 1);
    assertEquals(timm(variant, DIM, DEPTH, PATCH, 9, CLASSES), shapes(network));
  }

  @Tag("cpu-only") // names and shapes are the same everywhere
  @ParameterizedTest
  @CsvSource({
    "deit_tiny_distilled_patch16_224, DISTILLED, 192, 12, 16, 196",
    "deit3_small_patch16_384, DEIT3, 384, 12, 16, 576",
    "vit_base_patch16_224_miil, NO_QKV_BIAS, 768, 12, 16, 196",
  })
  void publishedOnesDoSoToo(
      String name, Variant variant, int dim, int depth, int patch, int patches) {
    Network network = Network.initial(Architecture.named(name), DEVICE, 1);
    assertEquals(timm(variant, dim, depth, patch, patches, 1000), shapes(network));
    network.release();
  }

  @ParameterizedTest
  @EnumSource
  void logitsAreThoseOfTheReference(Variant variant) {
    Network network = spread(architecture(variant));
    Tensor x = pictures(SIDE);
    double[] pixels = doubles(x.toFloats());
    float[] logits = network.logits(x, Pass.EVALUATION).toFloats();
    float[] tokens = network.features(x, DEPTH, Pass.EVALUATION).toFloats();
    ReferenceTransformer reference = reference(doubles(network));
    for (int i = 0; i < PICTURES; i++) {
      float[] expected = floats(reference.logits(row(pixels, i), SIDE));
      float[] found = Arrays.copyOfRange(logits, i * CLASSES, (i + 1) * CLASSES);
      Numbers.assertClose("logits of picture " + i, expected, found, 1e-5);
      double[][] features = reference.tokens(row(pixels, i), SIDE);
      int length = features.length * DIM;
      Numbers.assertClose(
          "tokens of picture " + i,
          floats(Arrays.stream(features).flatMapToDouble(Arrays::stream).toArray()),
          Arrays.copyOfRange(tokens, i * length, (i + 1) * length),
          1e-5);
    }
    assertArrayEquals(logits, network.logits(x, Pass.TRAINING).toFloats(), "in training, too");
  }

  /** The derivative along one random direction of each parameter, and of the pixels. */
  @ParameterizedTest
  @EnumSource
  void gradientsAreThoseOfTheReference(Variant variant) {
    Network network = spread(architecture(variant));
    Map<String, double[]> weights = doubles(network);
    var trained = TrainableParameters.of(DEVICE, network.parameters(), _ -> true);
    Tensor x = pictures(SIDE).requiresGrad();
    double[] pixels = doubles(x.detach().toFloats());
    var random = new Random(9);
    double[] mixing = random.doubles(PICTURES * CLASSES, -1, 1).map(v -> (float) v).toArray();
    Tensor logits = network.logits(x, Pass.TRAINING);
    Tensor loss = logits.multiply(Tensor.of(DEVICE, logits.shape(), floats(mixing))).sum();
    Gradients gradients = loss.backward();

    double[] way = random.doubles(pixels.length, -1, 1).toArray();
    assertSlope("pixels", weights, pixels, way, "", mixing, gradients.of(x).toFloats());
    for (Parameter parameter : trained.parameters()) {
      String name = parameter.name();
      double[] along = random.doubles(weights.get(name).length, -1, 1).toArray();
      float[] gradient = gradients.of(parameter.tensor()).toFloats();
      assertSlope(name, weights, pixels, along, name, mixing, gradient);
    }
  }

  private static void assertSlope(
      String what,
      Map<String, double[]> weights,
      double[] pixels,
      double[] along,
      String moved,
      double[] mixing,
      float[] gradient) {
    double step = 1e-5;
    double[] at = new double[2];
    for (int way = 0; way < 2; way++) {
      double signed = way == 0 ? step : -step;
      double[] from = moved.isEmpty() ? pixels : weights.get(moved);
      double[] to = new double[from.length];
      Arrays.setAll(to, i -> from[i] + signed * along[i]);
      var changed = new HashMap<>(weights);
      changed.computeIfPresent(moved, (_, _) -> to);
      double[] shown = moved.isEmpty() ? to : pixels;
      for (int i = 0; i < PICTURES; i++) {
        double[] logits = reference(changed).logits(row(shown, i), SIDE);
        for (int k = 0; k < CLASSES; k++) {
          at[way] += logits[k] * mixing[i * CLASSES + k];
        }
      }
    }
    double slope = 0;
    double scale = 0;
    for (int i = 0; i < gradient.length; i++) {
      slope += gradient[i] * along[i];
      scale += Math.abs(gradient[i] * along[i]);
    }
    assertEquals((at[0] - at[1]) / (2 * step), slope, 1e-4 * scale + 1e-6, what);
    assertTrue(scale > 0, what);
  }

  @Test
  void theLogitsOfADistilledOneAreTheMeanOfBothHeads() {
    Network network = spread(architecture(Variant.DISTILLED));
    Tensor x = pictures(SIDE);
    float[] logits = network.logits(x, Pass.EVALUATION).toFloats();
    ReferenceTransformer reference = reference(doubles(network));
    double[] picture = row(doubles(x.toFloats()), 1);
    double[] first = reference.logits(picture, SIDE, "head", 0);
    double[] second = reference.logits(picture, SIDE, "head_dist", 1);
    Tensor shown = network.embedding(x, Pass.EVALUATION);
    assertEquals(Shape.of(PICTURES, 2 * DIM), shown.shape());
    Map<String, Tensor> state = network.parameters().state(DEVICE);
    for (int head = 0; head < 2; head++) {
      String name = head == 0 ? "head" : "head_dist";
      Tensor part = shown.slice(1, head * DIM, (head + 1) * DIM).slice(0, 1, 2);
      float[] found =
          part.linear(state.get(name + ".weight"), state.get(name + ".bias")).toFloats();
      Numbers.assertClose(name, floats(head == 0 ? first : second), found, 1e-5);
    }
    for (int k = 0; k < CLASSES; k++) {
      assertEquals((first[k] + second[k]) / 2, logits[CLASSES + k], 1e-4);
    }
  }

  /** With branches scaled by 0 the class token comes out as it was learnt: nothing was added. */
  @Test
  void onlyPatchesHaveAPositionInDeit3() {
    Network network = spread(architecture(Variant.DEIT3));
    Map<String, Tensor> state = new HashMap<>(network.parameters().state(DEVICE));
    for (String name : state.keySet()) {
      if (name.endsWith("gamma")) {
        state.put(name, Tensor.zeros(DEVICE, state.get(name).shape()));
      }
    }
    try (ImageClassifier still = loaded(architecture(Variant.DEIT3), state)) {
      Tensor tokens = still.features(pictures(SIDE), DEPTH);
      assertEquals(Shape.of(PICTURES, 10, DIM), tokens.shape());
      assertArrayEquals(
          state.get("cls_token").toFloats(), tokens.slice(0, 1, 2).slice(1, 0, 1).toFloats());
    }
  }

  private ImageClassifier loaded(Architecture architecture, Map<String, Tensor> state) {
    try {
      return ImageClassifier.load(architecture, DEVICE, Weights.of("test", state));
    } catch (WeightsException e) {
      throw new AssertionError(e);
    }
  }

  /** {@link PositionGridTest} has the numbers; here they are read at their places. */
  @ParameterizedTest
  @EnumSource
  void positionsAreResampledForOtherPictures(Variant variant) throws WeightsException {
    Network small = spread(architecture(variant));
    Weights weights = Weights.of("small", small.parameters().state(DEVICE));
    Architecture wider = architecture(variant).withImageSize(5 * PATCH);
    Network large = Network.load(wider, DEVICE, weights);
    assertEquals(timm(variant, DIM, DEPTH, PATCH, 25, CLASSES), shapes(large));
    Map<String, double[]> expected = doubles(small);
    expected.put("pos_embed", doubles(large).get("pos_embed"));
    int prefix = expected.get("pos_embed").length / DIM - 25;
    assertArrayEquals(
        Arrays.copyOf(doubles(small).get("pos_embed"), prefix * DIM),
        Arrays.copyOf(expected.get("pos_embed"), prefix * DIM),
        "tokens before the patches keep theirs");
    Tensor x = pictures(5 * PATCH);
    float[] logits = large.logits(x, Pass.EVALUATION).slice(0, 0, 1).toFloats();
    double[] picture = row(doubles(x.toFloats()), 0);
    Numbers.assertClose(
        "logits", floats(reference(expected).logits(picture, 5 * PATCH)), logits, 1e-5);
  }
}
