package org.wardlock.attacks.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/** Planted faults raise exactly their own flag, healthy classifiers and attacks none. */
class DiagnosisTest {
  private static final Threat THREAT = Threat.linf(Rational.of(1, 20));

  private final Random random = new Random(241);

  private static Attack attack(int steps) {
    return new Pgd(Loss.CROSS_ENTROPY).iterations(steps).randomStart(false);
  }

  private static Diagnosis diagnosis() {
    return new Diagnosis(attack(20), attack(40)).queries(100);
  }

  private static List<String> names(List<Flag> flags) {
    for (Flag flag : flags) {
      assertFalse(flag.seen().isBlank() || flag.next().isBlank(), flag.name());
    }
    return flags.stream().map(Flag::name).toList();
  }

  private List<String> flags(Diagnosis diagnosis, Classifier classifier, Threat threat) {
    try (Scope _ = Scope.open("test")) {
      Pictures pictures = Testing.answered(classifier, random, 12);
      return names(diagnosis.look(classifier, pictures, threat, 1));
    }
  }

  @Test
  void healthyClassifiersRaiseNone() {
    for (int model = 0; model < 2; model++) {
      Classifier linear = LinearClassifier.random(random, Planted.SHAPE, 4 + model);
      assertEquals(List.of(), flags(diagnosis(), linear, THREAT));
      Classifier network = FunctionClassifier.network(random, Planted.SHAPE, 4 + model);
      assertEquals(List.of(), flags(diagnosis(), network, THREAT));
    }
    Classifier network = FunctionClassifier.network(random, Planted.SHAPE, 5);
    Diagnosis apgd =
        new Diagnosis(
                new Apgd(Loss.CROSS_ENTROPY).iterations(50),
                new Apgd(Loss.CROSS_ENTROPY).iterations(100))
            .queries(100);
    assertEquals(List.of(), flags(apgd, network, Threat.l2(Rational.of(1, 10))));
  }

  @Test
  void everyPlantedClassifierRaisesItsOwn() {
    assertEquals(List.of("probabilities"), flags(diagnosis(), Planted.softmaxHead(random), THREAT));
    assertEquals(List.of("saturated"), flags(diagnosis(), Planted.saturated(random), THREAT));
    assertEquals(List.of("zero-gradient"), flags(diagnosis(), Planted.quantised(random), THREAT));
    assertEquals(List.of("varying-answers"), flags(diagnosis(), Planted.varying(random), THREAT));
    for (int classes : new int[] {2, 3}) {
      Classifier few = LinearClassifier.random(random, Planted.SHAPE, classes);
      assertEquals(List.of("few-classes"), flags(diagnosis(), few, THREAT));
    }
    Classifier steep = Planted.steep(random);
    Pictures pictures = Planted.steepPictures(steep, random, 12);
    try (Scope _ = Scope.open("test")) {
      Threat tenth = Threat.linf(Rational.of(1, 10));
      assertEquals(
          List.of("black-box-stronger"),
          names(diagnosis().queries(300).look(steep, pictures, tenth, 1)));
    }
  }

  @Test
  void answersThatFlickerAreSeen() {
    Classifier flickering = Planted.flickering(random);
    try (Scope _ = Scope.open("test")) {
      Pictures pictures = Testing.answered(flickering, random, 12);
      Indicators indicators = new Indicators(attack(5), 1, flickering, pictures, THREAT);
      assertTrue(names(indicators.ofTheClassifier()).contains("unstable-predictions"));
      Classifier firm = LinearClassifier.random(random, Planted.SHAPE, 5);
      Pictures others = Testing.answered(firm, random, 12);
      assertEquals(List.of(), new Indicators(attack(5), 1, firm, others, THREAT).ofTheClassifier());
    }
  }

  /** Returns the clean picture whatever it has seen. */
  private record Forgetful(Attack attack) implements Attack {
    @Override
    public String name() {
      return "forgetful";
    }

    @Override
    public Passes cost(Norm norm, int classes) {
      return attack.cost(norm, classes);
    }

    @Override
    public Candidates search(Oracle oracle, Task task) {
      attack.search(oracle, task);
      int count = task.pictures().count();
      return new Candidates(task.pictures().images(), new boolean[count], new double[count]);
    }
  }

  /** One small step after another, never enough. */
  private static Attack shy(int steps) {
    return new Pgd(Loss.CROSS_ENTROPY)
        .iterations(steps)
        .stepSize(Rational.of(1, 1000))
        .randomStart(false);
  }

