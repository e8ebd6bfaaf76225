package org.wardlock.threat.recovery;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.defense.ExperimentKeys;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyFile;
import org.wardlock.defense.KeyTransform;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.threat.MappedClassifier;

/**
 * How far the searches get on models trained on CIFAR-10 behind a key, for docs/results.md. Runs
 * where {@code wardlock.test.keyed-models} names a folder of them, each beside its key (NAME/ and
 * NAME.p12, password in WARDLOCK_PASSWORD; plain/ without), {@code wardlock.test.cifar} that of the
 * binary files, and {@code wardlock.test.models} the names; appends figures to
 * target/key-recovery.txt.
 */
class TrainedModelsTest {
  private static final int OWN = 256;
  private static final int SIDE = 32;
  private static final int RECORD = 1 + 3 * SIDE * SIDE;
  private static final int HELD = 500;
  private static final int ATTACKED = 100;
  private static final int GUESSES = 4;
  private static final int STARTS = 500;
  private static final int CANDIDATES = 64;

  /** A model of the same pictures without a key. */
  private static final String OTHER = "plain";

  private static final Path FIGURES = Path.of("target", "key-recovery.txt");
  private static final Threat THREAT = Threat.linf(Rational.of(8, 255));
  private static final Apgd APGD = new Apgd(Loss.CROSS_ENTROPY).iterations(20);

  private static String property(String name) {
    String value = System.getProperty(name, "");
    Assumptions.assumeFalse(value.isEmpty(), "-D" + name + " names nothing to measure");
    return value;
  }

  private static Pictures pictures(byte[] file, int from, int count) {
    var values = new float[count * (RECORD - 1)];
    var labels = new int[count];
    for (int row = 0; row < count; row++) {
      int place = (from + row) * RECORD;
      labels[row] = file[place];
      for (int i = 0; i < RECORD - 1; i++) {
        values[row * (RECORD - 1) + i] = (file[place + 1 + i] & 0xFF) / 255f;
      }
    }
    return Pictures.of(Tensor.of(Device.CPU, Shape.of(count, 3, SIDE, SIDE), values), labels);
  }

  private static void say(String format, Object... arguments) throws IOException {
    Files.createDirectories(FIGURES.toAbsolutePath().getParent());
    Files.writeString(
        FIGURES,
        format.formatted(arguments) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  @Test
  void howFarTheSearchesGet() throws IOException {
    Path models = Path.of(property("wardlock.test.keyed-models"));
    Path cifar = Path.of(property("wardlock.test.cifar"));
    byte[] file = Files.readAllBytes(cifar.resolve("test_batch.bin"));
    for (String name : property("wardlock.test.models").split(",", -1)) {
      try (Scope _ = Scope.open(name);
          Key key =
              KeyFile.load(
                  models.resolve(name + ".p12"), System.getenv("WARDLOCK_PASSWORD").toCharArray());
          ImageClassifier model = ModelFolder.open(models.resolve(name)).classifier(Device.CPU)) {
        Pictures own = pictures(file, 0, OWN);
        Pictures held = pictures(file, 9000, HELD);
        var judge = new GuessJudge(model, own.images(), own.labels());
        var truth = new GuessJudge(model, held.images(), held.labels());
        KeyTables tables = KeyTables.of(key, 3);
        KeyTables start = KeyTables.identity(key.spec(), 3);
        say(
            "%s: right key %.1f %%, no key %.1f %%",
            name, 100 * truth.score(tables).accuracy(), 100 * truth.score(start).accuracy());
        KeyTables best = start;
        GuessScore bestScore = judge.score(start);
        for (KeySearch search : searches()) {
          KeyEstimate found = search.search(judge, start);
          say(
              "%s %s: own %.1f %% loss %.3f, held %.1f %%, right %.2f, %s",
              name,
              search.name(),
              100 * found.score().accuracy(),
              found.score().loss(),
              100 * truth.score(found.tables()).accuracy(),
              found.tables().agreement(tables),
              found.passes());
          if (Criterion.LOSS.prefers(found.score(), bestScore)) {
            best = found.tables();
            bestScore = found.score();
          }
        }
        readOff(name, models, judge, truth, tables);
        attack(name, model, key, best, pictures(file, 8000, ATTACKED));
        assertTrue(bestScore.loss() < judge.score(start).loss(), name);
      }
    }
  }

  /**
   * What the weights alone say, where patches are whole blocks; candidates are told apart by loss.
   */
  private static void readOff(
      String name, Path models, GuessJudge judge, GuessJudge truth, KeyTables tables)
      throws IOException {
    try (Safetensors weights = Safetensors.open(weights(models, name));
        Safetensors other = Safetensors.open(weights(models, OTHER))) {
      PatchFilters found = PatchFilters.of(weights);
      if (found.patch() % tables.spec().block() != 0) {
        return;
      }
      say("%s columns matched: %s", name, right(found, PatchFilters.of(other), tables));
      for (GramMatch match :
          List.of(
              GramMatch.toModel(found, PatchFilters.of(other), tables.spec(), STARTS, 1),
              GramMatch.toSmoothness(found, tables.spec(), STARTS, 1))) {
        KeyTables best =
            match.candidates(CANDIDATES).stream()
                .map(GramMatch.Candidate::tables)
                .min(Comparator.comparingDouble(guess -> judge.score(guess).loss()))
                .orElseThrow();
        say(
            "%s likeness of columns: held %.1f %%, right %.2f",
            name, 100 * truth.score(best).accuracy(), best.agreement(tables));
      }
    }
  }

  private static double right(PatchFilters found, PatchFilters other, KeyTables tables) {
    return FilterMatch.between(found, other, tables.spec()).tables().agreement(tables);
  }

  private static Path weights(Path models, String name) {
    return models.resolve(name).resolve(ModelFolder.WEIGHTS);
  }

  private static List<KeySearch> searches() {
    return List.of(
        new RandomGuesses(100, 1),
        new GuidedClimb(15, 24),
        SearchChain.of(new Relaxation(150, 64, 0.1, 1, 0.05, 20, 1), new GuidedClimb(15, 24)));
  }

  private static void attack(
      String name, Classifier model, Key key, KeyTables best, Pictures pictures)
      throws IOException {
    List<Classifier> wrong = new ArrayList<>();
    for (Key other : ExperimentKeys.draw(key.spec(), GUESSES, 2)) {
      wrong.add(KeyedClassifier.of(model, other));
    }
    try (KeyedClassifier service = KeyedClassifier.of(model, key);
        KeyTransform guess = best.transform(model.imageShape(), model.device())) {
      Classifier estimated = new MappedClassifier(model, guess);
      for (Attack attack :
          Arrays.asList(
              new Transfer(APGD, wrong.getFirst()),
              new WrongKeys(APGD, wrong),
              new ExpectationOverKeys(APGD, wrong),
              new Transfer(APGD, estimated),
              APGD)) {
        var result = attack.run(service, pictures, THREAT, 1);
        say(
            "%s %s: clean %.1f %%, robust %.1f %%",
            name, attack.name(), 100 * result.cleanAccuracy(), 100 * result.robustAccuracy());
      }
    }
  }
}
