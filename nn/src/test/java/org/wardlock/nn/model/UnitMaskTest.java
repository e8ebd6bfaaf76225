package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.nn.Pass;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.testing.TestDevice;

/** Pruned units: how they are found, and that masked networks compute as if they answered 0. */
class UnitMaskTest {
  private static final Device DEVICE = TestDevice.get();

  /** Networks of each kind, and a number of each unit's own that moves its answer. */
  enum Kind {
    TRANSFORMER("vit-8-2-h2-p8", 16, 32, "blocks.%s.mlp.fc1.bias"),
    MIXER("convmixer-8-2-k3-p4", 16, 8, "blocks.%s.3.running_mean"),
    RESIDUAL("resnet20", 8, 16, "layer1.%s.bn1.running_mean");

    private final Architecture architecture;
    private final int units;
    private final String mover;

    Kind(String name, int size, int units, String mover) {
      architecture = Architecture.named(name).withImageSize(size);
      this.units = units;
      this.mover = mover;
    }

    ImageClassifier classifier() {
      Network network = Network.initial(architecture, DEVICE, 3);
      try {
        return ImageClassifier.copyOf(network);
      } finally {
        network.release();
      }
    }

    Tensor pictures(int count) {
      int size = architecture.imageSize();
      return Tensor.random(
              Distribution.UNIFORM,
              5,
              0,
              Tensor.ofLongs(DEVICE, Shape.of(1), 1),
              count * 3 * size * size)
          .reshape(count, 3, size, size);
    }

    /** The same network, one unit of its second layer answering otherwise. */
    ImageClassifier moved(ImageClassifier classifier, int unit) throws WeightsException {
      String name = mover.formatted(1);
      float[] values = classifier.weights().tensor(name, DEVICE).toFloats();
      values[unit] += 3;
      Tensor changed = Tensor.of(DEVICE, Shape.of(values.length), values);
      return classifier.sharing(Weights.of("moved", Map.of(name, changed)));
    }
  }

  private static UnitActivations measured(ImageClassifier classifier, Tensor pictures) {
    var activations = new UnitActivations(classifier.architecture());
    Map<String, float[][]> found = classifier.unitActivations(pictures);
    for (int row = 0; row < pictures.shape().extent(0); row++) {
      activations.add(found, row);
    }
    return activations;
  }

