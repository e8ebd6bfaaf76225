package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Body;
import org.wardlock.nn.model.ConvMixer;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Twins are exact: for any key, size, statistics and weights. */
class ModelEncryptionProperties {
  private static final double TOLERANCE = 1e-4;
  private static final int PICTURES = 3;
  private static final Set<TransformKind> EXACT =
      EnumSet.of(TransformKind.SHUFFLE, TransformKind.NEGATE, TransformKind.SCRAMBLE);

  /** A network and a key that has an exact twin of it. */
  record Case(Architecture architecture, KeySpec spec) {}

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<String> mixers =
        Combinators.combine(
                Arbitraries.integers().between(3, 12),
                Arbitraries.integers().between(1, 2),
                Arbitraries.of(3, 5))
            .as((dim, depth, kernel) -> "convmixer-%s-%s-k%s".formatted(dim, depth, kernel));
    Arbitrary<String> transformers =
        Combinators.combine(
                Arbitraries.of(4, 12), Arbitraries.integers().between(1, 2), Arbitraries.of(1, 2))
            .as((dim, depth, heads) -> "vit-%s-%s-h%s".formatted(dim, depth, heads));
    return Combinators.combine(
            Arbitraries.oneOf(mixers, transformers),
            Arbitraries.of(1, 2, 3, 4, 6),
            Arbitraries.integers().between(1, 3),
            Arbitraries.longs())
        .as((name, patch, side, seed) -> architecture(name, patch, side, seed))
        .flatMap(
            architecture ->
                Arbitraries.of(specs(architecture.body()))
                    .map(spec -> new Case(architecture, spec)));
  }

  private static Architecture architecture(String name, int patch, int side, long seed) {
    return Architecture.named(name + "-p" + patch)
        .withImageSize(side * patch)
        .with(Twins.statistics(seed));
  }

  /** Every kind of key that has an exact twin of such a network. */
  private static List<KeySpec> specs(Body body) {
    var fitting = new ArrayList<KeySpec>();
    for (KeySpec spec : KeySpecs.all()) {
      boolean moves = spec.transforms().contains(TransformKind.SCRAMBLE);
      boolean seen = moves && (body instanceof ConvMixer.Size || spec.block() != body.patch());
      if (EXACT.containsAll(spec.transforms()) && body.patch() % spec.block() == 0 && !seen) {
        fitting.add(spec);
      }
    }
    return fitting;
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void theTwinBehindTheKeySaysWhatThePlainNetworkSays(
      @ForAll("cases") Case drawn, @ForAll long seed) throws WeightsException {
    try (Scope _ = Scope.open("test");
        Key key = ExperimentKeys.draw(drawn.spec(), 1, seed).getFirst()) {
      Weights plain = Twins.weights(drawn.architecture(), seed);
      Tensor images = Twins.pictures(drawn.architecture(), PICTURES, seed);
      double difference =
          Twins.largestDifference(
              Twins.logits(drawn.architecture(), plain, images),
              Twins.logits(drawn.architecture(), plain, key, images));
      assertTrue(difference <= TOLERANCE, "logits differ by " + difference);
    }
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void behindAWrongKeyItSaysWhatThePlainNetworkSaysOfAWronglyDecryptedPicture(
      @ForAll("cases") Case drawn, @ForAll long seed) throws WeightsException {
    Architecture architecture = drawn.architecture();
    int side = architecture.imageSize();
    List<Key> keys = ExperimentKeys.draw(drawn.spec(), 2, seed);
    try (Scope _ = Scope.open("test");
        Key right = keys.get(0);
        Key wrong = keys.get(1)) {
      Weights plain = Twins.weights(architecture, seed);
      ModelEncryption encryption = ModelEncryption.of(architecture, right);
      PixelMap rightMap = right.pixelMap(3, side, side);
      PixelMap wrongMap = wrong.pixelMap(3, side, side);
      for (int picture = 0; picture < PICTURES; picture++) {
        Tensor image = Twins.pictures(architecture, 1, seed + picture);
        float[] seen = rightMap.invert(wrongMap.apply(image.toFloats()));
        float[] expected =
            Twins.logits(architecture, plain, Tensor.of(TestDevice.get(), image.shape(), seen));
        Tensor keyed = Tensor.of(TestDevice.get(), image.shape(), wrongMap.apply(image.toFloats()));
        float[] found = Twins.logits(encryption.twin(), encryption.encrypt(plain), keyed);
        double difference = Twins.largestDifference(expected, found);
        assertTrue(difference <= TOLERANCE, "logits differ by " + difference);
      }
    }
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void rotationGivesTheBitsOfEncryptingAfresh(@ForAll("cases") Case drawn, @ForAll long seed)
      throws WeightsException {
    List<Key> keys = ExperimentKeys.draw(drawn.spec(), 2, seed);
    try (Scope _ = Scope.open("test");
        Key before = keys.get(0);
        Key after = keys.get(1)) {
      Weights plain = Twins.weights(drawn.architecture(), seed);
      ModelEncryption old = ModelEncryption.of(drawn.architecture(), before);
      Weights afresh = ModelEncryption.of(drawn.architecture(), after).encrypt(plain);
      Weights rotated =
          ModelEncryption.of(old.twin(), after).encrypt(old.decrypt(old.encrypt(plain)));
      assertEquals(afresh.names(), rotated.names());
      for (String name : afresh.names()) {
        if (!name.endsWith("num_batches_tracked")) {
          assertArrayEquals(bits(afresh, name), bits(rotated, name), name);
        }
      }
    }
  }

  private static int[] bits(Weights weights, String name) throws WeightsException {
    float[] values = weights.tensor(name, TestDevice.get()).toFloats();
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  /** Weights of any kind stand for those that training behind the old key gave. */
  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void aNetworkTrainedBehindItsKeySaysTheSameBehindAnother(
      @ForAll("cases") Case drawn, @ForAll long seed) throws WeightsException {
    Architecture architecture = drawn.architecture();
    int side = architecture.imageSize();
    List<Key> keys = ExperimentKeys.draw(drawn.spec(), 2, seed);
    try (Scope _ = Scope.open("test");
        Key before = keys.get(0);
        Key after = keys.get(1)) {
      Weights trained = Twins.weights(architecture, seed);
      ModelEncryption old = ModelEncryption.of(architecture, before);
      Weights rotated =
          ModelEncryption.of(old.twin(), after).encrypt(old.decrypt(old.folded(trained)));
      PixelMap beforeMap = before.pixelMap(3, side, side);
      PixelMap afterMap = after.pixelMap(3, side, side);
      Tensor image = Twins.pictures(architecture, 1, seed);
      float[] expected = Twins.logits(architecture, trained, behind(beforeMap, image));
      float[] found = Twins.logits(old.twin(), rotated, behind(afterMap, image));
      double difference = Twins.largestDifference(expected, found);
      assertTrue(difference <= TOLERANCE, "logits differ by " + difference);
    }
  }

  private static Tensor behind(PixelMap map, Tensor image) {
    return Tensor.of(TestDevice.get(), image.shape(), map.apply(image.toFloats()));
  }
}
