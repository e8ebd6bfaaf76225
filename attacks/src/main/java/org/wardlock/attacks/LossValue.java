package org.wardlock.attacks;

/**
 * A loss and where it rises.
 *
 * @param value larger is worse for the classifier
 * @param gradient towards the logits
 */
public record LossValue(double value, double[] gradient) {
  /**
   * The gradient times the power of two that brings its largest magnitude to between 1 and 2. The
   * way up is the same, to the last bit, and no confident answer makes it vanish in floats.
   */
  public double[] direction() {
    double largest = 0;
    for (double part : gradient) {
      largest = Math.max(largest, Math.abs(part));
    }
    if (largest == 0) {
      return gradient.clone();
    }
    int exponent = Math.getExponent(largest);
    double[] scaled = new double[gradient.length];
    for (int k = 0; k < scaled.length; k++) {
      scaled[k] = Math.scalb(gradient[k], -exponent);
    }
    return scaled;
  }
}
