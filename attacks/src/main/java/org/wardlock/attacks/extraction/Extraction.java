package org.wardlock.attacks.extraction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Rows;
import org.wardlock.data.Augmentation;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.CrossEntropyLoss;
import org.wardlock.nn.train.GradientClipping;
import org.wardlock.nn.train.Optimizer;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.nn.train.Schedule;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Makes a copy of a service: asks it once about each picture of a pool, without replacement, and
 * trains a network of one's own on the answers. With probabilities this is Knockoff (Orekondy,
 * Schiele and Fritz 2019, its random policy), with labels Copycat (Correia-Silva et al. 2018). The
 * pool's own labels are not looked at.
 *
 * @param answers what the service tells
 * @param architecture of the copy, which takes the service's pictures and tells its classes apart
 * @param queries pictures to ask about at most; the pool's first ones are taken
 * @param recipe of the training
 * @param seed of initial weights, order and augmentation: equal seeds give equal copies
 */
public record Extraction(
    Answers answers, Architecture architecture, int queries, Recipe recipe, long seed) {
  private static final CrossEntropyLoss LOSS = new CrossEntropyLoss(0);

  /**
   * How the copy is trained: AdamW, one cycle, gradients clipped to norm 1.
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
  }

  /**
   * What an extraction brought.
   *
   * @param classifier the copy; the caller closes it
   * @param queries pictures shown to the service
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
   * Asks and trains.
   *
   * @param service to be copied
   * @param progress is told the steps of training done, of {@link #steps}
   * @throws IllegalArgumentException if service and copy do not fit
   */
  public Copy run(Classifier service, Dataset pool, LongConsumer progress) {
    requireFit(service);
    Dataset asked = pool.slice(0, asked(pool.size()));
    QueryBudget budget = new QueryBudget(service, answers, queries);
    Map<Long, float[]> told = ask(budget, service.device(), asked);
    Network network = Network.initial(architecture, service.device(), seed);
    try (Scope _ = Scope.open("extraction")) {
      train(network, asked, told, progress);
      return new Copy(ImageClassifier.copyOf(network), budget.queries(), cost(pool.size()));
    } finally {
      network.release();
    }
  }

  /** How many steps training takes with a pool of that many pictures. */
  public long steps(int pool) {
    return (long) recipe.epochs() * Math.ceilDiv(asked(pool), recipe.batchSize());
  }

  private void requireFit(Classifier service) {
    int size = architecture.imageSize();
    Shape shape = Shape.of(architecture.preprocessing().statistics().channels(), size, size);
    if (!shape.equals(service.imageShape()) || architecture.classes() != service.classes()) {
      throw new IllegalArgumentException(
          "extraction: the copy takes %s and tells %d classes apart, the service %s and %d"
              .formatted(shape, architecture.classes(), service.imageShape(), service.classes()));
    }
  }

  private BatchLoader.Builder loader(Dataset pictures) {
    return BatchLoader.builder(pictures)
        .preprocess(architecture.preprocessing().pictures())
        .batchSize(recipe.batchSize())
        .seed(seed);
  }

  /** The answers by the pictures' ids. */
  private Map<Long, float[]> ask(QueryBudget budget, Device device, Dataset pictures) {
    Map<Long, float[]> told = new HashMap<>();
    BatchLoader loader = loader(pictures).build();
    try (BatchStream batches = loader.epoch(0)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        try (Scope _ = Scope.open("asking")) {
          float[][] rows = Rows.toHost(budget.ask(Pixels.of(device, batch)));
          for (int i = 0; i < rows.length; i++) {
            told.put(batch.ids()[i], rows[i]);
          }
        }
        loader.recycle(batch);
      }
    }
    return told;
  }

  private void train(
      Network network, Dataset pictures, Map<Long, float[]> told, LongConsumer progress) {
    BatchLoader loader = loader(pictures).shuffle(true).augmentation(recipe.augmentation()).build();
    TrainableParameters parameters =
        TrainableParameters.of(network.device(), network.parameters(), _ -> true);
    Optimizer optimizer = OptimizerSettings.Adam.decoupled(recipe.weightDecay()).create(parameters);
    GradientClipping clipping = new GradientClipping(1);
    Schedule schedule = new Schedule.OneCycle(recipe.learningRate(), steps(pictures.size()));
    long step = 0;
    for (int epoch = 0; epoch < recipe.epochs(); epoch++) {
      try (BatchStream batches = loader.epoch(epoch)) {
        while (batches.hasNext()) {
          Batch batch = batches.next();
          try (Scope _ = Scope.open("step of a copy")) {
            Tensor logits = network.logits(Pixels.of(network.device(), batch), Pass.TRAINING);
            LOSS.mean(logits, targets(network, batch, told)).backward();
            clipping.apply(parameters.gradients());
            optimizer.step(step + 1, schedule.rate(step));
          }
          loader.recycle(batch);
          progress.accept(++step);
        }
      }
    }
    optimizer.release();
    parameters.release();
  }

  private static Tensor targets(Network network, Batch batch, Map<Long, float[]> told) {
    List<float[]> rows = new ArrayList<>();
    for (long id : batch.ids()) {
      rows.add(told.get(id));
    }
    Shape classes = Shape.of(network.architecture().classes());
    return Rows.toDevice(network.device(), classes, rows.toArray(float[][]::new));
  }
}
