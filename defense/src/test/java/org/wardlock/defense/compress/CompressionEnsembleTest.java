package org.wardlock.defense.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

class CompressionEnsembleTest {
  private static final int SIDE = 16;
  private static final Shape PICTURE = Shape.of(3, SIDE, SIDE);

  /** Says the same of every picture. */
  private record Fixed(float... probabilities) implements TestClassifier {
    @Override
    public int side() {
      return SIDE;
    }

    @Override
    public int classes() {
      return probabilities.length;
    }

    @Override
    public Tensor logits(Tensor images) {
      Tensor row = Tensor.of(device(), Shape.of(1, classes()), probabilities).log();
      return row.expand(Shape.of(images.shape().extent(0), classes())).contiguous();
    }
  }

  /** A layer and a bend: as smooth as can be, and different in every direction. */
  private record Bent(Tensor weight) implements TestClassifier {
    static Bent of(long seed) {
      int size = Math.toIntExact(PICTURE.count());
      return new Bent(TestPictures.uniform(Shape.of(size, 3), -0.3f, 0.3f, seed));
    }

    @Override
    public int side() {
      return SIDE;
    }

    @Override
    public int classes() {
      return 3;
    }

    @Override
    public Tensor logits(Tensor images) {
      int count = images.shape().extent(0);
      return images.reshape(count, Math.toIntExact(PICTURE.count())).matmul(weight).tanh();
    }
  }

  private static int[] said(Classifier... members) {
    try (Scope _ = Scope.open("test")) {
      Tensor images = Tensor.zeros(TestDevice.get(), Shape.of(2, 3, 16, 16));
      return new CompressionEnsemble(List.of(members)).voting().logits(images).argMax().toInts();
    }
  }

  @Test
  void mostMembersDecideHoweverSureTheOthersAre() {
    assertArrayEquals(
        new int[] {1, 1},
        said(
            new Fixed(0.98f, 0.01f, 0.01f),
            new Fixed(0.3f, 0.4f, 0.3f),
            new Fixed(0.3f, 0.4f, 0.3f)));
  }

  @Test
  void betweenEqualVotesTheSummedProbabilityDecides() {
    Fixed unsure = new Fixed(0.4f, 0.3f, 0.3f);
    Fixed sure = new Fixed(0.1f, 0.1f, 0.8f);
    assertArrayEquals(new int[] {2, 2}, said(unsure, sure));
    assertArrayEquals(new int[] {2, 2}, said(sure, unsure));
    // class 1 has the largest sum of all, and no vote
    assertArrayEquals(
        new int[] {0, 0}, said(new Fixed(0.52f, 0.48f, 0), new Fixed(0, 0.48f, 0.51f)));
  }

  @Test
  void theMeanIsTheLogarithmOfTheMeanProbability() {
    try (Scope _ = Scope.open("test")) {
      Tensor images = Tensor.zeros(TestDevice.get(), Shape.of(1, 3, 16, 16));
      var ensemble = new CompressionEnsemble(List.of(new Fixed(0.5f, 0.5f), new Fixed(0.1f, 0.9f)));
      float[] logits = ensemble.mean().logits(images).toFloats();
      assertArrayEquals(new float[] {(float) Math.log(0.3), (float) Math.log(0.7)}, logits, 1e-6f);
      assertTrue(ensemble.voting().isDeterministic());
      assertThrows(IllegalArgumentException.class, () -> new CompressionEnsemble(List.<Fixed>of()));
    }
  }

  /**
   * Nothing but coefficients is rounded, and they are near whole steps: where the stand-in for
   * rounding jumps, no difference says anything of a gradient.
   */
  @Test
  void gradientsThroughSmoothRoundingAreTrueOnes() {
    try (Scope _ = Scope.open("test");
        JpegTransform fine = smooth(6);
        JpegTransform coarse = smooth(8)) {
      Classifier mean =
          new CompressionEnsemble(
                  List.of(
                      new CompressedClassifier(Bent.of(1), fine),
                      new CompressedClassifier(Bent.of(2), coarse)))
              .mean();
      // grey is a whole step of both tables; one level around it moves coefficients by less than
      // half
      Tensor images =
          TestPictures.uniform(Shape.of(1, 3, 16, 16), 127f / 255, 129f / 255, 3).requiresGrad();
      Tensor targets = Tensor.ofInts(TestDevice.get(), Shape.of(1), 0).oneHot(3, 1, 0);
      float[] gradient =
          mean.logits(images).crossEntropy(targets).sum(0).backward().of(images).toFloats();
      double norm = 0;
      for (float each : gradient) {
        norm += each * each;
      }
      norm = Math.sqrt(norm);
      assertTrue(norm > 0);
      Tensor way = Tensor.of(TestDevice.get(), images.shape(), gradient);
      double step = 0.5 / 255;
      double higher = loss(mean, images.detach(), way, step / norm, targets);
      double lower = loss(mean, images.detach(), way, -step / norm, targets);
      assertEquals(norm, (higher - lower) / (2 * step), 0.03 * norm);
    }
  }

  private static double loss(
      Classifier classifier, Tensor images, Tensor way, double step, Tensor targets) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("loss")) {
      Tensor moved = images.add(way.multiply((float) step));
      return classifier.logits(moved).crossEntropy(targets).sum(0).item();
    }
  }

  private static JpegTransform smooth(int step) {
    QuantizationTable table = QuantizationTable.flat(step);
    try (JpegTransform exact =
        JpegTransform.of(
            new JpegTables(table, table), Subsampling.HALF, PICTURE, TestDevice.get())) {
      return exact.withGradient(RoundingGradient.SMOOTH);
    }
  }
}
