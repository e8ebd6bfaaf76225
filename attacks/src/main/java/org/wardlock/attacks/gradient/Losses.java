package org.wardlock.attacks.gradient;

import java.util.OptionalInt;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.LossValue;
import org.wardlock.attacks.Pictures;

/** Losses of pictures of a task. */
final class Losses {
  private Losses() {}

  /** The loss that leads the picture in a row where its task wants it. */
  static LossValue of(Loss loss, Pictures pictures, double[] logits, int row) {
    OptionalInt target =
        pictures.targets().map(targets -> OptionalInt.of(targets[row])).orElse(OptionalInt.empty());
    return loss.of(logits, pictures.labels()[row], target);
  }
}
