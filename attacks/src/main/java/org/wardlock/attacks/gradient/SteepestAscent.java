package org.wardlock.attacks.gradient;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Rows;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * The change of size 1 in a norm along which a loss rises most. A zero gradient gives no change.
 */
final class SteepestAscent {
  private SteepestAscent() {}

  /**
   * Directions of norm 1, one a picture, in the current scope.
   *
   * @param sparsity for L1, the share of values that are left alone in the picture of a row: see
   *     {@link Pgd#sparsity}
   */
  static Tensor direction(Norm norm, Tensor gradient, IntToDoubleFunction sparsity) {
    return switch (norm) {
      case LINF -> gradient.sign();
      case L2 -> unit(gradient);
      case L1 -> sparse(gradient, sparsity);
    };
  }

  private static Tensor unit(Tensor gradient) {
    try (Scope _ = Scope.open("unit direction")) {
      // by the largest value first: squares of tiny gradients would vanish in floats
      Tensor scaled = gradient.divide(oneWhereZero(gradient.abs().max(1, 2, 3)));
      return scaled.divide(oneWhereZero(scaled.square().sum(1, 2, 3).sqrt())).keep();
    }
  }

  private static Tensor oneWhereZero(Tensor lengths) {
    Tensor zero = Tensor.scalar(lengths.device(), 0);
    return lengths.equalTo(zero).where(Tensor.scalar(lengths.device(), 1), lengths);
  }

  /**
   * The steepest direction would change a single value; spreading it over the signs of the largest
   * ones climbs faster (Tramer and Boneh 2019).
   */
  private static Tensor sparse(Tensor gradient, IntToDoubleFunction sparsity) {
    Shape one = gradient.shape().without(0);
    float[][] rows = Rows.toHost(gradient);
    for (int i = 0; i < rows.length; i++) {
      keepLargest(rows[i], sparsity.applyAsDouble(i));
    }
    return Rows.toDevice(gradient.device(), one, rows);
  }

  static void keepLargest(float[] gradient, double sparsity) {
    float[] magnitudes = gradient.clone();
    for (int i = 0; i < magnitudes.length; i++) {
      magnitudes[i] = Math.abs(magnitudes[i]);
    }
    Arrays.sort(magnitudes);
    int alone = (int) Math.min(sparsity * magnitudes.length, magnitudes.length - 1.0);
    float threshold = Math.max(magnitudes[alone], Float.MIN_VALUE);
    int kept = 0;
    for (float magnitude : magnitudes) {
      kept += magnitude >= threshold ? 1 : 0;
    }
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = Math.abs(gradient[i]) >= threshold ? Math.signum(gradient[i]) / kept : 0;
    }
  }
}
