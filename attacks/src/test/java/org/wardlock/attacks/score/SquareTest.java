package org.wardlock.attacks.score;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.MedianThreat;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.RememberingClassifier;
import org.wardlock.attacks.SameInAnyBatch;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class SquareTest {
  private static final Shape SHAPE = Shape.of(3, 9, 7);
  private static final int PICTURES = 12;

  private final Random random = new Random(91);
  private final FunctionClassifier classifier = FunctionClassifier.network(random, SHAPE, 5);
  private final Pictures pictures =
      Testing.answered(classifier, random, PICTURES)
          .withIds(IntStream.range(0, PICTURES).mapToLong(i -> 1000L + 37 * i).toArray());

  private Threat threat(Norm norm) {
    return MedianThreat.of(classifier, pictures, norm, norm == Norm.LINF ? 1.5 : 2.5);
  }

  private static int[] sides(int height, int width, int... queries) {
    return Arrays.stream(queries).map(q -> WindowSchedule.side(q, height, width)).toArray();
  }

  @Test
  void windowsHaveThePublishedSides() {
    int[] first = {0, 11, 51, 201, 501, 1001, 2001, 4001, 6001, 8001};
    int[] last = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000, 9999};
    assertArrayEquals(new int[] {29, 20, 14, 10, 7, 5, 4, 3, 2, 1}, sides(32, 32, first));
    assertArrayEquals(sides(32, 32, first), sides(32, 32, last));
    assertArrayEquals(new int[] {200, 142, 100, 71, 50, 35, 25, 18, 13, 9}, sides(224, 224, first));
    int[] odd =
        Arrays.stream(first).limit(8).map(q -> WindowSchedule.oddSide(q, 224, 224)).toArray();
    assertArrayEquals(new int[] {201, 143, 101, 71, 51, 35, 25, 19}, odd);
    assertEquals(4, WindowSchedule.side(0, 4, 100));
    assertEquals(3, WindowSchedule.oddSide(0, 4, 100));
    assertEquals(1, WindowSchedule.side(9999, 3, 3));
  }

  @ParameterizedTest
  @EnumSource
  void windowsLieInThePictureAndReachItsEnds(Mode mode) {
    SquareRandom choices = new SquareRandom(3, 4, 4, mode);
    Set<Integer> corners = new HashSet<>();
    for (int query = 0; query < 300; query++) {
      corners.add(choices.corner(query, 1, 9, 3));
      assertEquals(0, choices.corner(query, 0, 5, 5));
    }
    int places = mode == Mode.COMPAT ? 6 : 7;
    assertEquals(IntStream.range(0, places).boxed().collect(Collectors.toSet()), corners);
  }

  private static Moves moves(Threat threat, float[] clean) {
    Pictures one = Pictures.of(Testing.images(SHAPE, clean), 0);
    return new Square().moves(new Task(one, threat, 1, Effort.UNTIL_BROKEN), clean, 2);
  }

  @Test
  void stripesAndWindowsGoToTheEndsOfWhatIsPermitted() {
    Threat threat = Threat.linf(Rational.of(8, 255));
    float[] clean = Testing.uniform(random, 3 * 9 * 7, 0, 1);
    Moves moves = moves(threat, clean);
    float[] start = moves.start();
    requireExtreme(threat, clean, start);
    for (int i = 0; i < start.length; i++) {
      int above = i / 63 * 63 + i % 7;
      assertEquals(
          Math.signum(start[above] - clean[above]), Math.signum(start[i] - clean[i]), "a stripe");
    }
    float[] next = moves.propose(clean, 300);
    int side = WindowSchedule.side(300, 9, 7);
    assertEquals(3 * side * side, IntStream.range(0, 189).filter(i -> next[i] != clean[i]).count());
    requireExtreme(threat, clean, next);
  }

  private static void requireExtreme(Threat threat, float[] clean, float[] image) {
    assertTrue(threat.permits(clean, image));
    for (int i = 0; i < clean.length; i++) {
      if (image[i] != clean[i] && image[i] != 0 && image[i] != 1) {
        boolean up = image[i] > clean[i];
        float beyond = up ? Math.nextUp(image[i]) : Math.nextDown(image[i]);
        assertTrue(threat.radius().compareToDistance(clean[i], beyond) < 0, "not at the end");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"L2", "L1"})
  void smoothMovesUseTheWholeRadius(Norm norm) {
    Threat threat = new Threat(norm, Rational.of(1, 2));
    float[] clean = Testing.uniform(random, 3 * 9 * 7, 0.45, 0.55);
    Moves moves = moves(threat, clean);
    float[] image = moves.start();
    for (int query = 0; query < 200; query++) {
      assertTrue(threat.permits(clean, image));
      assertEquals(0.5, norm.distance(clean, image), 1e-4);
      float[] next = moves.propose(image, query);
      assertTrue(!Arrays.equals(image, next), "nothing moved");
      image = next;
    }
  }

  /** Two bumps of opposite sign, side by side or one above the other. */
  @Test
  void bumpsAreOfNormOneAndOppositeSign() {
    for (Norm norm : new Norm[] {Norm.L2, Norm.L1}) {
      Bumps bumps = new Bumps(norm);
      for (int side = 1; side < 12; side++) {
        double[] upright = bumps.of(side, false);
        double[] lying = bumps.of(side, true);
        double sum = 0;
        for (int i = 0; i < upright.length; i++) {
          sum += norm == Norm.L2 ? upright[i] * upright[i] : Math.abs(upright[i]);
          assertEquals(i / side < side / 2 ? 1 : -1, Math.signum(upright[i]));
          assertEquals(upright[i], lying[i % side * side + i / side]);
        }
        assertEquals(1, sum, 1e-12);
      }
      // 1 + 1/4 + 1/9 in the middle against 1/9 at the rim, of the lower half of side 5
      double[] five = bumps.of(5, false);
      assertEquals(1 / 9.0 / (1 + 0.25 + 1 / 9.0), five[4 * 5] / five[3 * 5 + 2], 1e-12);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPictureFaresTheSameAloneAndInAnyBatch(Norm norm) {
    for (Mode mode : Mode.values()) {
      SameInAnyBatch.require(
          new Square().queries(60).restarts(2).mode(mode), classifier, pictures, threat(norm));
    }
  }

  /**
   * A margin of few values, so that many proposals leave it as it was. The next proposal changes
   * the last one that raised it, to the bit.
   */
  @ParameterizedTest
  @EnumSource
  void aProposalIsKeptOnlyIfTheMarginRises(Norm norm) {
    FunctionClassifier coarse =
        new FunctionClassifier(
            SHAPE,
            2,
            images -> {
              Tensor brightColumns = images.add(-0.5f).mean(2).sign().mean(1, 2, 3).reshape(-1, 1);
              return Tensor.concatenate(1, brightColumns.multiply(0), brightColumns.add(-2));
            });
    float[] clean = Testing.uniform(random, 3 * 9 * 7, 0.48, 0.52);
    Pictures one = Pictures.of(Testing.images(SHAPE, clean), 0).withIds(1234);
    Threat threat =
        new Threat(
            norm,
            switch (norm) {
              case LINF -> Rational.of(1, 20);
              case L2 -> Rational.of(1, 1);
              case L1 -> Rational.of(6, 1);
            });
    RememberingClassifier remembering = new RememberingClassifier(coarse);
    int queries = 120;
    try (Scope _ = Scope.open("test")) {
      Square square = new Square().queries(queries);
      square.run(remembering, one, threat, 7);
      float[][] asked = remembering.way(0);
      assertEquals(1 + queries, asked.length);
      Moves moves = square.moves(new Task(one, threat, 7, Effort.UNTIL_BROKEN), clean, 1234);
      float[] best = moves.start();
      assertArrayEquals(best, asked[0], "the start");
      double margin = margin(coarse, best);
      int risen = 0;
      int equal = 0;
      for (int query = 0; query < queries; query++) {
        float[] proposal = moves.propose(best, query);
        assertArrayEquals(proposal, asked[1 + query], "query " + query);
        double proposed = margin(coarse, proposal);
        if (proposed > margin) {
          risen++;
          best = proposal;
          margin = proposed;
        } else if (proposed == margin && !Arrays.equals(best, proposal)) {
          equal++;
        }
      }
      assertTrue(risen >= 3 && equal >= 3, risen + " rose, " + equal + " stayed: shows little");
    }
  }

  private static double margin(FunctionClassifier classifier, float... image) {
    float[] logits = classifier.logits(Testing.images(SHAPE, image)).toFloats();
    return logits[1] - logits[0];
  }

  @ParameterizedTest
  @EnumSource
  void moreQueriesKeepWhatFewerFound(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      AttackResult few = new Square().queries(20).run(classifier, pictures, threat(norm), 5);
      AttackResult more = new Square().queries(90).run(classifier, pictures, threat(norm), 5);
      for (int row = 0; row < PICTURES; row++) {
        PictureOutcome before = few.pictures().get(row);
        PictureOutcome after = more.pictures().get(row);
        if (before.brokenBy().isPresent()) {
          assertEquals(before, after);
        } else {
          assertTrue(after.loss().orElseThrow() >= before.loss().orElseThrow());
        }
      }
    }
  }

  @Test
  void queriesAreCountedOneByOne() {
    Threat tiny = Threat.linf(Rational.of(1, 1_000_000));
    try (Scope _ = Scope.open("test")) {
      CountingClassifier counting = new CountingClassifier(classifier);
      AttackResult result = new Square().queries(30).run(counting, pictures, tiny, 1);
      assertEquals(1, result.robustAccuracy());
      result.pictures().forEach(one -> assertEquals(31, one.queries()));
      assertEquals(new Passes(31L * PICTURES + PICTURES, 0), counting.passes());
      assertEquals(new Passes(5001, 0), new Square().cost(Norm.LINF, 10));
    }
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Square().queries(-1));
    assertThrows(IllegalArgumentException.class, () -> new Square().restarts(0));
  }
}