  @Test
  void everyPlantedAttackRaisesItsOwn() {
    Classifier network = LinearClassifier.random(random, Planted.SHAPE, 5);
    Diagnosis forgetful =
        new Diagnosis(new Forgetful(attack(20)), new Forgetful(attack(40))).queries(50);
    assertEquals(List.of("silent-success"), flags(forgetful, network, THREAT));
    Diagnosis incomplete = new Diagnosis(shy(5), shy(10)).queries(50);
    assertEquals(List.of("incomplete-optimisation"), flags(incomplete, network, THREAT));
    Classifier other = LinearClassifier.random(random, Planted.SHAPE, 5);
    Diagnosis transfer =
        new Diagnosis(new Transfer(attack(20), other), new Transfer(attack(40), other));
    assertEquals(List.of("transfer-failure"), flags(transfer, network, THREAT));
  }

  /** Stronger at small radii than at large ones, or no use at all. */
  private record Odd(Attack inner, Rational most) implements Attack {
    @Override
    public String name() {
      return "odd";
    }

    @Override
    public Passes cost(Norm norm, int classes) {
      return inner.cost(norm, classes);
    }

    @Override
    public Candidates search(Oracle oracle, Task task) {
      if (task.threat().radius().compareTo(most) <= 0) {
        return inner.search(oracle, task);
      }
      int count = task.pictures().count();
      return new Candidates(task.pictures().images(), new boolean[count], new double[count]);
    }
  }

  @Test
  void theCurveMustFallToZero() {
    Classifier linear = LinearClassifier.random(random, Planted.SHAPE, 5);
    try (Scope _ = Scope.open("test")) {
      Pictures pictures = Testing.answered(linear, random, 12);
      assertEquals(List.of(), new EpsCurve(attack(20), 1).look(linear, pictures, THREAT));
      EpsCurve odd = new EpsCurve(new Odd(attack(20), Rational.of(1, 2)), 1);
      assertEquals(List.of("unbounded-attack-fails"), names(odd.look(linear, pictures, THREAT)));
    }
    boolean[] four = {true, true, true, true};
    boolean[] two = {true, false, true, false};
    boolean[] three = {true, true, true, false};
    boolean[] none = new boolean[4];
    assertEquals(List.of("curve-rises"), names(curve(two, four, none)));
    // one picture may go either way
    assertEquals(List.of(), names(curve(four, two, three, none)));
    assertEquals(List.of("unbounded-attack-fails"), names(curve(four, two)));
  }

  private static List<Flag> curve(boolean[]... standing) {
    List<EpsCurve.Point> points =
        IntStream.range(0, standing.length)
            .mapToObj(i -> new EpsCurve.Point(Threat.linf(Rational.of(i + 1, 10)), standing[i]))
            .toList();
    return new EpsCurve(attack(1), 1).flags(points);
  }

  @Test
  void radiiGoFromHalfToEverything() {
    assertEquals(
        "[linf 4/255, linf 8/255, linf 32/255, linf 128/255, linf 1]",
        EpsCurve.threats(Threat.linf(Rational.of(8, 255)), 3072).toString());
    assertEquals(
        "[l2 1/4, l2 1/2, l2 2, l2 8, l2 32, l2 56]",
        EpsCurve.threats(Threat.l2(Rational.of(1, 2)), 3072).toString());
    assertEquals(
        "[l1 6, l1 12, l1 48, l1 192, l1 768, l1 3072]",
        EpsCurve.threats(Threat.l1(Rational.of(12, 1)), 3072).toString());
    assertEquals("[linf 1]", EpsCurve.threats(Threat.linf(Rational.ZERO), 3072).toString());
  }

  @Test
  void twiceTheStepsMustChangeLittle() {
    Classifier linear = LinearClassifier.random(random, Planted.SHAPE, 5);
    try (Scope _ = Scope.open("test")) {
      Pictures pictures = Testing.answered(linear, random, 20);
      assertEquals(List.of(), compared(attack(20), attack(40), linear, pictures));
      assertEquals(List.of("more-steps-stronger"), compared(shy(10), shy(40), linear, pictures));
      assertEquals(List.of("more-steps-weaker"), compared(shy(40), shy(10), linear, pictures));
    }
  }

  private static List<String> compared(
      Attack once, Attack twice, Classifier classifier, Pictures pictures) {
    Diagnosis diagnosis = new Diagnosis(once, twice);
    return names(new Comparison(diagnosis, 1, classifier, pictures, THREAT).withTwiceTheSteps());
  }

  @Test
  void chanceMustNotBeStronger() {
    Classifier linear = LinearClassifier.random(random, Planted.SHAPE, 5);
    try (Scope _ = Scope.open("test")) {
      Pictures pictures = Testing.answered(linear, random, 30);
      Attack none = new Odd(attack(1), Rational.ZERO);
      Diagnosis diagnosis = new Diagnosis(none, none).queries(300);
      Threat wide = Threat.linf(Rational.of(1, 4));
      Comparison comparison = new Comparison(diagnosis, 1, linear, pictures, wide);
      assertEquals(List.of("black-box-stronger"), names(comparison.withoutGradients()));
      assertEquals("noise-stronger", comparison.noise(Rows.all(30)).orElseThrow().name());
    }
  }