  @ParameterizedTest
  @EnumSource
  void whatPrunedUnitsWouldAnswerDoesNotMatter(Kind kind) throws WeightsException {
    try (Scope _ = Scope.open("test");
        ImageClassifier plain = kind.classifier()) {
      Tensor pictures = kind.pictures(3);
      UnitMask mask = UnitMask.lowest(measured(plain, pictures), 0.5);
      int gone = 0;
      int kept = 0;
      for (int unit = 0; unit < kind.units; unit++) {
        gone = mask.isPruned(1, unit) ? unit : gone;
        kept = mask.isPruned(1, unit) ? kept : unit;
      }
      try (ImageClassifier masked = plain.masked(mask);
          ImageClassifier withoutGone = kind.moved(plain, gone);
          ImageClassifier maskedGone = withoutGone.masked(mask);
          ImageClassifier withoutKept = kind.moved(plain, kept);
          ImageClassifier maskedKept = withoutKept.masked(mask)) {
        float[] logits = masked.logits(pictures).toFloats();
        assertFalse(Arrays.equals(plain.logits(pictures).toFloats(), logits));
        assertFalse(
            Arrays.equals(
                plain.logits(pictures).toFloats(), withoutGone.logits(pictures).toFloats()));
        assertArrayEquals(logits, maskedGone.logits(pictures).toFloats());
        assertFalse(Arrays.equals(logits, maskedKept.logits(pictures).toFloats()));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEmptyMaskChangesNoBitAndNeitherDoesWhoLooksOn(Kind kind) {
    try (Scope _ = Scope.open("test");
        ImageClassifier plain = kind.classifier()) {
      Tensor pictures = kind.pictures(3);
      UnitMask mask = UnitMask.lowest(measured(plain, pictures), 0);
      assertEquals(0, mask.pruned());
      Network network = Network.initial(kind.architecture, DEVICE, 3);
      try (ImageClassifier masked = plain.masked(mask)) {
        float[] expected = plain.logits(pictures).toFloats();
        assertArrayEquals(expected, masked.logits(pictures).toFloats());
        Pass observed = Pass.EVALUATION.with((_, _, _) -> {});
        assertArrayEquals(expected, network.logits(pictures, observed).toFloats());
      } finally {
        network.release();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyLayerIsMeasuredPictureByPicture(Kind kind) {
    try (Scope _ = Scope.open("test");
        ImageClassifier plain = kind.classifier()) {
      Tensor pictures = kind.pictures(3);
      Map<String, float[][]> together = plain.unitActivations(pictures);
      Map<String, float[][]> alone = plain.unitActivations(pictures.slice(0, 2, 3));
      List<UnitLayer> layers = kind.architecture.body().unitLayers();
      assertEquals(layers.size(), together.size());
      for (UnitLayer layer : layers) {
        assertEquals(3, together.get(layer.name()).length, layer.name());
        assertEquals(layer.units(), alone.get(layer.name())[0].length, layer.name());
        assertArrayEquals(together.get(layer.name())[2], alone.get(layer.name())[0]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theHeadIsShownTheEmbedding(Kind kind) throws WeightsException {
    try (Scope _ = Scope.open("test");
        ImageClassifier plain = kind.classifier()) {
      Tensor pictures = kind.pictures(5);
      String head = kind.architecture.body().head();
      Tensor weight = plain.weights().tensor(head + ".weight", DEVICE);
      Tensor bias = plain.weights().tensor(head + ".bias", DEVICE);
      assertArrayEquals(
          plain.logits(pictures).toFloats(),
          plain.embedding(pictures).linear(weight, bias).toFloats());
    }
  }

  @Test
  void whatIsMeasuredIsTheUnitsAnswer() throws WeightsException {
    try (Scope _ = Scope.open("test");
        ImageClassifier plain = Kind.TRANSFORMER.classifier()) {
      Tensor zero = Tensor.zeros(DEVICE, Shape.of(32, 8));
      Tensor bias = Tensor.full(DEVICE, Shape.of(32), -0.5f);
      var own =
          Weights.of("own", Map.of("blocks.0.mlp.fc1.weight", zero, "blocks.0.mlp.fc1.bias", bias));
      try (ImageClassifier constant = plain.sharing(own)) {
        float[][] found =
            constant.unitActivations(Kind.TRANSFORMER.pictures(2)).get("blocks.0.mlp");
        assertEquals(0.15427, found[1][31], 1e-4, "|GELU(-0.5)|");
      }
    }
    try (Scope _ = Scope.open("test");
        ImageClassifier mixer = Kind.MIXER.classifier()) {
      Tensor pictures = Kind.MIXER.pictures(2);
      Map<String, float[][]> found = mixer.unitActivations(pictures);
      for (int block = 0; block < 2; block++) {
        float[] expected = mixer.features(pictures, block + 1).abs().mean(2, 3).toFloats();
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], found.get("blocks." + block)[i / 8][i % 8], 1e-4);
        }
      }
    }
    try (Scope _ = Scope.open("test");
        ImageClassifier residual = Kind.RESIDUAL.classifier()) {
      Tensor pictures = Kind.RESIDUAL.pictures(2);
      UnitMask mask = UnitMask.lowest(measured(residual, pictures), 0.25);
      assertEquals(mask.units() / 4, mask.pruned());
      try (ImageClassifier masked = residual.masked(mask)) {
        float[] found = masked.unitActivations(pictures).get("layer2.1.bn1")[0];
        for (int unit = 0; unit < found.length; unit++) {
          assertEquals(mask.isPruned(4, unit), found[unit] == 0, "unit " + unit);
        }
      }
    }
  }

  @Test
  void theLowestOfEachLayerGo() {
    var activations = new UnitActivations(Kind.MIXER.architecture);
    assertThrows(IllegalStateException.class, () -> activations.means(0));
    float[][] falling = {{8, 7, 6, 5, 4, 3, 2, 1}};
    float[][] even = {{1, 1, 1, 1, 1, 1, 1, 1}};
    activations.add(Map.of("blocks.0", falling, "blocks.1", even), 0);
    UnitMask mask = UnitMask.lowest(activations, 0.3);
    assertEquals(4, mask.pruned());
    assertTrue(mask.isPruned(0, 7) && mask.isPruned(0, 6), mask.toString());
    assertTrue(mask.isPruned(1, 0) && mask.isPruned(1, 1), mask.toString());
    assertEquals(14, UnitMask.lowest(activations, 0.999).pruned());
    assertThrows(IllegalArgumentException.class, () -> UnitMask.lowest(activations, 1));
    assertThrows(IllegalArgumentException.class, () -> UnitMask.lowest(activations, Double.NaN));
    var twice = new UnitActivations(Kind.MIXER.architecture);
    twice.add(activations);
    twice.add(activations);
    assertEquals(2, twice.pictures());
    assertArrayEquals(activations.means(0), twice.means(0));
  }

  @Test
  void masksAreBits() {
    var activations = new UnitActivations(Kind.MIXER.architecture);
    float[][] falling = {{8, 7, 6, 5, 4, 3, 2, 1}};
    activations.add(Map.of("blocks.0", falling, "blocks.1", falling), 0);
    UnitMask mask = UnitMask.lowest(activations, 0.25);
    byte[] bytes = mask.toBytes();
    assertArrayEquals(new byte[] {(byte) 0b1100_0000, (byte) 0b1100_0000}, bytes);
    Architecture architecture = Kind.MIXER.architecture;
    assertEquals(mask, UnitMask.ofBytes(architecture, bytes));
    assertEquals(mask.hashCode(), UnitMask.ofBytes(architecture, bytes).hashCode());
    UnitMask none = UnitMask.ofBytes(architecture, new byte[2]);
    assertEquals(0, none.pruned());
    assertArrayEquals(new byte[2], none.toBytes());
    assertThrows(IllegalArgumentException.class, () -> UnitMask.ofBytes(architecture, (byte) 1));
    Architecture odd = Architecture.named("convmixer-3-1-k3-p4");
    assertThrows(IllegalArgumentException.class, () -> UnitMask.ofBytes(odd, (byte) 8));
  }
}
