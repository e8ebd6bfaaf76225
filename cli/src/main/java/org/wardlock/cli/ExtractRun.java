package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardlock.attacks.extraction.CopyTraining;
import org.wardlock.attacks.extraction.Extraction;
import org.wardlock.attacks.extraction.Inquiry;
import org.wardlock.attacks.extraction.Predictions;
import org.wardlock.attacks.extraction.QueryOracle;
import org.wardlock.attacks.extraction.QueryStrategy;
import org.wardlock.attacks.extraction.StolenPictures;
import org.wardlock.attacks.extraction.SurrogateTransfer;
import org.wardlock.data.Dataset;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.nn.train.CheckpointInterval;
import org.wardlock.tensor.Device;

/**
 * Makes a copy of a victim for each of several budgets, into a folder: asks, trains, judges. What
 * is done is not done again.
 *
 * @param victim who is asked
 * @param oracle through which the thief asks
 * @param start what each copy begins with
 * @param pool pictures to ask about
 * @param fineTune pictures of the victim's own domain, if the thief has any
 * @param options how the thief goes about it
 * @param judge of the copies
 * @param config of each copy's folder
 * @param folder of all
 * @param console that shows how it goes
 */
record ExtractRun(
    DeployedModel victim,
    QueryOracle oracle,
    StartingNetwork start,
    Dataset pool,
    Optional<Dataset> fineTune,
    ExtractOptions options,
    long seed,
    ExtractJudge judge,
    RunConfig config,
    Path folder,
    ExtractConsole console) {
  /** Where the training lies that fine-tuning begins with, in a copy's folder. */
  private static final String BEFORE = "before-fine-tuning";

  /** What the answers about pictures to fine-tune on are called in the folder. */
  private static final String OWN = "fine-tune";

  private static final String FINE_TUNE = "--fine-tune";

  /** What the published programs do from training to fine-tuning is of this order, and more. */
  private static final double FINE_TUNING_RATE = 0.1;

  /**
   * The pictures and answers of one budget.
   *
   * @param queries pictures that the service was shown for it, those to fine-tune on and those
   *     included whose answers a killed process took with it
   * @param complete whether all was asked that should be: if not, the service refuses
   */
  private record Loot(
      StolenPictures pool, Optional<StolenPictures> fineTune, int queries, boolean complete) {
    int fineTuned() {
      return fineTune.map(StolenPictures::size).orElse(0);
    }
  }

  /** How many pictures of the pool a budget asks about. */
  static int ofPool(int budget, Optional<Dataset> fineTune, ExtractOptions options) {
    return budget - fineTuned(budget, fineTune, options);
  }

  private static int fineTuned(int budget, Optional<Dataset> fineTune, ExtractOptions options) {
    return fineTune.map(own -> Math.min(own.size(), options.fineTuned(budget))).orElse(0);
  }

  /** The copies, in the order of their budgets; fewer than budgets if the user interrupts. */
  List<ExtractedCopy> run() throws IOException {
    var copies = new ArrayList<ExtractedCopy>();
    Path asked = Files.createDirectories(folder.resolve("asked"));
    try (Questions questions = open(asked)) {
      requireEnough(questions);
      for (int budget : options.budgets()) {
        Optional<Loot> loot = ask(budget, questions);
        if (loot.isEmpty() || Interruption.isRequested()) {
          break;
        }
        Optional<ExtractedCopy> copy = copy(budget, loot.get());
        if (copy.isEmpty()) {
          break;
        }
        copies.add(copy.get());
        if (!loot.get().complete()) {
          // the service answers no more: larger budgets would bring the same copy
          break;
        }
      }
    }
    return copies;
  }

  /** What is asked about, and was: pictures of the pool, and those to fine-tune on. */
  private record Questions(Inquiry pool, Optional<Inquiry> fineTune) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      try (Inquiry _ = pool) {
        if (fineTune.isPresent()) {
          fineTune.get().close();
        }
      }
    }
  }

  /** What was asked stays asked: budgets are for all questions that the folder knows of. */
  private void requireEnough(Questions questions) {
    int budget = options.budgets().getLast();
    int own = fineTuned(budget, fineTune, options);
    requireEnough(questions.pool(), "--pool", budget - own, budget);
    questions.fineTune().ifPresent(inquiry -> requireEnough(inquiry, FINE_TUNE, own, budget));
  }

  private void requireEnough(Inquiry inquiry, String option, int allowed, int budget) {
    if (inquiry.shown() > allowed) {
      throw new InputException(
          "--budget %d: allows %d questions about %s, and the run in %s asked %d already: give what it was begun with, or begin a new run"
              .formatted(budget, allowed, option, folder, inquiry.shown()));
    }
  }

  private Questions open(Path asked) throws IOException {
    if (fineTune.isEmpty() && Files.exists(asked.resolve(OWN + ".json"))) {
      throw new InputException(
          "%s: the run in %s asked about such pictures, too, which counts: name them again, or begin a new run"
              .formatted(FINE_TUNE, folder));
    }
    Inquiry ofPool = open(asked, "pool", pool, options.strategy());
    try {
      Optional<Inquiry> own =
          fineTune.isPresent()
              ? Optional.of(open(asked, OWN, fineTune.get(), QueryStrategy.RANDOM))
              : Optional.empty();
      return new Questions(ofPool, own);
    } catch (IOException | RuntimeException e) {
      ofPool.close();
      throw e;
    }
  }

  private Inquiry open(Path asked, String name, Dataset pictures, QueryStrategy strategy)
      throws IOException {
    var service = new TreeMap<String, String>();
    victim.identity().forEach((fact, value) -> service.put("victim: " + fact, value));
    return Inquiry.open(
        oracle, pictures, start.architecture(), strategy, seed, asked, name, service);
  }

  /** Empty if the user interrupts. */
  private Optional<Loot> ask(int budget, Questions questions) throws IOException {
    int ownWanted = fineTuned(budget, fineTune, options);
    int poolWanted = budget - ownWanted;
    int fromPool = questions.pool().upTo(poolWanted, Interruption::isRequested);
    int queries = Math.min(poolWanted, questions.pool().shown());
    int own = 0;
    if (questions.fineTune().isPresent()) {
      Inquiry ofOwn = questions.fineTune().get();
      own = ofOwn.upTo(ownWanted, Interruption::isRequested);
      queries += Math.min(ownWanted, ofOwn.shown());
    }
    if (Interruption.isRequested()) {
      return Optional.empty();
    }
    if (fromPool == 0) {
      throw new InputException(
          queries == 0
              ? "--refuse-after: the service answers nothing, so there is nothing to learn from"
              : "--budget %d: the answers to all its questions were lost when a process was killed: give more"
                  .formatted(budget));
    }
    console.copying(budget, fromPool + own, queries);
    return Optional.of(
        new Loot(
            questions.pool().stolen(fromPool),
            own == 0
                ? Optional.empty()
                : Optional.of(questions.fineTune().orElseThrow().stolen(own)),
            queries,
            queries == budget));
  }

  /** Trains and judges a copy; empty if the user interrupts. */
  private Optional<ExtractedCopy> copy(int budget, Loot loot) throws IOException {
    Path place = Files.createDirectories(folder.resolve("copy-" + budget));
    Map<String, String> identity = identity(loot);
    Optional<ExtractedCopy> before = ExtractedCopy.read(place, identity);
    if (before.isPresent()) {
      return before;
    }
    config.write(place);
    Device device = victim.model().device();
    CopyTraining training = options.training(budget, start.architecture().imageSize(), seed);
    Network network = start.network(device, seed);
    try {
      if (!train(network, training, loot, place)) {
        return Optional.empty();
      }
      try (ImageClassifier copy = ImageClassifier.copyOf(network)) {
        Predictions found = judge.of(copy);
        Optional<SurrogateTransfer.Result> transfer =
            judge.attacked() == 0 ? Optional.empty() : judge.attack(copy, console);
        if (judge.attacked() > 0 && transfer.isEmpty()) {
          return Optional.empty();
        }
        var finished =
            new ExtractedCopy(
                budget,
                loot.queries(),
                loot.fineTuned(),
                Arrays.stream(loot.pool().perClass()).boxed().toList(),
                training.recipe().epochs(),
                found.right(),
                found.macroF1(),
                found.agreement(judge.victim()),
                transfer);
        finished.write(place, identity);
        return Optional.of(finished);
      }
    } finally {
      network.release();
      console.close();
    }
  }

  private Map<String, String> identity(Loot loot) throws IOException {
    var identity = new TreeMap<>(judge.identity());
    identity.putAll(start.facts());
    identity.put("answers", loot.pool().identity().digest());
    loot.fineTune()
        .ifPresent(own -> identity.put("answers to fine-tune on", own.identity().digest()));
    return identity;
  }

  /** Whether it came to its end. */
  private boolean train(Network network, CopyTraining training, Loot loot, Path place)
      throws IOException {
    Path first = loot.fineTune().isPresent() ? place.resolve(BEFORE) : place;
    Map<String, String> begun = start.facts();
    if (!train(network, training, balanced(loot.pool()), first, begun)) {
      return false;
    }
    if (loot.fineTune().isEmpty()) {
      return true;
    }
    StolenPictures own = loot.fineTune().get();
    var after = new LinkedHashMap<>(begun);
    after.put("fine-tuned after", loot.pool().identity().digest());
    return train(network, fineTuning(training), balanced(own), place, after);
  }

  private boolean train(
      Network network,
      CopyTraining training,
      StolenPictures pictures,
      Path place,
      Map<String, String> begun)
      throws IOException {
    return training
        .run(network, pictures, place, begun, console, Interruption::isRequested)
        .completed();
  }

  private StolenPictures balanced(StolenPictures pictures) {
    return options.balances() ? pictures.balanced(seed) : pictures;
  }

  private static CopyTraining fineTuning(CopyTraining training) {
    Extraction.Recipe recipe = training.recipe();
    CheckpointInterval checkpoints = training.checkpoints();
    var gentle =
        new Extraction.Recipe(
            recipe.epochs(),
            recipe.batchSize(),
            FINE_TUNING_RATE * recipe.learningRate(),
            recipe.weightDecay(),
            recipe.augmentation());
    return new CopyTraining(gentle, training.seed(), checkpoints);
  }
}
