package org.wardlock.defense.compress;

import java.util.List;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * How much each of the 64 coefficients of a block moves, or matters, over a set of pictures: a root
 * mean square for brightness and one for both colour differences together.
 */
public final class CoefficientProfile {
  private final double[] luminance;
  private final double[] chrominance;

  CoefficientProfile(double[] luminance, double[] chrominance) {
    this.luminance = luminance;
    this.chrominance = chrominance;
  }

  /**
   * How widely coefficients spread: their standard deviations over all blocks.
   *
   * @param transform whose tables do not matter
   * @param batches each (N, 3, height, width) in [0, 1]
   */
  public static CoefficientProfile deviations(JpegTransform transform, Iterable<Tensor> batches) {
    var sums = new ProfileSums();
    for (Tensor images : batches) {
      try (NoGrad _ = NoGrad.enter();
          Scope _ = Scope.open("deviations")) {
        sums.add(transform.frequencies(images));
      }
    }
    return sums.deviations();
  }

  /**
   * How much a classifier's loss depends on coefficients: the root mean square of the gradient of
   * each picture's cross-entropy towards them, over all blocks.
   *
   * @param classifier to be defended, differentiable
   * @param transform whose tables do not matter, with a straight-through gradient
   * @param batches of labelled pictures
   */
  public static CoefficientProfile gradients(
      Classifier classifier, JpegTransform transform, Iterable<LabelledBatch> batches) {
    if (!transform.isDifferentiable()) {
      throw new IllegalArgumentException(
          "coefficient profile: found a JPEG transform without a gradient; expected one with");
    }
    var sums = new ProfileSums();
    for (LabelledBatch batch : batches) {
      try (Scope _ = Scope.open("gradients of coefficients")) {
        List<Tensor> frequencies =
            transform.frequencies(batch.images()).stream().map(Tensor::requiresGrad).toList();
        Tensor pictures =
            transform.pictures(
                frequencies.get(0), frequencies.get(1), frequencies.get(2), Clamping.EXACT);
        Tensor targets = batch.targets(classifier.classes());
        Gradients gradients = classifier.logits(pictures).crossEntropy(targets).sum(0).backward();
        sums.add(frequencies.stream().map(gradients::of).toList());
      }
    }
    return sums.rootMeanSquares();
  }

  /** Of brightness. */
  public double luminance(int row, int column) {
    return luminance[row * QuantizationTable.SIDE + column];
  }

  /** Of the colour differences. */
  public double chrominance(int row, int column) {
    return chrominance[row * QuantizationTable.SIDE + column];
  }

  /** Row by row. */
  double[] luminance() {
    return luminance.clone();
  }

  /** Row by row. */
  double[] chrominance() {
    return chrominance.clone();
  }
}
