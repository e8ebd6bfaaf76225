package org.wardlock.attacks.extraction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Testing;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

class QueryOracleTest {
  private static final int COUNT = 10;

  private Scope scope;
  private Classifier service;
  private CountingClassifier counted;
  private Tensor images;

  @BeforeEach
  void open() {
    scope = Scope.open("test");
    service = Theft.service();
    counted = new CountingClassifier(service);
    int values = Math.toIntExact(COUNT * Theft.PICTURE.count());
    images = Testing.images(Theft.PICTURE, Testing.uniform(new Random(1), values, 0, 1));
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private QueryOracle oracle(Disclosure disclosure, QueryLimits limits) {
    return new QueryOracle(counted, disclosure, limits);
  }

  private float[][] told(Disclosure disclosure) {
    return oracle(disclosure, QueryLimits.budget(COUNT)).ask(images);
  }

  private static Disclosure probabilities(OptionalInt classes, OptionalInt decimals) {
    return new Disclosure(Answers.PROBABILITIES, classes, decimals);
  }

  @Test
  void theBudgetIsNeverExceeded() {
    QueryOracle oracle = oracle(Disclosure.of(Answers.PROBABILITIES), QueryLimits.budget(25));
    oracle.ask(images);
    oracle.ask(images);
    assertEquals(20, oracle.queries());
    var problem = assertThrows(IllegalStateException.class, () -> oracle.ask(images));
    assertTrue(problem.getMessage().contains("5 of 25"), problem.getMessage());
    assertEquals(20, oracle.queries());
    assertEquals(new Passes(20, 0), counted.passes());
  }

  @Test
  void whatWasAskedBeforeCounts() {
    QueryOracle refusing =
        oracle(Disclosure.of(Answers.LABELS), QueryLimits.budget(25).refusedAfter(18));
    refusing.recall(15);
    assertEquals(3, refusing.ask(images).length);
    assertEquals(18, refusing.queries());
    QueryOracle spent = oracle(Disclosure.of(Answers.LABELS), QueryLimits.budget(25));
    spent.recall(16);
    assertThrows(IllegalStateException.class, () -> spent.ask(images));
  }

  @Test
  void aServiceThatRefusesAnswersTheFirstOnes() {
    QueryLimits limits = QueryLimits.budget(100).refusedAfter(14);
    QueryOracle oracle = oracle(Disclosure.of(Answers.PROBABILITIES), limits);
    float[][] all = oracle.ask(images);
    float[][] some = oracle.ask(images);
    assertEquals(4, some.length);
    for (int i = 0; i < some.length; i++) {
      assertArrayEquals(all[i], some[i]);
    }
    assertEquals(0, oracle.ask(images).length);
    assertEquals(14, oracle.queries());
    assertEquals(new Passes(14, 0), counted.passes());
  }

  @Test
  void aServiceThatIsSlowOnPurposeLetsTheThiefWait() {
    List<Long> pauses = new ArrayList<>();
    QueryLimits limits = QueryLimits.budget(100).perSecond(4);
    var oracle = new QueryOracle(counted, Disclosure.of(Answers.LABELS), limits, pauses::add);
    oracle.ask(images);
    oracle.ask(images);
    assertEquals(List.of(2_500_000_000L, 2_500_000_000L), pauses);
    assertEquals(OptionalDouble.of(5), oracle.seconds());
    assertEquals(
        OptionalDouble.empty(),
        oracle(Disclosure.of(Answers.LABELS), QueryLimits.budget(1)).seconds());
  }

  @Test
  void aLabelIsTheLikeliestClassAndNothingElse() {
    float[][] expected = Rows.toHost(service.logits(images).softmax());
    float[][] soft = told(Disclosure.of(Answers.PROBABILITIES));
    float[][] hard = told(Disclosure.of(Answers.LABELS));
    for (int i = 0; i < COUNT; i++) {
      assertArrayEquals(expected[i], soft[i]);
      assertEquals(1, hard[i][Theft.best(expected[i])]);
      assertEquals(1, sum(hard[i]));
    }
  }

  @Test
  void theLikeliestClassesAloneAreToldRounded() {
    float[][] whole = told(Disclosure.of(Answers.PROBABILITIES));
    float[][] cut = told(probabilities(OptionalInt.of(3), OptionalInt.of(1)));
    for (int i = 0; i < COUNT; i++) {
      float[] row = whole[i];
      float[] found = cut[i];
      assertEquals(Math.round(row[Theft.best(row)] * 10) / 10f, found[Theft.best(row)]);
      assertTrue(IntStream.range(0, found.length).filter(k -> found[k] != 0).count() <= 3);
      for (int k = 0; k < found.length; k++) {
        assertTrue(found[k] == 0 || Math.abs(found[k] - row[k]) <= 0.05001, "class " + k);
      }
    }
  }

  @Test
  void aThiefSpreadsWhatWasNotTold() {
    assertArrayEquals(
        new float[] {0.7f, 0.1f, 0.1f, 0.1f}, Disclosure.complete(0.7f, 0, 0, 0), 1e-6f);
    assertArrayEquals(
        new float[] {0.5f, 0.25f, 0.25f}, Disclosure.complete(0.4f, 0.2f, 0.2f), 1e-6f);
    assertArrayEquals(new float[] {0, 1, 0}, Disclosure.complete(0, 1, 0));
    assertArrayEquals(new float[] {0.25f, 0.25f, 0.25f, 0.25f}, Disclosure.complete(0, 0, 0, 0));
    assertArrayEquals(new float[] {0.5f, 0.5f, 0}, Disclosure.complete(0.6f, 0.6f, 0), 1e-6f);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Disclosure(Answers.LABELS, OptionalInt.of(1), OptionalInt.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> probabilities(OptionalInt.of(0), OptionalInt.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> probabilities(OptionalInt.empty(), OptionalInt.of(8)));
    assertThrows(IllegalArgumentException.class, () -> QueryLimits.budget(1).perSecond(0));
    assertThrows(IllegalArgumentException.class, () -> QueryLimits.budget(-1));
  }

  private static float sum(float... values) {
    float sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
