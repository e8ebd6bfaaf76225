package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.AttackRun;
import org.wardlock.attacks.evaluation.PairedShares;
import org.wardlock.attacks.evaluation.PassTimes;
import org.wardlock.attacks.evaluation.RecordFolder;
import org.wardlock.defense.compress.JpegTables;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;

/**
 * Measures defences, each in a folder of its own, whose records a killed run goes on with.
 *
 * @param folder of the run
 * @param transfers pictures that are made without a defence
 * @param pictures that are attacked
 * @param clean pictures that are only looked at
 * @param sizes of the files that the attacked pictures become, by tables
 * @param threat of attacks through a defence
 * @param seed of every random choice
 * @param batch pictures at a time; decides no record of a classifier whose answers do not vary
 * @param console shows how it goes
 */
record CompressEvaluation(
    Path folder,
    List<CompressTransfer> transfers,
    DatasetPictures pictures,
    DatasetPictures clean,
    ToDoubleFunction<JpegTables> sizes,
    Threat threat,
    long seed,
    int batch,
    CompressConsole console) {
  /** How many pictures the pace is measured on. */
  private static final int SAMPLE = 32;

  /**
   * Makes the pictures that every defence is shown.
   *
   * @param models whose base they are made on
   */
  void prepare(CompressModels models) throws IOException {
    PassTimes pace = pace(models.base().network());
    for (CompressTransfer transfer : transfers) {
      console.task("made by " + transfer.attack().name(), transfer.pictures().count(), pace);
      transfer.make(models.base().network(), models.baseIdentity(), seed, console);
    }
  }

  /**
   * Measures a defence. Each measurement begins with the first choices of its seed, where chance
   * has a part: they do not depend on what was done before a run was killed.
   *
   * @param through attacks by those who know it
   */
  CompressRow row(
      CompressModels models,
      CompressVariant variant,
      Function<CompressDefence, List<Attack>> through)
      throws IOException {
    Path place = place(variant);
    CompressClean right = clean(models, variant);
    PairedShares against = right.against(clean(models, CompressVariant.NONE));
    Optional<PairedShares> againstFineTuned =
        models.has(CompressVariant.FINE_TUNED)
            ? Optional.of(right.against(clean(models, CompressVariant.FINE_TUNED)))
            : Optional.empty();
    var shown = new LinkedHashMap<String, AttackReport>();
    for (CompressTransfer transfer : transfers) {
      String name = transfer.attack().name();
      console.task(variant + ", " + name, transfer.pictures().count());
      shown.put(
          name,
          attack(
              models.defence(variant),
              List.of(transfer.shown()),
              transfer.threat(),
              transfer.pictures(),
              place.resolve(name)));
    }
    console.task(
        variant + ", adaptive", pictures.count(), pace(models.defence(variant).deployed()));
    CompressDefence known = models.defence(variant);
    AttackReport adaptive =
        attack(known, adaptive(known, through), threat, pictures, place.resolve("adaptive"));
    List<Double> bytes = known.tables().stream().map(sizes::applyAsDouble).toList();
    return new CompressRow(
        variant, bytes, right.right(), against, againstFineTuned, shown, adaptive);
  }

  /**
   * Whoever knows a defence has what is made without knowing it, too, where it may change as much.
   */
  private List<Attack> adaptive(
      CompressDefence known, Function<CompressDefence, List<Attack>> through) {
    Stream<Attack> made =
        transfers.stream()
            .filter(one -> one.threat().equals(threat) && one.pictures() == pictures)
            .map(CompressTransfer::shown);
    return Stream.concat(through.apply(known).stream(), made).toList();
  }

  private PassTimes pace(Classifier classifier) {
    try (Scope _ = Scope.open("first look")) {
      int count = Math.min(SAMPLE, pictures.count());
      return PassTimes.measure(classifier, pictures.pictures(0, count));
    }
  }

  private Path place(CompressVariant variant) {
    return folder.resolve("rows").resolve(variant.toString());
  }

  private CompressClean clean(CompressModels models, CompressVariant variant) throws IOException {
    CompressDefence defence = models.defence(variant);
    Path place = place(variant);
    var identity = new LinkedHashMap<>(defence.identity());
    identity.put("data", clean.dataset().identity().digest());
    identity.put("seed", Long.toString(seed));
    Optional<CompressClean> before = CompressClean.read(place, identity);
    if (before.isPresent()) {
      return before.get();
    }
    console.task(defence.variant() + ", clean", clean.count());
    BitSet wrong = CompressJudge.right(defence.deployed(), clean, batch, console::moveTo);
    wrong.flip(0, clean.count());
    var counted = new CompressClean(wrong, clean.count());
    counted.write(place, identity);
    return counted;
  }

  private AttackReport attack(
      CompressDefence defence,
      List<Attack> attacks,
      Threat within,
      DatasetPictures source,
      Path place)
      throws IOException {
    var run = new AttackRun(defence.deployed(), within, attacks, seed, batch);
    Map<String, String> identity = run.identity();
    identity.putAll(defence.identity());
    identity.put("data", source.dataset().identity().digest());
    try (RecordFolder records = RecordFolder.resume(place, identity, Optional.empty())) {
      return run.run(source, records, console);
    }
  }
}
