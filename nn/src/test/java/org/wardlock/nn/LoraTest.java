package org.wardlock.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;
import org.wardlock.tensor.spi.Distribution;

/** Low-rank changes against the weights they stand for. */
class LoraTest {
  private static final int DIM = 16;
  private static final Architecture VIT = Architecture.named("vit-16-2-h2-p8");
  private static final Set<LoraTarget> ALL = EnumSet.allOf(LoraTarget.class);

  private final Device device = Shared.device();

  private Tensor random(Distribution distribution, int stream, Shape shape) {
    Tensor streams = Tensor.ofLongs(device, Shape.of(1), stream);
    return Tensor.random(distribution, 7, 8, streams, (int) shape.count()).reshape(shape.toArray());
  }

  private Tensor pictures() {
    return random(Distribution.UNIFORM, 1, Shape.of(2, 3, 32, 32));
  }

  private Network base() {
    return Network.initial(VIT, device, 3);
  }

  private Network changed(Network base, LoraSettings lora) throws WeightsException {
    Weights weights = Weights.of("base", base.parameters().state(device));
    return Network.adapt(VIT, device, weights, Optional.of(lora), false, 5);
  }

  /** As training leaves them: neither factor is 0. */
  private void spread(Network network) {
    int stream = 100;
    for (Parameter parameter : network.parameters().all()) {
      if (parameter.isFactor()) {
        Tensor values = random(Distribution.NORMAL, stream++, parameter.shape()).multiply(0.2f);
        Updates.assign(parameter.tensor(), values);
      }
    }
  }

  @Test
  void nothingChangesAtFirst() throws WeightsException {
    try (Scope _ = Scope.open("test")) {
      Network base = base();
      Network changed = changed(base, new LoraSettings(4, 8, 0, ALL));
      Tensor x = pictures();
      assertArrayEquals(
          base.logits(x, Pass.EVALUATION).toFloats(),
          changed.logits(x, Pass.EVALUATION).toFloats());
    }
  }

  @ParameterizedTest
  @EnumSource(LoraTarget.class)
  void mergedWeightsComputeWhatFactorsBesideThemDo(LoraTarget target) throws WeightsException {
    try (Scope _ = Scope.open("test")) {
      Network base = base();
      LoraSettings lora = new LoraSettings(3, 6, 0, Set.of(target));
      Network changed = changed(base, lora);
      spread(changed);
      Tensor x = pictures();
      float[] expected = changed.logits(x, Pass.EVALUATION).toFloats();
      Weights merged = changed.deployable("merged", changed.parameters().state(device));
      Network plain = Network.load(VIT, device, merged);
      float[] found = plain.logits(x, Pass.EVALUATION).toFloats();
      Numbers.assertClose("merged", expected, found, 1e-5);
      assertTrue(
          Numbers.relativeError(base.logits(x, Pass.EVALUATION).toFloats(), found) > 1e-3,
          "the change is seen");

      Weights factors = Weights.of("factors", changed.parameters().state(device));
      Weights back = LoraWeights.unmerged(merged, factors, lora);
      for (Parameter parameter : base.parameters().all()) {
        float[] was = parameter.tensor().toFloats();
        float[] is = back.tensor(parameter.name(), device).toFloats();
        Numbers.assertClose(parameter.name(), was, is, 1e-6);
      }
    }
  }

  @Test
  void queriesAndValuesChangeAndKeysStay() throws WeightsException {
    try (Scope _ = Scope.open("test")) {
      Network base = base();
      Network changed = changed(base, new LoraSettings(2, 2, 0, Set.of(LoraTarget.QKV)));
      spread(changed);
      Weights merged = changed.deployable("merged", changed.parameters().state(device));
      String name = "blocks.1.attn.qkv.weight";
      Tensor was = changed.parameters().state(device).get(name);
      Tensor is = merged.tensor(name, device);
      assertArrayEquals(
          was.slice(0, DIM, 2 * DIM).toFloats(), is.slice(0, DIM, 2 * DIM).toFloats());
      for (int slice : new int[] {0, 2}) {
        Tensor before = was.slice(0, slice * DIM, (slice + 1) * DIM);
        Tensor after = is.slice(0, slice * DIM, (slice + 1) * DIM);
        assertTrue(Numbers.relativeError(before.toFloats(), after.toFloats()) > 0.01);
      }
      assertEquals(base.parameters().names(), merged.names());
    }
  }

  /** With W' = W + s B A, the gradients follow from that of W': s B^T G and s G A^T. */
  @ParameterizedTest
  @EnumSource(LoraTarget.class)
  void factorsHaveTheGradientsOfTheWeightTheyChange(LoraTarget target) throws WeightsException {
    try (Scope _ = Scope.open("test")) {
      LoraSettings lora = new LoraSettings(3, 6, 0, Set.of(target));
      Network changed = changed(base(), lora);
      spread(changed);
      Weights merged = changed.deployable("merged", changed.parameters().state(device));
      Network plain = Network.load(VIT, device, merged);
      TrainableParameters.of(device, plain.parameters(), _ -> true);
      var factors = TrainableParameters.of(device, changed.parameters(), Parameter::isFactor);
      Tensor x = pictures();
      var towardsWeights = plain.logits(x, Pass.TRAINING).square().sum().backward();
      var towardsFactors = changed.logits(x, Pass.TRAINING).square().sum().backward();
      int compared = 0;
      for (Parameter weight : plain.parameters().all()) {
        for (LoraNames.Factors names :
            LoraNames.changes(weight.name(), changed.parameters().names())) {
          int rows = weight.shape().extent(0) / names.slices();
          Tensor g =
              towardsWeights
                  .of(weight.tensor())
                  .slice(0, names.slice() * rows, (names.slice() + 1) * rows);
          Parameter a = named(changed, names.a());
          Parameter b = named(changed, names.b());
          Tensor expectedA = b.tensor().detach().transpose().matmul(g).multiply(lora.scale());
          Tensor expectedB = g.matmul(a.tensor().detach().transpose()).multiply(lora.scale());
          assertGradient(names.a(), expectedA, towardsFactors.of(a.tensor()));
          assertGradient(names.b(), expectedB, towardsFactors.of(b.tensor()));
          compared += 2;
        }
      }
      assertEquals(factors.parameters().size(), compared);
    }
  }

