package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
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

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.VisionTransformer.Variant;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/** What is made of transformers of every variant: other classes, low-rank changes, masks, files. */
class TransformerUsesTest {
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
    Network network = Network.initial(architecture(stored), DEVICE, 1);
    Weights weights = Weights.of("some.file", network.parameters().state(DEVICE));
    var refusal =
        assertThrows(
            WeightsException.class, () -> Network.load(architecture(named), DEVICE, weights));
    assertTrue(refusal.getMessage().startsWith("weights some.file: "), refusal::getMessage);
    assertTrue(refusal.getMessage().contains(expected), refusal::getMessage);
  }

  @Test
  void bothHeadsBeginAfreshForOtherClasses() throws WeightsException {
    Architecture three = architecture(Variant.DISTILLED).withClasses(3);
    Network before = spread(architecture(Variant.DISTILLED));
    Weights stored = Weights.of("stored", before.parameters().state(DEVICE));
    Network tuned = Network.adapt(three, DEVICE, stored, Optional.empty(), true, 4);
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
    var trained = TrainableParameters.of(DEVICE, tuned.parameters(), tuning.trained(three.body()));
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
    Network network = Network.initial(architecture(variant), DEVICE, 1);
    var trained = TrainableParameters.of(DEVICE, network.parameters(), _ -> true);
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
    Weights weights = Weights.of("base", spread(architecture).parameters().state(DEVICE));
    var lora = new LoraSettings(2, 4, 0, Set.of(LoraTarget.values()));
    Network changed = Network.adapt(architecture, DEVICE, weights, Optional.of(lora), false, 5);
    Tensor x = pictures(SIDE);
    float[] before = changed.logits(x, Pass.EVALUATION).toFloats();
    var random = new Random(6);
    for (Parameter parameter : changed.parameters().all()) {
      if (parameter.isFactor()) {
        float[] values = new float[(int) parameter.shape().count()];
        for (int i = 0; i < values.length; i++) {
          values[i] = 0.1f * (float) random.nextGaussian();
        }
        Updates.assign(parameter.tensor(), Tensor.of(DEVICE, parameter.shape(), values));
      }
    }
    float[] expected = changed.logits(x, Pass.EVALUATION).toFloats();
    assertTrue(Numbers.relativeError(before, expected) > 1e-2, "the change is seen");
    Weights merged = changed.deployable("merged", changed.parameters().state(DEVICE));
    Network plain = Network.load(architecture, DEVICE, merged);
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
  void foldersOfRunsLoad(Variant variant) throws IOException {
    Architecture architecture = architecture(variant);
    Network network = spread(architecture);
    var config = new ModelConfig(architecture, List.of(), Optional.empty());
    new RunConfig("w", "train", Map.of(), 0, "cpu", Optional.empty(), Optional.of(config))
        .write(folder);
    Path weights = folder.resolve(ModelFolder.WEIGHTS);
    Safetensors.write(weights, network.parameters().state(DEVICE), config.metadata());
    Tensor x = pictures(SIDE);
    ModelFolder found = ModelFolder.open(folder);
    assertEquals(architecture, found.config().architecture());
    try (ImageClassifier classifier = found.classifier(DEVICE)) {
      assertArrayEquals(
          network.logits(x, Pass.EVALUATION).toFloats(), classifier.logits(x).toFloats());
    }
  }
}
