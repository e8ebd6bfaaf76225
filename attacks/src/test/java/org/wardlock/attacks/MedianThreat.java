package org.wardlock.attacks;

import java.util.List;
import org.wardlock.attacks.gradient.Fab;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;

/** A radius at which about half of some pictures break, as FAB sees it. */
public final class MedianThreat {
  private MedianThreat() {}

  /**
   * The threat of a multiple of the median of the smallest changes that FAB finds.
   *
   * @param factor more than 1 for attacks that are weaker
   */
  public static Threat of(Classifier classifier, Pictures pictures, Norm norm, double factor) {
    try (Scope _ = Scope.open("median")) {
      WorstCase worstCase =
          new WorstCase(classifier, pictures, new Threat(norm, Rational.of(100, 1)));
      worstCase.apply(Fab.targeted(4).iterations(10), 1, Effort.TO_THE_END);
      List<Double> norms =
          worstCase.result().pictures().stream().map(PictureOutcome::norm).sorted().toList();
      return new Threat(norm, Testing.rational(factor * norms.get(norms.size() / 2)));
    }
  }
}
