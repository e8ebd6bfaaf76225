package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Ranking;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.RememberingClassifier;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.ball.LinfBounds;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/** The classes that targeted attacks lead to: those of ranks 2 to 10 of the clean picture. */
class TargetRanksTest {
  private static final int CLASSES = 12;
  private static final int TARGETS = 9;
  private static final Rational RADIUS = Rational.of(1, 1000);

  /** Each value of a picture is a logit, so that where an attack leads shows in the values. */
  private static final FunctionClassifier PLANTED =
      new FunctionClassifier(
          Shape.of(1, 3, 4), CLASSES, images -> images.reshape(-1, CLASSES).multiply(1));

  /** Classes by rank. In the second picture those of ranks 6 and 7 are equal. */
  private static final int[][] RANKS = {
    {7, 2, 11, 0, 5, 9, 1, 10, 4, 8, 3, 6}, {3, 10, 6, 8, 0, 1, 4, 11, 7, 2, 9, 5}
  };

  private static float[] logits(int picture) {
    float[] logits = new float[CLASSES];
    for (int rank = 0; rank < CLASSES; rank++) {
      logits[RANKS[picture][rank]] = 0.7f - 0.03f * (picture == 1 && rank == 6 ? 5 : rank);
    }
    return logits;
  }

  private static Pictures pictures() {
    float[] values = Arrays.copyOf(logits(0), 2 * CLASSES);
    System.arraycopy(logits(1), 0, values, CLASSES, CLASSES);
    return Pictures.of(Testing.images(Shape.of(1, 3, 4), values), RANKS[0][0], RANKS[1][0]);
  }

  private static RememberingClassifier asked(Attack attack) {
    RememberingClassifier remembering = new RememberingClassifier(PLANTED);
    try (Scope _ = Scope.open("test")) {
      assertEquals(1, attack.run(remembering, pictures(), Threat.linf(RADIUS), 1).robustAccuracy());
    }
    return remembering;
  }

  @Test
  void lowerClassesComeFirstAmongEquals() {
    for (int picture = 0; picture < 2; picture++) {
      double[] logits = new double[CLASSES];
      float[] planted = logits(picture);
      Arrays.setAll(logits, k -> planted[k]);
      Ranking ranking = Ranking.of(logits, CLASSES);
      assertArrayEquals(RANKS[picture], IntStream.range(0, CLASSES).map(ranking::at).toArray());
    }
  }

  /**
   * The first step of each run takes the target's logit to the upper end. It changes no other but
   * the label's and those of ranks 3 and 4, which the ratio is measured by.
   */
  @ParameterizedTest
  @EnumSource
  void apgdLeadsToOneRankAfterTheOther(Mode mode) {
    RememberingClassifier asked = asked(Apgd.targeted(TARGETS).iterations(1).mode(mode));
    for (int picture = 0; picture < 2; picture++) {
      float[] clean = logits(picture);
      int[] ranks = RANKS[picture];
      float[][] way = asked.wayBeyondTheClean(picture);
      assertEquals(2 * TARGETS, way.length);
      for (int run = 0; run < TARGETS; run++) {
        float[] start = way[2 * run];
        float[] end = way[2 * run + 1];
        int target = ranks[run + 1];
        String where = "picture " + picture + ", run " + run;
        assertEquals(LinfBounds.high(clean[target], RADIUS), end[target], where);
        for (int k = 0; k < CLASSES; k++) {
          if (k != target && !List.of(ranks[0], ranks[2], ranks[3]).contains(k)) {
            assertEquals(start[k], end[k], where + ", class " + k);
          }
        }
      }
    }
  }

  /** A step to a boundary moves the two logits that it is between. */
  @ParameterizedTest
  @EnumSource
  void fabLeadsToOneRankAfterTheOther(Mode mode) {
    RememberingClassifier asked =
        asked(Fab.targeted(TARGETS).iterations(1).finalSearch(0).mode(mode));
    for (int picture = 0; picture < 2; picture++) {
      float[] clean = logits(picture);
      float[][] way = asked.wayBeyondTheClean(picture);
      assertEquals(TARGETS, way.length);
      for (int run = 0; run < TARGETS; run++) {
        for (int k = 0; k < CLASSES; k++) {
          int moved = k == RANKS[picture][0] ? -1 : k == RANKS[picture][run + 1] ? 1 : 0;
          assertEquals(moved, Math.signum(way[run][k] - clean[k]), "run " + run + ", class " + k);
        }
      }
    }
  }
}
