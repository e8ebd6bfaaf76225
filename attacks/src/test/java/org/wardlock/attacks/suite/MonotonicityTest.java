package org.wardlock.attacks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.MedianThreat;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.RememberingClassifier;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.WorstCase;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.Fab;
import org.wardlock.attacks.gradient.Fgsm;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.attacks.score.RandomSearch;
import org.wardlock.attacks.score.Square;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/** More work and better attacks break no less, picture by picture where that can be promised. */
@Tag("cpu-only") // of attacks, whatever computes
class MonotonicityTest {
  private static final Shape SHAPE = Shape.of(3, 6, 5);
  private static final int CLASSES = 12;
  private static final int PICTURES = 24;

  private final Random random = new Random(191);
  private final FunctionClassifier classifier = FunctionClassifier.network(random, SHAPE, CLASSES);
  private final Pictures pictures = Testing.answered(classifier, random, PICTURES);

  private List<PictureOutcome> outcomes(Attack attack, Threat threat) {
    try (Scope _ = Scope.open("test")) {
      return attack.run(classifier, pictures, threat, 5).pictures();
    }
  }

  private static long broken(List<PictureOutcome> outcomes) {
    return outcomes.stream().filter(one -> one.brokenBy().isPresent()).count();
  }

  /** Three targets are the first three of nine. FAB's final search is another matter. */
  @ParameterizedTest
  @EnumSource
  void whatThreeTargetsBreakNineBreakAlike(Norm norm) {
    Threat threat = MedianThreat.of(classifier, pictures, norm, 1.05);
    requirePrefix(
        outcomes(Apgd.targeted(3).iterations(4), threat),
        outcomes(Apgd.targeted(9).iterations(4), threat));
    requirePrefix(
        outcomes(Fab.targeted(3).iterations(4).finalSearch(0), threat),
        outcomes(Fab.targeted(9).iterations(4).finalSearch(0), threat));
  }

  private static void requirePrefix(List<PictureOutcome> three, List<PictureOutcome> nine) {
    for (int row = 0; row < PICTURES; row++) {
      if (three.get(row).brokenBy().isPresent()) {
        assertEquals(three.get(row), nine.get(row));
      }
    }
    assertTrue(broken(three) > 0 && broken(three) < PICTURES, broken(three) + " shows little");
  }

  /** Each attack starts from the clean pictures, so what it breaks alone it breaks anywhere. */
  @ParameterizedTest
  @EnumSource
  void theOrderOfAttacksChangesWhoBreaksAPictureButNotWhether(Norm norm) {
    Threat threat = MedianThreat.of(classifier, pictures, norm, 1.1);
    List<Attack> attacks =
        List.of(
            new Apgd(Loss.CROSS_ENTROPY).iterations(1),
            Apgd.targeted(1).iterations(1),
            Fab.targeted(1).iterations(1),
            new Square().queries(100));
    List<List<PictureOutcome>> alone =
        attacks.stream().map(attack -> outcomes(attack, threat)).toList();
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3));
    long byAll = 0;
    for (int turn = 0; turn < 4; turn++) {
      Collections.rotate(order, 1);
      if (turn == 2) {
        Collections.reverse(order);
      }
      List<PictureOutcome> together;
      try (Scope _ = Scope.open("test")) {
        WorstCase worstCase = new WorstCase(classifier, pictures, threat);
        order.forEach(number -> worstCase.apply(attacks.get(number), 5));
        together = worstCase.result().pictures();
      }
      for (int row = 0; row < PICTURES; row++) {
        int picture = row;
        Optional<String> first =
            order.stream()
                .filter(number -> alone.get(number).get(picture).brokenBy().isPresent())
                .map(number -> attacks.get(number).name())
                .findFirst();
        assertEquals(first, together.get(row).brokenBy(), "picture " + row + " by " + order);
      }
      byAll = broken(together);
    }
    long least = alone.stream().mapToLong(MonotonicityTest::broken).min().orElseThrow();
    assertTrue(
        least < byAll && byAll < PICTURES, least + " by one, " + byAll + " by all: too alike");
  }

  /** The best of the way counts, and ways that overshoot end below it. */
  @ParameterizedTest
  @EnumSource
  void theLossReportedIsTheLargestOfTheWay(Norm norm) {
    Threat wide = MedianThreat.of(classifier, pictures, norm, 6);
    int beforeTheEnd = 0;
    Pgd striding = new Pgd(Loss.MARGIN).iterations(9).stepSize(wide.radius());
    float[][] clean = Rows.toHost(pictures.images());
    for (Attack attack : List.of(striding, new Apgd(Loss.MARGIN).iterations(9))) {
      RememberingClassifier remembering = new RememberingClassifier(classifier);
      try (Scope _ = Scope.open("test")) {
        List<PictureOutcome> found =
            new Transfer(attack, remembering).run(classifier, pictures, wide, 5).pictures();
        for (int row = 0; row < PICTURES; row++) {
          double largest = Double.NEGATIVE_INFINITY;
          double last = 0;
          for (float[][] batch : remembering.questions()) {
            // in L1 APGD comes from afar
            if (wide.permits(clean[row], batch[row])) {
              last = margin(batch[row], pictures.labels()[row]);
              largest = Math.max(largest, last);
            }
          }
          assertEquals(largest, found.get(row).loss().orElseThrow(), attack + ", picture " + row);
          beforeTheEnd += last < largest ? 1 : 0;
        }
      }
    }
    assertTrue(beforeTheEnd > 0, "all ways ended at their best: the last point would do as well");
  }

  private double margin(float[] image, int label) {
    float[] logits = classifier.logits(Testing.images(SHAPE, image)).toFloats();
    double best = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < CLASSES; k++) {
      best = k == label ? best : Math.max(best, logits[k]);
    }
    return best - logits[label];
  }

  /** Not for each picture, but over some networks together. */
  @Test
  void manyStepsAreNoWeakerThanOneAndSearchingNoWeakerThanGuessing() {
    for (Norm norm : new Norm[] {Norm.LINF, Norm.L2}) {
      long bySteps = 0;
      long byOne = 0;
      long bySquare = 0;
      long byChance = 0;
      for (int network = 0; network < 3; network++) {
        FunctionClassifier other = FunctionClassifier.network(random, SHAPE, CLASSES);
        Pictures answered = Testing.answered(other, random, PICTURES);
        try (Scope _ = Scope.open("test")) {
          Threat near = MedianThreat.of(other, answered, norm, 1.5);
          Threat far = MedianThreat.of(other, answered, norm, 4);
          Pgd steps = new Pgd(Loss.CROSS_ENTROPY).iterations(10);
          bySteps += broken(steps.run(other, answered, near, 5));
          byOne += broken(new Fgsm().run(other, answered, near, 5));
          bySquare += broken(new Square().queries(59).run(other, answered, far, 5));
          byChance += broken(new RandomSearch(60).run(other, answered, far, 5));
        }
      }
      String what =
          norm + ": " + bySteps + ", " + byOne + ", " + bySquare + ", " + byChance + " broken";
      assertTrue(bySteps >= byOne && byOne > 0 && byOne < 3 * PICTURES, what);
      assertTrue(bySquare > byChance && byChance > 0, what);
    }
  }

  private static long broken(AttackResult result) {
    return broken(result.pictures());
  }
}