  @Test
  void costsNoMoreThanItSays() {
    FunctionClassifier network = FunctionClassifier.network(random, Planted.SHAPE, 5);
    CountingClassifier counting = new CountingClassifier(network);
    try (Scope _ = Scope.open("test")) {
      Pictures pictures = Testing.answered(network, random, 8);
      assertEquals(
          List.of(), diagnosis().look(counting, pictures, Threat.linf(Rational.of(1, 2000)), 1));
      Passes most = diagnosis().cost(Norm.LINF, 5).times(8);
      assertTrue(counting.passes().forward() <= most.forward(), counting.passes() + " " + most);
      assertTrue(counting.passes().backward() <= most.backward(), counting.passes() + "");
    }
    assertThrows(IllegalArgumentException.class, () -> diagnosis().queries(0));
  }

  @Test
  void aTraceHoldsWhatWasAsked() {
    LinearClassifier linear = LinearClassifier.random(random, Shape.of(1, 3, 3), 4);
    try (Scope _ = Scope.open("test")) {
      Pictures one = Testing.answered(linear, random, 1);
      Trace trace = Trace.of(shy(7), linear, one, Threat.linf(Rational.of(1, 10)), 1);
      assertEquals(8, trace.steps().size());
      double[] margins = trace.steps().stream().mapToDouble(Trace.Step::margin).toArray();
      double[] ascending = margins.clone();
      Arrays.sort(ascending);
      assertEquals(Arrays.toString(ascending), Arrays.toString(margins));
      assertTrue(trace.steps().getFirst().steepest().orElseThrow() > 0);
      assertTrue(trace.steps().getLast().steepest().isEmpty());
      assertTrue(trace.isIncomplete() && !trace.isSilentSuccess() && !trace.lostItsGradient());
    }
  }

  @Test
  void theBinarisationFindsCrippledAttacks() {
    Classifier network = FunctionClassifier.network(random, Planted.SHAPE, 5);
    Classifier linear = LinearClassifier.random(random, Planted.SHAPE, 8);
    try (Scope _ = Scope.open("test")) {
      for (Classifier classifier : List.of(network, linear)) {
        for (Threat threat : List.of(THREAT, Threat.l2(Rational.of(1, 2)))) {
          Pictures pictures = Testing.answered(classifier, random, 6);
          Binarisation.Result healthy = test(attack(40), classifier, pictures, threat);
          assertTrue(healthy.tests() >= 4, healthy.toString());
          assertEquals(healthy.tests(), healthy.found(), threat + " " + healthy);
          assertEquals(List.of(), healthy.flags());
          Optional<Features> logits = Optional.of(Features.ofLogits(classifier));
          assertEquals(
              healthy, new Binarisation(attack(40), logits, 1).run(classifier, pictures, threat));
          Attack crippled =
              new Pgd(Loss.CROSS_ENTROPY)
                  .iterations(1)
                  .stepSize(Rational.of(1, 2000))
                  .randomStart(false);
          Binarisation.Result caught = test(crippled, classifier, pictures, threat);
          assertEquals(
              List.of("binarisation-failed"), names(caught.flags()), threat + " " + caught);
        }
      }
    }
  }

  private static Binarisation.Result test(
      Attack attack, Classifier classifier, Pictures pictures, Threat threat) {
    return new Binarisation(attack, Optional.empty(), 1).run(classifier, pictures, threat);
  }

  @Test
  void aLineTellsAPointFromOthersWhereThereIsOne() {
    double[][] others = new double[50][];
    for (int i = 0; i < 50; i++) {
      others[i] = new double[] {random.nextGaussian(), random.nextGaussian(), 3 + 1e-3 * i};
    }
    double[] beyond = {10, 0, 3};
    double[] line = SeparatingLine.of(others, beyond).orElseThrow();
    double at = SeparatingLine.along(line, beyond);
    assertTrue(Arrays.stream(others).allMatch(one -> SeparatingLine.along(line, one) < at));
    assertTrue(SeparatingLine.of(others, others[20]).isEmpty());
    double[] middle = new double[3];
    Arrays.setAll(middle, i -> Arrays.stream(others).mapToDouble(one -> one[i]).sum() / 50);
    assertTrue(SeparatingLine.of(others, middle).isEmpty());
  }

  /** The largest margin is that of the two points that hold the line. */
  @Test
  void theLineHasTheLargestMargin() {
    double[][] others = {{0, 0}, {0, 2}, {-1, 1}};
    double[] line = SeparatingLine.of(others, new double[] {2, 1}).orElseThrow();
    assertEquals(0, line[1] / line[0], 1e-6);
  }
}
