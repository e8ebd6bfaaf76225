package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.nn.LoraSettings;
import org.wardlock.nn.LoraTarget;
import org.wardlock.nn.Numbers;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.Pass;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.Shared;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.VisionTransformer.Variant;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/** Distilled DeiT, DeiT-III and ViT without bias in qkv, against timm's names and a reference. */
class TransformerVariantsTest {
  private static final int DIM = 12;
  private static final int DEPTH = 2;
  private static final int HEADS = 3;
  private static final int PATCH = 4;
  private static final int SIDE = 12;
  private static final int CLASSES = 5;
  private static final int PICTURES = 2;

  private final Device device = Shared.device();
  private Scope scope;

  @TempDir Path folder;

  @BeforeEach
  void open() {
    scope = Scope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** Pixels as they are, so that the reference need not normalise. */
  private static Architecture architecture(Variant variant) {
    return Architecture.named(new VisionTransformer.Size(DIM, DEPTH, HEADS, PATCH, variant).name())
        .withImageSize(SIDE)
        .withClasses(CLASSES)
        .with(PixelStatistics.UNCHANGED);
  }

  /** What timm's files of a variant hold, by the size of the network. */
  private static Map<String, Shape> timm(
      Variant variant, int dim, int depth, int patch, int patches, int classes) {
    var shapes = new TreeMap<String, Shape>();
    shapes.put("cls_token", Shape.of(1, 1, dim));
    shapes.put("pos_embed", Shape.of(1, patches + 1, dim));
    shapes.put("patch_embed.proj.weight", Shape.of(dim, 3, patch, patch));
    shapes.put("patch_embed.proj.bias", Shape.of(dim));
    for (int i = 0; i < depth; i++) {
      String block = "blocks." + i + ".";
      for (String norm : List.of("norm1", "norm2")) {
        shapes.put(block + norm + ".weight", Shape.of(dim));
        shapes.put(block + norm + ".bias", Shape.of(dim));
      }
      shapes.put(block + "attn.qkv.weight", Shape.of(3 * dim, dim));
      if (variant != Variant.NO_QKV_BIAS) {
        shapes.put(block + "attn.qkv.bias", Shape.of(3 * dim));
      }
      shapes.put(block + "attn.proj.weight", Shape.of(dim, dim));
      shapes.put(block + "attn.proj.bias", Shape.of(dim));
      shapes.put(block + "mlp.fc1.weight", Shape.of(4 * dim, dim));
      shapes.put(block + "mlp.fc1.bias", Shape.of(4 * dim));
      shapes.put(block + "mlp.fc2.weight", Shape.of(dim, 4 * dim));
      shapes.put(block + "mlp.fc2.bias", Shape.of(dim));
      if (variant == Variant.DEIT3) {
        shapes.put(block + "ls1.gamma", Shape.of(dim));
        shapes.put(block + "ls2.gamma", Shape.of(dim));
      }
    }
    shapes.put("norm.weight", Shape.of(dim));
    shapes.put("norm.bias", Shape.of(dim));
    shapes.put("head.weight", Shape.of(classes, dim));
    shapes.put("head.bias", Shape.of(classes));
    if (variant == Variant.DEIT3) {
      shapes.put("pos_embed", Shape.of(1, patches, dim));
    }
    if (variant == Variant.DISTILLED) {
      shapes.put("dist_token", Shape.of(1, 1, dim));
      shapes.put("pos_embed", Shape.of(1, patches + 2, dim));
      shapes.put("head_dist.weight", Shape.of(classes, dim));
      shapes.put("head_dist.bias", Shape.of(classes));
    }
    return shapes;
  }

  private static Map<String, Shape> shapes(Network network) {
    var shapes = new TreeMap<String, Shape>();
    network.parameters().all().forEach(each -> shapes.put(each.name(), each.shape()));
    return shapes;
  }

  /** Numbers away from what parameters begin with, where mistakes would not show. */
  private Network spread(Architecture architecture) {
    Network network = Network.initial(architecture, device, 3);
    var random = new Random(5);
    for (Parameter parameter : network.parameters().all()) {
      double fanIn = parameter.shape().count() / (double) parameter.shape().extent(0);
      double deviation = parameter.name().endsWith(".weight") ? 1 / Math.sqrt(fanIn) : 0.5;
      double middle = parameter.name().matches(".*(norm.*weight|gamma)") ? 1 : 0;
      float[] values = new float[(int) parameter.shape().count()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (middle + deviation * random.nextGaussian());
      }
      Updates.assign(parameter.tensor(), Tensor.of(device, parameter.shape(), values));
    }
    return network;
  }

  private Tensor pictures(int side) {
    float[] pixels = new float[PICTURES * 3 * side * side];
    var random = new Random(7);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return Tensor.of(device, Shape.of(PICTURES, 3, side, side), pixels);
  }

  private static double[] doubles(float... values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  private static Map<String, double[]> doubles(Network network) {
    var weights = new HashMap<String, double[]>();
    for (Parameter parameter : network.parameters().all()) {
      weights.put(parameter.name(), doubles(parameter.tensor().toFloats()));
    }
    return weights;
  }

  private static ReferenceTransformer reference(Map<String, double[]> weights) {
    return new ReferenceTransformer(DIM, DEPTH, HEADS, PATCH, weights);
  }

  private static double[] row(double[] pixels, int picture) {
    int length = pixels.length / PICTURES;
    return Arrays.copyOfRange(pixels, picture * length, (picture + 1) * length);
  }

  private static float[] floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  @ParameterizedTest
  @EnumSource
  void tensorsHaveTimmsNamesAndShapes(Variant variant) {
    Network network = Network.initial(architecture(variant), device, 1);
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
    Network network = Network.initial(Architecture.named(name), device, 1);
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
    var trained = TrainableParameters.of(device, network.parameters(), _ -> true);
    Tensor x = pictures(SIDE).requiresGrad();
    double[] pixels = doubles(x.detach().toFloats());
    var random = new Random(9);
    double[] mixing = random.doubles(PICTURES * CLASSES, -1, 1).map(v -> (float) v).toArray();
    Tensor logits = network.logits(x, Pass.TRAINING);
    Tensor loss = logits.multiply(Tensor.of(device, logits.shape(), floats(mixing))).sum();
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
    Map<String, Tensor> state = network.parameters().state(device);
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
    Map<String, Tensor> state = new HashMap<>(network.parameters().state(device));
    for (String name : state.keySet()) {
      if (name.endsWith("gamma")) {
        state.put(name, Tensor.zeros(device, state.get(name).shape()));
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
      return ImageClassifier.load(architecture, device, Weights.of("test", state));
    } catch (WeightsException e) {
      throw new AssertionError(e);
    }
  }

  /** {@link PositionGridTest} has the numbers; here they are read at their places. */
  @ParameterizedTest
  @EnumSource
  void positionsAreResampledForOtherPictures(Variant variant) throws WeightsException {
    Network small = spread(architecture(variant));
    Weights weights = Weights.of("small", small.parameters().state(device));
    Architecture wider = architecture(variant).withImageSize(5 * PATCH);
    Network large = Network.load(wider, device, weights);
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

  /** Each variant's file under each other's name. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DISTILLED | PLAIN | unexpected: dist_token, head_dist.bias, head_dist.weight",
        "DISTILLED | PLAIN | pos_embed has shape [1,11,12], expected [1,10,12]",
        "PLAIN | DISTILLED | missing: dist_token",
        "PLAIN | DISTILLED | pos_embed has shape [1,10,12], expected [1,11,12]",
        "DEIT3 | PLAIN | unexpected: blocks.0.ls1.gamma, blocks.0.ls2.gamma",
        "DEIT3 | PLAIN | pos_embed has shape [1,9,12], expected [1,10,12]",
        "PLAIN | DEIT3 | missing: blocks.0.ls1.gamma",
        "PLAIN | DEIT3 | pos_embed has shape [1,10,12], expected [1,9,12]",
        "NO_QKV_BIAS | PLAIN | missing: blocks.0.attn.qkv.bias, blocks.1.attn.qkv.bias",
        "PLAIN | NO_QKV_BIAS | unexpected: blocks.0.attn.qkv.bias, blocks.1.attn.qkv.bias",
      })
  void anothersFileIsRefusedByTheNamesThatDoNotFit(Variant stored, Variant named, String expected) {
    Network network = Network.initial(architecture(stored), device, 1);
    Weights weights = Weights.of("some.file", network.parameters().state(device));
    var refusal =
        assertThrows(
            WeightsException.class, () -> Network.load(architecture(named), device, weights));
    assertTrue(refusal.getMessage().startsWith("weights some.file: "), refusal::getMessage);
    assertTrue(refusal.getMessage().contains(expected), refusal::getMessage);
  }

  @Test
  void bothHeadsBeginAfreshForOtherClasses() throws WeightsException {
    Architecture three = architecture(Variant.DISTILLED).withClasses(3);
    Network before = spread(architecture(Variant.DISTILLED));
    Weights stored = Weights.of("stored", before.parameters().state(device));
    Network tuned = Network.adapt(three, device, stored, Optional.empty(), true, 4);
    assertEquals(timm(Variant.DISTILLED, DIM, DEPTH, PATCH, 9, 3), shapes(tuned));
    Map<String, double[]> old = doubles(before);
    Map<String, double[]> now = doubles(tuned);
    for (String name : now.keySet()) {
      boolean renewed = name.startsWith("head");
      assertEquals(renewed, Part.of(three.body(), name) == Part.HEAD, name);
      assertEquals(!renewed, Arrays.equals(old.get(name), now.get(name)), name);
    }
    assertFalse(Arrays.equals(now.get("head.weight"), now.get("head_dist.weight")));
    var tuning = new FineTuning(Set.of(Part.HEAD), Optional.empty(), FineTuning.FULL.statistics());
    var trained = TrainableParameters.of(device, tuned.parameters(), tuning.trained(three.body()));
    assertEquals(4, trained.parameters().size());
    assertEquals(2L * (3 * DIM + 3), tuning.counts(tuned).trainable());
    Gradients gradients = tuned.logits(pictures(SIDE), Pass.TRAINING).sum().backward();
    for (Parameter parameter : trained.parameters()) {
      if (parameter.name().endsWith("bias")) {
        float[] half = new float[3];
        Arrays.fill(half, PICTURES / 2f);
        assertArrayEquals(half, gradients.of(parameter.tensor()).toFloats(), parameter.name());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tokensPositionsBiasesAndScalesAreNotDecayed(Variant variant) {
    Network network = Network.initial(architecture(variant), device, 1);
    var trained = TrainableParameters.of(device, network.parameters(), _ -> true);
    assertTrue(trained.groups().getFirst().decayed());
    int end = trained.groups().getFirst().end();
    int start = 0;
    for (Parameter parameter : trained.parameters()) {
      boolean matrix = parameter.name().matches("(head|head_dist|patch_embed|blocks).*weight");
      boolean norm = parameter.name().contains("norm");
      assertEquals(matrix && !norm, start < end, parameter.name());
      start += (int) parameter.shape().count();
    }
  }

  @ParameterizedTest
  @EnumSource
  void lowRankChangesAreMerged(Variant variant) throws WeightsException {
    Architecture architecture = architecture(variant);
    Weights weights = Weights.of("base", spread(architecture).parameters().state(device));
    var lora = new LoraSettings(2, 4, 0, Set.of(LoraTarget.values()));
    Network changed = Network.adapt(architecture, device, weights, Optional.of(lora), false, 5);
    Tensor x = pictures(SIDE);
    float[] before = changed.logits(x, Pass.EVALUATION).toFloats();
    var random = new Random(6);
    for (Parameter parameter : changed.parameters().all()) {
      if (parameter.isFactor()) {
        float[] values = new float[(int) parameter.shape().count()];
        for (int i = 0; i < values.length; i++) {
          values[i] = 0.1f * (float) random.nextGaussian();
        }
        Updates.assign(parameter.tensor(), Tensor.of(device, parameter.shape(), values));
      }
    }
    float[] expected = changed.logits(x, Pass.EVALUATION).toFloats();
    assertTrue(Numbers.relativeError(before, expected) > 1e-2, "the change is seen");
    Weights merged = changed.deployable("merged", changed.parameters().state(device));
    Network plain = Network.load(architecture, device, merged);
    Numbers.assertClose("merged", expected, plain.logits(x, Pass.EVALUATION).toFloats(), 1e-5);
  }

  /** A pruned unit answers 0: the reference with columns of zeros says the same. */
  @ParameterizedTest
  @EnumSource
  void masksAreExact(Variant variant) {
    Architecture architecture = architecture(variant);
    Network network = spread(architecture);
    Tensor x = pictures(SIDE);
    try (ImageClassifier plain = ImageClassifier.copyOf(network)) {
      var activations = new UnitActivations(architecture);
      activations.add(plain.unitActivations(x), 0);
      UnitMask mask = UnitMask.lowest(activations, 0.5);
      assertEquals(DEPTH * 2 * DIM, mask.pruned());
      Map<String, double[]> weights = doubles(network);
      for (int layer = 0; layer < DEPTH; layer++) {
        double[] fc2 = weights.get("blocks." + layer + ".mlp.fc2.weight");
        for (int i = 0; i < fc2.length; i++) {
          fc2[i] = mask.isPruned(layer, i % (4 * DIM)) ? 0 : fc2[i];
        }
      }
      try (ImageClassifier masked = plain.masked(mask)) {
        double[] picture = row(doubles(x.toFloats()), 0);
        Numbers.assertClose(
            "masked",
            floats(reference(weights).logits(picture, SIDE)),
            masked.logits(x).slice(0, 0, 1).toFloats(),
            1e-5);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void foldersOfRunsAndAdaptersLoad(Variant variant) throws IOException {
    Architecture architecture = architecture(variant);
    Network network = spread(architecture);
    var config = new ModelConfig(architecture, List.of(), Optional.empty());
    new RunConfig("w", "train", Map.of(), 0, "cpu", Optional.empty(), Optional.of(config))
        .write(folder);
    Path weights = folder.resolve(ModelFolder.WEIGHTS);
    Safetensors.write(weights, network.parameters().state(device), config.metadata());
    Tensor x = pictures(SIDE);
    ModelFolder found = ModelFolder.open(folder);
    assertEquals(architecture, found.config().architecture());
    try (ImageClassifier classifier = found.classifier(device)) {
      assertArrayEquals(
          network.logits(x, Pass.EVALUATION).toFloats(), classifier.logits(x).toFloats());
    }
  }
}
