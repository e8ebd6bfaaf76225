package org.wardlock.attacks.extraction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.data.Augmentation;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class ExtractionTest {
  private static final int SIDE = 16;
  private static final int POOL = 60;
  private static final Architecture ARCHITECTURE =
      Architecture.named("convmixer-8-1-k3-p4").withImageSize(SIDE).withClasses(10);
  private static final Dataset PICTURES =
      DataSource.parse("shapes:" + SIDE).open(Split.TRAIN, Selection.limit(POOL, 0));

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Extraction extraction(Answers answers, int queries, int epochs) {
    var recipe = new Extraction.Recipe(epochs, 16, 0.01, 0.01, Augmentation.NONE);
    return new Extraction(answers, ARCHITECTURE, queries, recipe, 3);
  }

  private static Classifier victim(long seed) {
    return ImageClassifier.copyOf(Network.initial(ARCHITECTURE, Testing.device(), seed));
  }

  /** Says the same class, whatever it is shown. */
  private static Classifier constant(int label) {
    float[] logits = new float[10];
    logits[label] = 3;
    Tensor row = Tensor.of(Testing.device(), Shape.of(1, 10), logits);
    return new FunctionClassifier(
        Shape.of(3, SIDE, SIDE),
        10,
        images -> images.mean(1, 2, 3).reshape(images.shape().extent(0), 1).multiply(0).add(row));
  }

  private static PictureSource source() {
    return new PictureSource() {
      @Override
      public int count() {
        return POOL;
      }

      @Override
      public Pictures pictures(int start, int end) {
        BatchLoader loader =
            BatchLoader.builder(PICTURES.slice(start, end)).batchSize(end - start).build();
        try (BatchStream batches = loader.epoch(0)) {
          var batch = batches.next();
          return Pictures.of(Pixels.of(Testing.device(), batch), batch.labels());
        }
      }
    };
  }

  private static float[][] answers(Classifier classifier) throws IOException {
    return Rows.toHost(classifier.logits(source().pictures(0, POOL).images()));
  }

  @Test
  void theBudgetIsNeverExceeded() throws IOException {
    Tensor images = source().pictures(0, 10).images();
    CountingClassifier counted = new CountingClassifier(victim(1));
    QueryBudget budget = new QueryBudget(counted, Answers.PROBABILITIES, 25);
    budget.ask(images);
    budget.ask(images);
    assertEquals(20, budget.queries());
    var problem = assertThrows(IllegalStateException.class, () -> budget.ask(images));
    assertTrue(problem.getMessage().contains("5 of 25"), problem.getMessage());
    assertEquals(20, budget.queries());
    assertEquals(new Passes(20, 0), counted.passes());
  }

  @Test
  void eachPictureIsAskedAboutOnce() {
    CountingClassifier counted = new CountingClassifier(victim(1));
    Extraction.Copy copy = extraction(Answers.LABELS, 40, 2).run(counted, PICTURES, _ -> {});
    assertEquals(40, copy.queries());
    assertEquals(new Passes(40, 0), counted.passes());
    assertEquals(new Passes(40 + 80, 80), copy.passes());
    assertEquals(copy.passes(), extraction(Answers.LABELS, 40, 2).cost(POOL));
    copy.classifier().close();
  }

  @Test
  void aLabelIsTheLikeliestClass() throws IOException {
    Tensor images = source().pictures(0, POOL).images();
    Classifier victim = victim(1);
    float[][] soft = Rows.toHost(new QueryBudget(victim, Answers.PROBABILITIES, POOL).ask(images));
    float[][] hard = Rows.toHost(new QueryBudget(victim, Answers.LABELS, POOL).ask(images));
    for (int i = 0; i < POOL; i++) {
      float[] row = soft[i];
      int best = IntStream.range(0, 10).reduce(0, (a, b) -> row[b] > row[a] ? b : a);
      assertEquals(1, hard[i][best], "picture " + i);
      assertEquals(1, sum(hard[i]), 0, "picture " + i);
      assertEquals(1, sum(soft[i]), 1e-5, "picture " + i);
    }
  }

  private static double sum(float... values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).sum();
  }

  @Test
  void equalSeedsGiveEqualCopies() throws IOException {
    Classifier victim = victim(1);
    Extraction soft = extraction(Answers.PROBABILITIES, POOL, 2);
    float[][] first = answers(soft.run(victim, PICTURES, _ -> {}).classifier());
    float[][] second = answers(soft.run(victim, PICTURES, _ -> {}).classifier());
    float[][] hard =
        answers(extraction(Answers.LABELS, POOL, 2).run(victim, PICTURES, _ -> {}).classifier());
    assertArrayEquals(first, second);
    assertNotEquals(Arrays.deepToString(first), Arrays.deepToString(hard), "labels tell less");
  }

  @Test
  void aCopyLearnsWhatItIsTold() throws IOException {
    Classifier victim = constant(4);
    for (Answers answers : Answers.values()) {
      long[] steps = new long[1];
      Extraction extraction = extraction(answers, POOL, 8);
      Extraction.Copy copy = extraction.run(victim, PICTURES, step -> steps[0] = step);
      assertEquals(extraction.steps(POOL), steps[0]);
      assertEquals(1, Fidelity.of(victim, copy.classifier(), source(), 7).share(), answers + "");
    }
  }

  @Test
  void fidelityIsOneWithItselfAndCountsWhatDiffers() throws IOException {
    Classifier one = victim(1);
    assertEquals(new Fidelity(POOL, POOL), Fidelity.of(one, one, source(), 16));
    assertEquals(new Fidelity(POOL, 0), Fidelity.of(constant(1), constant(2), source(), 16));
    float[][] answers = answers(one);
    int four =
        (int)
            Arrays.stream(answers)
                .filter(
                    row -> IntStream.range(0, 10).reduce(0, (a, b) -> row[b] > row[a] ? b : a) == 4)
                .count();
    assertEquals(new Fidelity(POOL, four), Fidelity.of(one, constant(4), source(), 16));
  }

  @Test
  void aCopyOfAnotherShapeIsRefused() {
    var recipe = new Extraction.Recipe(1, 16, 0.01, 0.01, Augmentation.NONE);
    Extraction extraction =
        new Extraction(Answers.LABELS, ARCHITECTURE.withClasses(3), POOL, recipe, 3);
    var problem =
        assertThrows(
            IllegalArgumentException.class, () -> extraction.run(victim(1), PICTURES, _ -> {}));
    assertTrue(problem.getMessage().contains("3 classes"), problem.getMessage());
  }
}
