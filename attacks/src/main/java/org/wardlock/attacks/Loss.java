package org.wardlock.attacks;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * What a gradient attack climbs: a function of one picture's logits that grows as the answer gets
 * worse, computed in double on the host. Every loss has a form that leads away from the label and
 * one that leads to a target.
 */
public enum Loss {
  /** The logarithm of 1 / p(label), or of p(target). */
  CROSS_ENTROPY(2, 2) {
    @Override
    LossValue untargeted(double[] z, int label) {
      return logProbability(z, label, -1);
    }

    @Override
    LossValue targeted(double[] z, int label, int target) {
      return logProbability(z, target, 1);
    }

    private static LossValue logProbability(double[] z, int index, double sign) {
      double largest = z[Ranking.of(z, DEEPEST).at(0)];
      double[] gradient = new double[z.length];
      double others = 0;
      double sum = 0;
      for (int k = 0; k < z.length; k++) {
        gradient[k] = StrictMath.exp(z[k] - largest);
        sum += gradient[k];
        others += k == index ? 0 : gradient[k];
      }
      for (int k = 0; k < z.length; k++) {
        gradient[k] *= -sign / sum;
      }
      // 1 - p as the sum of the others: exact to the last bit where p is close to 1
      gradient[index] = sign * others / sum;
      return new LossValue(sign * (z[index] - largest - StrictMath.log(sum)), gradient);
    }
  },

  /**
   * The difference of logits ratio (Croce and Hein 2020), which no scaling or shift of the logits
   * changes: -(z_y - max z_i) / (z_(1) - z_(3)) over i other than y, and to a target t: -(z_y -
   * z_t) / (z_(1) - (z_(3) + z_(4)) / 2). Needs three classes, with a target four.
   */
  DLR(3, 4) {
    @Override
    LossValue untargeted(double[] z, int label) {
      Ranking ranking = Ranking.of(z, DEEPEST);
      double[] top = new double[z.length];
      top[ranking.bestBut(label)]++;
      top[label]--;
      double[] spread = new double[z.length];
      spread[ranking.at(0)]++;
      spread[ranking.at(2)]--;
      return ratio(z, top, spread);
    }

    @Override
    LossValue targeted(double[] z, int label, int target) {
      Ranking ranking = Ranking.of(z, DEEPEST);
      double[] top = new double[z.length];
      top[target]++;
      top[label]--;
      double[] spread = new double[z.length];
      spread[ranking.at(0)]++;
      spread[ranking.at(2)] -= 0.5;
      spread[ranking.at(3)] -= 0.5;
      return ratio(z, top, spread);
    }

    /** (top . z) / (spread . z). */
    private static LossValue ratio(double[] z, double[] top, double[] spread) {
      double numerator = 0;
      double denominator = NO_SPREAD;
      for (int k = 0; k < z.length; k++) {
        numerator += top[k] * z[k];
        denominator += spread[k] * z[k];
      }
      double value = numerator / denominator;
      double[] gradient = new double[z.length];
      for (int k = 0; k < z.length; k++) {
        gradient[k] = (top[k] - value * spread[k]) / denominator;
      }
      return new LossValue(value, gradient);
    }
  },

  /** max z_i - z_y over i other than y, or z_t - max z_i over i other than the target t. */
  MARGIN(2, 2) {
    @Override
    LossValue untargeted(double[] z, int label) {
      return difference(z, Ranking.of(z, DEEPEST).bestBut(label), label);
    }

    @Override
    LossValue targeted(double[] z, int label, int target) {
      return difference(z, target, Ranking.of(z, DEEPEST).bestBut(target));
    }

    private static LossValue difference(double[] z, int up, int down) {
      double[] gradient = new double[z.length];
      gradient[up] = 1;
      gradient[down] = -1;
      return new LossValue(z[up] - z[down], gradient);
    }
  };

  // as published: keeps the ratio finite where the largest logits are equal
  private static final double NO_SPREAD = 1e-12;

  private static final int DEEPEST = 4;

  private final int classes;
  private final int classesWithTarget;

  Loss(int classes, int classesWithTarget) {
    this.classes = classes;
    this.classesWithTarget = classesWithTarget;
  }

  /**
   * The loss of one picture.
   *
   * @param logits of the picture
   * @param target the class to lead to; away from the label if there is none
   * @throws IllegalArgumentException if the loss is not defined for so few classes
   */
  public LossValue of(double[] logits, int label, OptionalInt target) {
    int needed = target.isPresent() ? classesWithTarget : classes;
    if (logits.length < needed) {
      throw new IllegalArgumentException(
          "loss %s%s: the classifier tells %d classes apart, at least %d are needed; use %s"
              .formatted(
                  this, target.isPresent() ? " with a target" : "", logits.length, needed, MARGIN));
    }
    return target.isPresent()
        ? targeted(logits, label, target.getAsInt())
        : untargeted(logits, label);
  }

  /**
   * The loss that leads a picture where it is wanted: to its target, or away from its label.
   *
   * @param row of the picture
   * @param logits of the picture
   * @throws IllegalArgumentException if the loss is not defined for so few classes
   */
  public LossValue of(Pictures pictures, int row, double... logits) {
    OptionalInt target =
        pictures.targets().map(targets -> OptionalInt.of(targets[row])).orElse(OptionalInt.empty());
    return of(logits, pictures.labels()[row], target);
  }

  /**
   * This loss, or the margin where it is not defined for so few classes.
   *
   * @param withTarget whether it shall lead to targets
   */
  public Loss orMargin(int classCount, boolean withTarget) {
    return classCount < (withTarget ? classesWithTarget : classes) ? MARGIN : this;
  }

  /** {@code ce}, {@code dlr} or {@code margin}. */
  @Override
  public String toString() {
    return this == CROSS_ENTROPY ? "ce" : name().toLowerCase(Locale.ROOT);
  }

  /** The loss and its gradient where anything but the label is wanted. */
  abstract LossValue untargeted(double[] z, int label);

  /** The loss and its gradient where the target is wanted. */
  abstract LossValue targeted(double[] z, int label, int target);
}