  private static void assertGradient(String name, Tensor expected, Tensor found) {
    Numbers.assertClose(name, expected.toFloats(), found.toFloats(), 1e-4);
  }

  private static Parameter named(Network network, String name) {
    return network.parameters().all().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** What the tape keeps is what gradients of trained parameters read. */
  @Test
  void whatIsFrozenTakesNoMemoryForGradients() throws WeightsException {
    try (Scope _ = Scope.open("test")) {
      long all = tapeBytes(_ -> true);
      long head = tapeBytes(parameter -> parameter.name().startsWith("head."));
      long factors = tapeBytes(Parameter::isFactor);
      assertTrue(20 * head < all, "head alone keeps " + head + " of " + all + " bytes");
      assertTrue(factors < all, "factors keep " + factors + " of " + all + " bytes");
    }
  }

  private long tapeBytes(Predicate<Parameter> trained) throws WeightsException {
    Network changed = changed(base(), new LoraSettings(2, 2, 0, Set.of(LoraTarget.QKV)));
    TrainableParameters.of(device, changed.parameters(), trained);
    return changed.logits(pictures(), Pass.TRAINING).sum().tapeBytes();
  }

  @Test
  void dropoutDependsOnThePictureAndNotOnItsBatch() throws WeightsException {
    try (Scope _ = Scope.open("test")) {
      Network changed = changed(base(), new LoraSettings(2, 8, 0.5, ALL));
      spread(changed);
      Tensor x = pictures();
      Tensor swapped = Tensor.concatenate(0, x.slice(0, 1, 2), x.slice(0, 0, 1));
      Tensor first = changed.logits(x, dropping(11, 12));
      Tensor second = changed.logits(swapped, dropping(12, 11));
      assertArrayEquals(
          first.slice(0, 0, 1).toFloats(), second.slice(0, 1, 2).toFloats(), "picture 11");
      assertArrayEquals(
          first.slice(0, 1, 2).toFloats(), second.slice(0, 0, 1).toFloats(), "picture 12");
      Tensor other = changed.logits(x, dropping(13, 14));
      assertTrue(Numbers.relativeError(first.toFloats(), other.toFloats()) > 1e-3);
      Tensor without = changed.logits(x, Pass.EVALUATION);
      assertTrue(Numbers.relativeError(first.toFloats(), without.toFloats()) > 1e-3);
      assertThrows(IllegalStateException.class, () -> changed.logits(x, Pass.TRAINING));
    }
  }

  private Pass dropping(long... streams) {
    return Pass.TRAINING.with(
        new Chance(9, Tensor.ofLongs(device, Shape.of(streams.length), streams)));
  }

  @Test
  void dropoutKeepsTheMean() {
    try (Scope _ = Scope.open("test")) {
      var chance = new Chance(1, Tensor.ofLongs(device, Shape.of(2), 5, 6));
      Tensor ones = Tensor.full(device, Shape.of(2, 20_000), 1);
      Tensor dropped = chance.dropout(ones, 0.25, 3);
      assertEquals(1, dropped.mean().item(), 0.01);
      float kept = 1 / 0.75f;
      for (float value : dropped.toFloats()) {
        assertTrue(value == 0 || value == kept, Float.toString(value));
      }
      assertFalse(
          Arrays.equals(dropped.slice(0, 0, 1).toFloats(), dropped.slice(0, 1, 2).toFloats()));
    }
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    for (var settings :
        List.<Runnable>of(
            () -> new LoraSettings(0, 1, 0, ALL),
            () -> new LoraSettings(1, 0, 0, ALL),
            () -> new LoraSettings(1, 1, 1, ALL),
            () -> new LoraSettings(1, 1, 0, Set.of()),
            () -> LoraTarget.parse("qkv,key"))) {
      assertThrows(IllegalArgumentException.class, settings::run);
    }
    assertEquals(Set.of(LoraTarget.FC1, LoraTarget.QKV), LoraTarget.parse("fc1, qkv"));
    assertEquals("qkv,proj,fc1,fc2", LoraTarget.text(ALL));
    var tooLarge =
        assertThrows(
            IllegalArgumentException.class, () -> changed(base(), new LoraSettings(17, 1, 0, ALL)));
    assertTrue(tooLarge.getMessage().contains("at most 16"), tooLarge::getMessage);
    Weights none = Weights.of("none", Map.of());
    var mixer =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Network.adapt(
                    Architecture.named("convmixer-8-1-k3-p4"),
                    device,
                    none,
                    Optional.of(new LoraSettings(1, 1, 0, ALL)),
                    false,
                    0));
    assertTrue(mixer.getMessage().contains("linear layers of transformers"), mixer::getMessage);
  }
}
