package org.wardlock.attacks.extraction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.CheckpointInterval;
import org.wardlock.nn.train.GradientClipping;
import org.wardlock.nn.train.Optimizer;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.nn.train.Schedule;
import org.wardlock.nn.train.TrainingListener;
import org.wardlock.nn.train.TrainingResult;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class ExtractionTest {
  private static final int POOL = 60;
  private static final Dataset PICTURES = Theft.pool(POOL);

  @TempDir private Path folder;
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
    return new Extraction(answers, Theft.COPY, queries, Theft.recipe(epochs), 3);
  }

  /** Says the same class, whatever it is shown. */
  private static Classifier constant(int label) {
    float[] logits = new float[Theft.CLASSES];
    logits[label] = 3;
    Tensor row = Tensor.of(Testing.device(), Shape.of(1, Theft.CLASSES), logits);
    return new FunctionClassifier(
        Theft.PICTURE,
        Theft.CLASSES,
        images -> images.mean(1, 2, 3).reshape(images.shape().extent(0), 1).multiply(0).add(row));
  }

  private float[][] copied(Extraction extraction, Classifier service, String name)
      throws IOException {
    Extraction.Copy copy = extraction.run(service, PICTURES, folder.resolve(name), _ -> {});
    try (ImageClassifier classifier = copy.classifier()) {
      return Theft.logits(classifier, PICTURES);
    }
  }

  @Test
  void eachPictureIsAskedAboutOnce() throws IOException {
    CountingClassifier counted = new CountingClassifier(Theft.service());
    Extraction extraction = extraction(Answers.LABELS, 40, 2);
    for (int process = 0; process < 2; process++) {
      Extraction.Copy copy = extraction.run(counted, PICTURES, folder, _ -> {});
      assertEquals(40, copy.queries());
      assertEquals(new Passes(40, 0), counted.passes());
      assertEquals(new Passes(40 + 80, 80), copy.passes());
      assertEquals(copy.passes(), extraction.cost(POOL));
      copy.classifier().close();
    }
  }

  @Test
  void equalSeedsGiveEqualCopies() throws IOException {
    Classifier service = Theft.service();
    Extraction soft = extraction(Answers.PROBABILITIES, POOL, 2);
    float[][] first = copied(soft, service, "first");
    assertArrayEquals(first, copied(soft, service, "second"));
    float[][] hard = copied(extraction(Answers.LABELS, POOL, 2), service, "hard");
    assertNotEquals(Arrays.deepToString(first), Arrays.deepToString(hard), "labels tell less");
  }

  @Test
  void aCopyIsTrainedAsAPlainLoopWould() throws IOException {
    Classifier service = Theft.service();
    Extraction extraction = extraction(Answers.PROBABILITIES, 50, 2);
    float[][] expected = new float[0][];
    Network network = Network.initial(Theft.COPY, Testing.device(), extraction.seed());
    TrainableParameters parameters =
        TrainableParameters.of(network.device(), network.parameters(), _ -> true);
    Optimizer optimizer = OptimizerSettings.Adam.decoupled(0.01).create(parameters);
    Schedule schedule = new Schedule.OneCycle(0.01, extraction.steps(POOL));
    BatchLoader loader =
        BatchLoader.builder(PICTURES.slice(0, 50)).batchSize(16).seed(3).shuffle(true).build();
    long step = 0;
    for (int epoch = 0; epoch < 2; epoch++) {
      try (BatchStream batches = loader.epoch(epoch)) {
        while (batches.hasNext()) {
          Batch batch = batches.next();
          Tensor images = Pixels.of(network.device(), batch);
          Tensor targets = service.logits(images).softmax().detach();
          network.logits(images, Pass.TRAINING).crossEntropy(targets).mean().backward();
          new GradientClipping(1).apply(parameters.gradients());
          optimizer.step(step + 1, schedule.rate(step++));
        }
      }
    }
    try (ImageClassifier plain = ImageClassifier.copyOf(network)) {
      expected = Theft.logits(plain, PICTURES);
    }
    optimizer.release();
    parameters.release();
    network.release();
    assertEquals(step, extraction.steps(POOL));
    float[][] found = copied(extraction, service, "copy");
    for (int i = 0; i < POOL; i++) {
      assertArrayEquals(expected[i], found[i], "picture " + i);
    }
  }

  @Test
  void aCopyLearnsWhatItIsTold() throws IOException {
    Classifier service = constant(4);
    for (Answers answers : Answers.values()) {
      long[] steps = new long[1];
      Extraction extraction = extraction(answers, POOL, 8);
      Path place = folder.resolve(answers.name());
      Extraction.Copy copy = extraction.run(service, PICTURES, place, step -> steps[0] = step);
      assertEquals(extraction.steps(POOL), steps[0]);
      assertEquals(new Share(POOL, POOL), agreement(service, copy.classifier(), 7), answers + "");
      copy.classifier().close();
    }
  }

  @Test
  void aTrainingThatIsStoppedGoesOnToTheSameBits() throws IOException {
    Classifier service = Theft.service();
    var training = new CopyTraining(Theft.recipe(3), 3, CheckpointInterval.DEFAULT);
    StolenPictures stolen;
    try (Inquiry inquiry =
        Theft.inquiry(
            Theft.oracle(service, QueryLimits.budget(POOL)),
            PICTURES,
            QueryStrategy.RANDOM,
            folder)) {
      stolen = inquiry.stolen(inquiry.upTo(POOL, () -> false)).balanced(3);
    }
    float[][] whole = train(training, stolen, "whole", Integer.MAX_VALUE);
    for (int patience : new int[] {0, 5}) {
      train(training, stolen, "stopped-" + patience, patience);
      assertArrayEquals(whole, train(training, stolen, "stopped-" + patience, Integer.MAX_VALUE));
    }
    var problem =
        assertThrows(
            IOException.class,
            () ->
                train(
                    new CopyTraining(Theft.recipe(4), 3, CheckpointInterval.DEFAULT),
                    stolen,
                    "whole",
                    1));
    assertTrue(problem.getMessage().contains("epochs was 3"), problem.getMessage());
  }

  /** Trains for so many steps, then stops. */
  private float[][] train(CopyTraining training, StolenPictures stolen, String name, int steps)
      throws IOException {
    Network network = Network.initial(Theft.COPY, Testing.device(), 3);
    int[] left = {steps};
    TrainingResult result =
        training.run(
            network,
            stolen,
            folder.resolve(name),
            Map.of(),
            TrainingListener.SILENT,
            () -> left[0]-- <= 0);
    assertEquals(steps == Integer.MAX_VALUE, result.completed());
    try (ImageClassifier copy = ImageClassifier.copyOf(network)) {
      return Theft.logits(copy, PICTURES);
    } finally {
      network.release();
    }
  }

  private static Share agreement(Classifier one, Classifier other, int batch) throws IOException {
    var source = Theft.source(PICTURES);
    return Predictions.of(one, source, batch).agreement(Predictions.of(other, source, batch));
  }

  @Test
  void fidelityIsOneWithItselfAndCountsWhatDiffers() throws IOException {
    Classifier one = Theft.service();
    assertEquals(new Share(POOL, POOL), agreement(one, one, 16));
    assertEquals(new Share(0, POOL), agreement(constant(1), constant(2), 16));
    float[][] answers = Theft.logits(one, PICTURES);
    int four = (int) Arrays.stream(answers).filter(row -> Theft.best(row) == 4).count();
    assertEquals(new Share(four, POOL), agreement(one, constant(4), 16));
  }

  @Test
  void aCopyOfAnotherShapeIsRefused() {
    Extraction extraction =
        new Extraction(Answers.LABELS, Theft.COPY.withClasses(3), POOL, Theft.recipe(1), 3);
    var problem =
        assertThrows(
            IllegalArgumentException.class,
            () -> extraction.run(Theft.service(), PICTURES, folder, _ -> {}));
    assertTrue(problem.getMessage().contains("3 classes"), problem.getMessage());
  }
}
