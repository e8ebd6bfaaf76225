package org.wardlock.threat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.extraction.Extraction;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.Dataset;
import org.wardlock.defense.ExperimentKeys;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyTransform;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.CheckpointInterval;
import org.wardlock.nn.train.Trainer;
import org.wardlock.nn.train.TrainingListener;
import org.wardlock.nn.train.TrainingOptions;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/**
 * An attacker who trains a model like the service's behind an own key of the same kind, on own
 * labelled pictures, and makes pictures on it. The key follows from the seed and is stored nowhere;
 * a training that was killed goes on.
 *
 * @param architecture of the model
 * @param pool the attacker's pictures
 * @param recipe of the training
 * @param folder where the training keeps its states
 */
public record OwnKeyRow(
    Architecture architecture, Dataset pool, Extraction.Recipe recipe, Path folder) implements Row {
  /**
   * Keeps the attacker's weights and order from being the defender's, who may have used the seed.
   */
  private static final long OTHER = 0x6f77_6e6b_6579L;

  @Override
  public String name() {
    return "e-own-key";
  }

  @Override
  public Attacker attacker() {
    return Attacker.E;
  }

  @Override
  public String how() {
    return "trains a model behind an own key; pictures made on it are shown to the service";
  }

  @Override
  public Optional<String> obstacle(ThreatSetting setting) {
    return setting.keySpec().isPresent() ? Optional.empty() : Optional.of(Guesses.NO_KEY);
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    long shown = (long) recipe.epochs() * pool.size();
    return new RowCost(
        new Passes(shown, shown), Guesses.transferCost(setting, Guesses.areTables(setting)));
  }

  @Override
  public String settings(ThreatSetting setting) {
    return "%s trained by %s on %s pictures of %s; %s"
        .formatted(
            architecture.name(),
            recipe,
            pool.size(),
            pool.identity().digest(),
            TransferAttacks.settings(Guesses.areTables(setting)));
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) throws IOException {
    long seed = setting.seed() ^ OTHER;
    try (Key key = ExperimentKeys.draw(setting.key(), 1, seed).getFirst()) {
      ImageClassifier model = train(setting, key, seed);
      BehindKey known = new BehindKey(model, key);
      long shown = (long) recipe.epochs() * pool.size();
      return new PreparedRow(
          TransferAttacks.from(known.surrogate(), setting.threat().norm()),
          0,
          new Passes(shown, shown),
          Map.of(),
          () -> {
            known.close();
            model.close();
          });
    }
  }

  private ImageClassifier train(ThreatSetting setting, Key key, long seed) throws IOException {
    Device device = setting.service().device();
    int size = architecture.imageSize();
    Network network = Network.initial(architecture, device, seed);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("seed", Long.toString(seed));
    facts.put("row", settings(setting));
    facts.put("key", setting.key().canonical());
    TrainingOptions options = recipe.options(CheckpointInterval.DEFAULT);
    TrainingListener narrator =
        new TrainingListener() {
          @Override
          public void stepped(long done, long steps, double loss) {
            setting.listener().preparing(name(), done, steps);
          }
        };
    try (Scope _ = Scope.open("own key");
        KeyTransform transform = KeyTransform.of(key, Shape.of(3, size, size), device)) {
      Trainer.builder(network, loader(seed), options, Files.createDirectories(folder))
          .transform(transform::apply)
          .facts(facts)
          .listener(narrator)
          .build()
          .resume();
      return ImageClassifier.copyOf(network);
    } finally {
      network.release();
    }
  }

  private BatchLoader loader(long seed) {
    return BatchLoader.builder(pool)
        .preprocess(architecture.preprocessing().pictures())
        .batchSize(recipe.batchSize())
        .shuffle(true)
        .augmentation(recipe.augmentation())
        .seed(seed)
        .build();
  }
}
