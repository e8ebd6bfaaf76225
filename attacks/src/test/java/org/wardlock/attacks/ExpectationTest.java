package org.wardlock.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Classifiers whose answers vary: everything about them is a mean. */
class ExpectationTest {
  private static final Shape SHAPE = Shape.of(3, 4, 4);

  private final Random random = new Random(121);

  /** Answers by turns as each of some classifiers, so that as many answers have a known mean. */
  private record ByTurns(List<Classifier> members, AtomicInteger turn) implements Classifier {
    ByTurns(List<Classifier> members) {
      this(members, new AtomicInteger());
    }

    @Override
    public Device device() {
      return members.getFirst().device();
    }

    @Override
    public Shape imageShape() {
      return members.getFirst().imageShape();
    }

    @Override
    public int classes() {
      return members.getFirst().classes();
    }

    @Override
    public Tensor logits(Tensor images) {
      return members.get(turn.getAndIncrement() % members.size()).logits(images);
    }

    @Override
    public boolean isDeterministic() {
      return false;
    }
  }

  @Test
  void whatDoesNotVaryIsAskedOnce() {
    FunctionClassifier steady = FunctionClassifier.network(random, SHAPE, 5);
    Pictures pictures = Testing.answered(steady, random, 8);
    Threat threat = MedianThreat.of(steady, pictures, Norm.LINF, 1);
    Apgd one = new Apgd(Loss.CROSS_ENTROPY).iterations(6);
    try (Scope _ = Scope.open("test")) {
      AttackResult plain = one.run(steady, pictures, threat, 3);
      AttackResult mean = one.draws(20).run(steady, pictures, threat, 3);
      assertEquals(plain.pictures(), mean.pictures());
      assertArrayEquals(plain.images().toFloats(), mean.images().toFloats());
    }
  }

  /**
   * It says that it varies, and does not: one answer is that answer, and the mean of two is. Where
   * answers vary attacks go on to the end, so the plain one does, too.
   */
  @Test
  void theMeanOfEqualAnswersIsThePlainAttackToTheBit() {
    FunctionClassifier steady = FunctionClassifier.network(random, SHAPE, 5);
    Pictures pictures = Testing.answered(steady, random, 12);
    for (Norm norm : Norm.values()) {
      Threat threat = MedianThreat.of(steady, pictures, norm, 1);
      for (Apgd plain : List.of(new Apgd(Loss.CROSS_ENTROPY), Apgd.targeted(2))) {
        Apgd attack = plain.iterations(8);
        try (Scope _ = Scope.open("test")) {
          WorstCase worstCase = new WorstCase(steady, pictures, threat);
          worstCase.apply(attack, 3, Effort.TO_THE_END);
          AttackResult expected = worstCase.result();
          long broken =
              expected.pictures().stream().filter(one -> one.brokenBy().isPresent()).count();
          assertTrue(broken > 0 && broken < 12, broken + " broken shows little");
          AttackResult one = attack.draws(1).run(new ByTurns(List.of(steady)), pictures, threat, 3);
          assertEquals(expected.pictures(), one.pictures());
          assertArrayEquals(expected.images().toFloats(), one.images().toFloats());
          AttackResult two = attack.draws(2).run(new ByTurns(List.of(steady)), pictures, threat, 3);
          assertArrayEquals(expected.images().toFloats(), two.images().toFloats());
          for (int row = 0; row < 12; row++) {
            assertEquals(expected.pictures().get(row).loss(), two.pictures().get(row).loss());
          }
        }
      }
    }
  }

  /** Of two linear classes the mean of the margins is the margin of the mean. */
  @Test
  void gradientsAndLossesAreThoseOfTheMean() {
    LinearClassifier first = LinearClassifier.random(random, SHAPE, 2);
    LinearClassifier second = LinearClassifier.random(random, SHAPE, 2);
    Ensemble mean = new Ensemble(List.of(first, second));
    Pictures pictures = Testing.answered(mean, random, 10);
    Threat threat = MedianThreat.of(mean, pictures, Norm.L2, 1.2);
    Apgd attack = new Apgd(Loss.MARGIN).iterations(8);
    try (Scope _ = Scope.open("test")) {
      AttackResult ofMean = toTheEnd(attack, mean, pictures, threat);
      AttackResult meanOf =
          attack.draws(2).run(new ByTurns(List.of(first, second)), pictures, threat, 3);
      long broken = ofMean.pictures().stream().filter(one -> one.brokenBy().isPresent()).count();
      assertTrue(broken > 0 && broken < 10, broken + " broken shows little");
      for (int row = 0; row < 10; row++) {
        assertEquals(ofMean.pictures().get(row).brokenBy(), meanOf.pictures().get(row).brokenBy());
      }
      assertArrayEquals(ofMean.images().toFloats(), meanOf.images().toFloats(), 1e-4f);
    }
  }

  /** As an attack always goes where answers vary. */
  private static AttackResult toTheEnd(
      Attack attack, Classifier classifier, Pictures pictures, Threat threat) {
    var worstCase = new WorstCase(classifier, pictures, threat);
    worstCase.apply(attack, 3, Effort.TO_THE_END);
    return worstCase.result();
  }

