package org.wardlock.attacks.extraction;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongConsumer;
import org.wardlock.attacks.Passes;
import org.wardlock.data.Augmentation;
import org.wardlock.data.Dataset;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.CheckpointInterval;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.nn.train.TrainingListener;
import org.wardlock.nn.train.TrainingOptions;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/**
 * Makes a copy of a service: asks it once about each picture of a pool, in the pool's order, and
 * trains a network of one's own on the answers. With probabilities this is Knockoff (Orekondy,
 * Schiele and Fritz 2019, its random policy, if the pool's order is random), with labels Copycat
 * (Correia-Silva et al. 2018) without its balancing. The pool's own labels are not looked at.
 *
 * <p>This is the plain case in one call; {@link Inquiry}, {@link StolenPictures} and {@link
 * CopyTraining} are the parts that make up all others.
 *
 * @param answers what the service tells
 * @param architecture of the copy, which takes the service's pictures and tells its classes apart
 * @param queries pictures to ask about at most; the pool's first ones are taken
 * @param recipe of the training
 * @param seed of initial weights, order and augmentation: equal seeds give equal copies
 */
public record Extraction(
    Answers answers, Architecture architecture, int queries, Recipe recipe, long seed) {

  /**
   * How a copy is trained: AdamW, one cycle, gradients clipped to norm 1.
   *
   * @param epochs how often each picture is shown to the copy
   * @param batchSize pictures a step
   * @param learningRate the largest
   * @param weightDecay decoupled
   * @param augmentation of what the copy is shown; the service is asked about pictures as they are
   */
  public record Recipe(
      int epochs,
      int batchSize,
      double learningRate,
      double weightDecay,
      Augmentation augmentation) {
    /** Checks the numbers that nothing else would. */
    public Recipe {
      if (epochs < 1 || batchSize < 1) {
        throw new IllegalArgumentException(
            "extraction: %d epochs of batches of %d, expected at least 1"
                .formatted(epochs, batchSize));
      }
    }

    /** The same as a trainer takes it. */
    public TrainingOptions options(CheckpointInterval checkpoints) {
      return TrainingOptions.builder()
          .epochs(epochs)
          .optimizer(OptimizerSettings.Adam.decoupled(weightDecay))
          .learningRate(learningRate, TrainingOptions.ScheduleShape.ONECYCLE)
          .clipping(1)
          .checkpoints(checkpoints)
          .build();
    }
  }

  /**
   * What an extraction brought.
   *
   * @param classifier the copy; the caller closes it
   * @param queries pictures shown to the service, by earlier processes too
   * @param passes of single pictures, through the service and through the copy in training
   */
  public record Copy(ImageClassifier classifier, long queries, Passes passes) {}

  /** Checks the budget. */
  public Extraction {
    if (queries < 1) {
      throw new IllegalArgumentException("extraction: " + queries + " queries, expected 1 or more");
    }
  }

  /** How many pictures of a pool are asked about. */
  public int asked(int pool) {
    return Math.min(queries, pool);
  }

  /** The most work with a pool of that many pictures. */
  public Passes cost(int pool) {
    long shown = (long) recipe.epochs() * asked(pool);
    return new Passes(asked(pool) + shown, shown);
  }

  /**
   * Asks and trains, or goes on with both.
   *
   * @param service to be copied
   * @param folder of this extraction from this service; made if missing
   * @param progress is told the steps of training done, of {@link #steps}
   * @throws IllegalArgumentException if service and copy do not fit
   * @throws IOException if the folder cannot be read or written, or holds another extraction
   */
  public Copy run(Classifier service, Dataset pool, Path folder, LongConsumer progress)
      throws IOException {
    requireFit(service, architecture);
    int asked = asked(pool.size());
    var oracle = new QueryOracle(service, Disclosure.of(answers), QueryLimits.budget(asked));
    Path made = Files.createDirectories(folder);
    try (Inquiry inquiry =
            Inquiry.open(
                oracle, pool, architecture, QueryStrategy.IN_ORDER, seed, made, "asked", Map.of());
        Scope _ = Scope.open("extraction")) {
      int answered = inquiry.upTo(asked, () -> false);
      if (answered == 0) {
        throw new IOException(
            made + ": the answers to all %d questions were lost: begin anew".formatted(asked));
      }
      StolenPictures stolen = inquiry.stolen(answered);
      Network network = Network.initial(architecture, service.device(), seed);
      try {
        new CopyTraining(recipe, seed, CheckpointInterval.DEFAULT)
            .run(network, stolen, made, Map.of(), narrator(progress), () -> false);
        return new Copy(ImageClassifier.copyOf(network), oracle.queries(), cost(pool.size()));
      } finally {
        network.release();
      }
    }
  }

  private static TrainingListener narrator(LongConsumer progress) {
    return new TrainingListener() {
      @Override
      public void stepped(long step, long steps, double loss) {
        progress.accept(step);
      }
    };
  }

  /** How many steps training takes with a pool of that many pictures. */
  public long steps(int pool) {
    return (long) recipe.epochs() * Math.ceilDiv(asked(pool), recipe.batchSize());
  }

  /**
   * Checks that a copy takes the pictures that a service takes and tells its classes apart.
   *
   * @throws IllegalArgumentException naming what differs
   */
  public static void requireFit(Classifier service, Architecture copy) {
    int size = copy.imageSize();
    Shape shape = Shape.of(copy.preprocessing().statistics().channels(), size, size);
    if (!shape.equals(service.imageShape()) || copy.classes() != service.classes()) {
      throw new IllegalArgumentException(
          "extraction: the copy takes %s and tells %d classes apart, the service %s and %d"
              .formatted(shape, copy.classes(), service.imageShape(), service.classes()));
    }
  }
}
