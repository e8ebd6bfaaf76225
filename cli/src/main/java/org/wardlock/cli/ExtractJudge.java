package org.wardlock.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.attacks.extraction.Predictions;
import org.wardlock.attacks.extraction.SurrogateTransfer;
import org.wardlock.data.Dataset;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.Architecture;
import org.wardlock.tensor.Device;
import org.wardlock.threat.TransferAttacks;

/** Says what copies of a victim are worth. What it shows the victim counts as no question. */
final class ExtractJudge {
  /** Pictures at a time; changes no result. */
  private static final int BATCH = 64;

  private final Classifier victim;
  private final PictureSource test;
  private final Optional<PictureSource> attacked;
  private final SurrogateTransfer transfer;
  private final Map<String, String> identity = new LinkedHashMap<>();
  private Optional<Predictions> said = Optional.empty();

  /**
   * A judge.
   *
   * @param model as which the victim takes pictures
   * @param test labelled pictures on which copies are compared with the victim
   * @param attacked those that are attacked, if any are
   */
  ExtractJudge(
      Classifier victim,
      Architecture model,
      Dataset test,
      Optional<Dataset> attacked,
      Threat threat,
      long seed) {
    this.victim = victim;
    Device device = victim.device();
    this.test = new DatasetPictures(test, model, device, false);
    this.attacked = attacked.map(some -> new DatasetPictures(some, model, device, false));
    transfer = new SurrogateTransfer(TransferAttacks.onSurrogate(), threat, seed, BATCH);
    identity.put("test", test.identity().digest());
    identity.put(
        "attacked", attacked.map(some -> some.identity().digest() + " " + transfer).orElse("none"));
  }

  /** What decides what it says, apart from victim and copy. */
  Map<String, String> identity() {
    return Map.copyOf(identity);
  }

  /** What the victim takes the test pictures for; it is asked once. */
  Predictions victim() throws IOException {
    if (said.isEmpty()) {
      said = Optional.of(Predictions.of(victim, test, BATCH));
    }
    return said.get();
  }

  /** What a copy takes the test pictures for. */
  Predictions of(Classifier copy) throws IOException {
    return Predictions.of(copy, test, BATCH);
  }

  /** How many pictures are attacked. */
  int attacked() {
    return attacked.map(PictureSource::count).orElse(0);
  }

  /** Attacks the victim by way of a copy; empty if the user interrupts. */
  Optional<SurrogateTransfer.Result> attack(Classifier copy, ExtractConsole console)
      throws IOException {
    console.begin("transfer", attacked());
    return transfer.run(
        victim, copy, attacked.orElseThrow(), console::moveTo, Interruption::isRequested);
  }
}
