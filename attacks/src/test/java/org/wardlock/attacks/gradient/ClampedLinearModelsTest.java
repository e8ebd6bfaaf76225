package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.WorstCase;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/**
 * Linear models and pictures near black and white, where the nearest point of the boundary has
 * values at 0 or 1. The smallest change is known by trying every set of values that go there.
 */
class ClampedLinearModelsTest {
  private static final Shape SHAPE = Shape.of(1, 2, 3);
  private static final int VALUES = 6;
  private static final int CASES = 12;

  /** A model of two classes, a picture, and the size of its smallest change. */
  private record Case(LinearClassifier classifier, Pictures picture, double smallest) {}

  private static List<Case> cases(Norm norm) {
    Random random = new Random(201);
    List<Case> cases = new ArrayList<>();
    while (cases.size() < CASES) {
      float[] picture = new float[VALUES];
      for (int i = 0; i < VALUES; i++) {
        float room = 0.02f + 0.1f * random.nextFloat();
        picture[i] = random.nextBoolean() ? room : 1 - room;
      }
      float[] slopes = Testing.normal(random, VALUES, 1);
      double gap = 0.1 + 0.4 * random.nextDouble();
      double sum = 0;
      double[] steepness = new double[VALUES];
      double[] rooms = new double[VALUES];
      for (int i = 0; i < VALUES; i++) {
        sum += (double) slopes[i] * picture[i];
        steepness[i] = Math.abs(slopes[i]);
        rooms[i] = slopes[i] > 0 ? 1 - (double) picture[i] : picture[i];
      }
      // as the classifier has it, rounded
      float bias = (float) (gap + sum);
      double smallest = smallest(norm, steepness, rooms, bias - sum);
      if (smallest > free(norm, steepness, bias - sum) * 1.05 && smallest < 100) {
        LinearClassifier classifier =
            new LinearClassifier(SHAPE, new float[][] {new float[VALUES], slopes}, bias, 0);
        cases.add(new Case(classifier, Pictures.of(Testing.images(SHAPE, picture), 0), smallest));
      }
    }
    return cases;
  }

  /** What it would be if values could leave [0, 1]. */
  private static double free(Norm norm, double[] steepness, double gap) {
    double dual = 0;
    for (double slope : steepness) {
      dual =
          switch (norm) {
            case LINF -> dual + slope;
            case L2 -> Math.hypot(dual, slope);
            case L1 -> Math.max(dual, slope);
          };
    }
    return gap / dual;
  }

  /**
   * Over all sets of values that use up their room, the rest moving as far as the norm has it: all
   * alike, in proportion to their slopes, or a single one of them. Infinite if no set makes up the
   * gap.
   */
  private static double smallest(Norm norm, double[] steepness, double[] rooms, double gap) {
    double smallest = Double.POSITIVE_INFINITY;
    for (int set = 0; set < 1 << VALUES; set++) {
      for (int single = 0; single < VALUES; single++) {
        double left = gap;
        double pull = 0;
        for (int i = 0; i < VALUES; i++) {
          boolean moves = norm != Norm.L1 || i == single;
          if ((set >> i & 1) == 1) {
            left -= steepness[i] * rooms[i];
          } else if (moves) {
            pull += norm == Norm.L2 ? steepness[i] * steepness[i] : steepness[i];
          }
        }
        double size = size(norm, steepness, rooms, set, single, left / pull);
        smallest = left >= 0 && pull > 0 ? Math.min(smallest, size) : smallest;
      }
    }
    return smallest;
  }

  /** The norm of such a change; infinite if a value would go further than it can. */
  private static double size(
      Norm norm, double[] steepness, double[] rooms, int set, int single, double amount) {
    double size = 0;
    for (int i = 0; i < VALUES; i++) {
      double moved = 0;
      if ((set >> i & 1) == 1) {
        moved = rooms[i];
      } else if (norm != Norm.L1 || i == single) {
        moved = norm == Norm.L2 ? amount * steepness[i] : amount;
      }
      if (moved > rooms[i]) {
        return Double.POSITIVE_INFINITY;
      }
      size =
          switch (norm) {
            case LINF -> Math.max(size, moved);
            case L2 -> Math.hypot(size, moved);
            case L1 -> size + moved;
          };
    }
    return size;
  }

  @ParameterizedTest
  @EnumSource
  void deepFoolGoesThereInOneStepAndTwoPerCentBeyond(Norm norm) {
    Threat anything = new Threat(norm, Rational.of(100, 1));
    for (Case one : cases(norm)) {
      try (Scope _ = Scope.open("test")) {
        PictureOutcome found =
            new DeepFool().run(one.classifier(), one.picture(), anything, 1).pictures().getFirst();
        assertTrue(found.brokenBy().isPresent(), one.toString());
        assertEquals(2, found.queries(), "one step, and a look at where it led");
        double ratio = found.norm() / one.smallest();
        assertTrue(ratio >= 1 - 1e-6 && ratio <= 1.02 + 1e-6, norm + ": " + ratio);
      }
    }
  }

  /**
   * Without the final search FAB ends half a per cent beyond the boundary of a linear model (see
   * {@link FabTest}), here up to one: what goes beyond by 5 % is cut off at 0 and 1 in a part of
   * the values.
   */
  @ParameterizedTest
  @EnumSource
  void fabFindsTheSmallestChangeWithinTheRange(Norm norm) {
    Threat anything = new Threat(norm, Rational.of(100, 1));
    for (Case one : cases(norm)) {
      for (Fab fab : List.of(new Fab(), Fab.targeted(1), new Fab().mode(Mode.COMPAT))) {
        try (Scope _ = Scope.open("test")) {
          WorstCase worstCase = new WorstCase(one.classifier(), one.picture(), anything);
          worstCase.apply(fab.iterations(20), 1, Effort.TO_THE_END);
          double most = fab.mode() == Mode.STRICT ? 1.005 : 1.01;
          double ratio = worstCase.result().pictures().getFirst().norm() / one.smallest();
          assertTrue(ratio >= 1 - 1e-6 && ratio <= most, norm + ", " + fab + ": " + ratio);
        }
      }
    }
  }
}