  /**
   * Two classes by how bright a picture is. The first two of twenty answers are wrong about the
   * start of an attack, the mean of all twenty is right about it, and about most points after.
   */
  private static ByTurns misleading() {
    return new ByTurns(
        IntStream.range(0, WorstCase.FRESH_ANSWERS)
            .<Classifier>mapToObj(
                answer ->
                    new FunctionClassifier(
                        SHAPE,
                        2,
                        images -> {
                          Tensor bright =
                              images
                                  .add(-0.5f)
                                  .mean(1, 2, 3)
                                  .reshape(-1, 1)
                                  .add(answer < 2 ? -0.09f : 0.01f);
                          return Tensor.concatenate(1, bright, bright.negate());
                        }))
            .toList());
  }

  @Test
  void luckAtTheFirstPointEndsNoAttack() {
    Pictures pictures = Pictures.of(Tensor.full(TestDevice.get(), Shape.of(1, 3, 4, 4), 0.55f), 0);
    Threat threat = Threat.linf(Rational.of(1, 10));
    for (Attack attack :
        List.of(
            new Apgd(Loss.CROSS_ENTROPY).draws(2), new Apgd(Loss.MARGIN), new Pgd(Loss.MARGIN))) {
      try (Scope _ = Scope.open("test")) {
        AttackResult result = attack.run(misleading(), pictures, threat, 3);
        assertEquals(1, result.cleanAccuracy());
        assertEquals(0, result.robustAccuracy(), attack.toString());
      }
    }
  }

  /** Brings back a black picture and claims nothing. */
  private record Modest() implements Attack {
    @Override
    public String name() {
      return "modest";
    }

    @Override
    public Passes cost(Norm norm, int classes) {
      return Passes.NONE;
    }

    @Override
    public Candidates search(Oracle oracle, Task task) {
      Tensor black = task.pictures().images().multiply(0);
      int count = task.pictures().count();
      return new Candidates(black, new boolean[count], new double[count]);
    }
  }

  @Test
  void whatIsBroughtBackIsLookedAtWhateverIsClaimed() {
    Pictures pictures = Pictures.of(Tensor.full(TestDevice.get(), Shape.of(1, 3, 4, 4), 0.55f), 0);
    Threat all = Threat.linf(Rational.of(1, 1));
    try (Scope _ = Scope.open("test")) {
      assertEquals(0, new Modest().run(misleading(), pictures, all, 3).robustAccuracy());
      Classifier steady = misleading().members().getLast();
      assertEquals(1, new Modest().run(steady, pictures, all, 3).robustAccuracy());
    }
  }

  @Test
  void everyAnswerCounts() {
    LinearClassifier linear = LinearClassifier.random(random, SHAPE, 4);
    Pictures pictures = Testing.answered(linear, random, 5);
    CountingClassifier counting = new CountingClassifier(new ByTurns(List.of(linear)));
    Apgd attack = Apgd.targeted(2).iterations(4).draws(3);
    try (Scope _ = Scope.open("test")) {
      AttackResult result = attack.run(counting, pictures, Threat.l2(Rational.of(1, 1_000_000)), 3);
      Passes cost = attack.cost(Norm.L2, 4);
      assertEquals(new Passes(2 * 5 * 3, 2 * 4 * 3), cost);
      // and twenty fresh looks at each clean picture and at each that was brought back
      assertEquals(cost.times(5).plus(new Passes(2 * 5 * 20, 0)), counting.passes());
      assertEquals(cost.forward(), result.pictures().getFirst().queries());
      assertEquals(cost.backward(), result.pictures().getFirst().gradients());
    }
  }

  /** One answer in four is wrong, and sure of it; the mean is right. */
  @Test
  void aFewWrongAnswersBreakNothing() {
    FunctionClassifier right = constant(3, 0);
    FunctionClassifier wrong = constant(0, 9);
    Pictures pictures = Pictures.of(Testing.images(SHAPE, Testing.uniform(random, 48, 0, 1)), 0);
    Apgd attack = new Apgd(Loss.CROSS_ENTROPY).iterations(7);
    Threat threat = Threat.linf(Rational.of(1, 10));
    try (Scope _ = Scope.open("test")) {
      ByTurns mostlyRight = new ByTurns(List.of(right, right, right, wrong));
      AttackResult result = attack.run(mostlyRight, pictures, threat, 3);
      assertEquals(1, result.robustAccuracy(), "a single wrong answer was believed");
      ByTurns mostlyWrong = new ByTurns(List.of(wrong, right, wrong, wrong));
      assertEquals(0, attack.run(mostlyWrong, pictures, threat, 3).cleanAccuracy());
    }
  }

  private static FunctionClassifier constant(float first, float second) {
    return new FunctionClassifier(
        SHAPE,
        2,
        images -> {
          Tensor nothing = images.mean(1, 2, 3).reshape(-1, 1).multiply(0);
          return Tensor.concatenate(1, nothing.add(first), nothing.add(second));
        });
  }

  @Test
  void atLeastOneAnswerIsNeeded() {
    Apgd attack = new Apgd(Loss.CROSS_ENTROPY);
    assertThrows(IllegalArgumentException.class, () -> attack.draws(0));
    assertThrows(IllegalArgumentException.class, () -> new MeanLoss(List.of()));
  }
}
