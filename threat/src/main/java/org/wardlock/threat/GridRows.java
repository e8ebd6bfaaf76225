package org.wardlock.threat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Ensemble;
import org.wardlock.attacks.decision.BoundaryAttack;
import org.wardlock.attacks.decision.HopSkipJump;
import org.wardlock.attacks.extraction.Answers;
import org.wardlock.attacks.extraction.Extraction;
import org.wardlock.attacks.score.Square;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.Architecture;

/** The rows of the whole grid, in the order of their letters; those without means say so. */
public final class GridRows {
  private static final String NO_BASE = "no plain base was given";
  private static final String NO_BASE_OF_THE_TASK =
      "no plain base that was given tells as many classes apart";

  private GridRows() {}

  /** Every row there is, run or not. */
  public static List<Row> of(ThreatSetting setting, Means means) {
    List<Row> rows = new ArrayList<>();
    rows.add(transfer(setting, means));
    rows.add(mimicry(setting, means));
    rows.add(scores(means));
    rows.add(labels(setting, means));
    rows.addAll(WeightRows.of(setting));
    rows.add(ownKey(setting, means));
    rows.add(new KeyKnownRow(means.behindTable()));
    for (Answers answers : Answers.values()) {
      rows.add(extraction(setting, means, answers));
    }
    rows.add(reuse(setting, means.reused()));
    return rows;
  }

  /**
   * Of some rows those that are asked for by letter or by name; the others say that they were not.
   *
   * @throws IllegalArgumentException if a word is neither
   */
  public static List<Row> choose(List<Row> rows, Set<String> words) {
    for (String word : words) {
      if (rows.stream().noneMatch(row -> isMeant(row, word))) {
        throw new IllegalArgumentException(
            "row '%s': unknown; expected letters from A to H or names among %s"
                .formatted(word, rows.stream().map(Row::name).collect(Collectors.joining(", "))));
      }
    }
    return rows.stream()
        .map(
            row ->
                words.isEmpty() || words.stream().anyMatch(word -> isMeant(row, word))
                    ? row
                    : AbsentRow.notAskedFor(row))
        .toList();
  }

  private static boolean isMeant(Row row, String word) {
    return row.name().equals(word) || row.attacker().name().equals(word);
  }

  private static Row transfer(ThreatSetting setting, Means means) {
    String name = "a-transfer";
    String how = "pictures made on a public plain model, shown to the service";
    List<Classifier> ofTheTask = ofTheTask(setting);
    if (ofTheTask.isEmpty()) {
      return new AbsentRow(
          name, Attacker.A, how, setting.bases().isEmpty() ? NO_BASE : NO_BASE_OF_THE_TASK);
    }
    Surrogate held = Surrogate.of(together(ofTheTask));
    return new HeldModelRow(name, Attacker.A, how, held, describe(means));
  }

  private static Row mimicry(ThreatSetting setting, Means means) {
    if (setting.bases().isEmpty()) {
      String how = "pictures with the features that a public plain model finds in other classes";
      return new AbsentRow("a-mimicry", Attacker.A, how, NO_BASE);
    }
    List<Classifier> ofTheTask = ofTheTask(setting);
    // features of any task will do, but those of several models count as one only if they agree
    Classifier teacher =
        ofTheTask.isEmpty() ? setting.bases().getFirst().classifier() : together(ofTheTask);
    return new MimicryRow(teacher, describe(means));
  }

  /** The bases that tell as many classes apart as the service. */
  private static List<Classifier> ofTheTask(ThreatSetting setting) {
    int classes = setting.service().classes();
    return setting.bases().stream()
        .map(KnownModel::classifier)
        .filter(base -> base.classes() == classes)
        .toList();
  }

  private static Classifier together(List<Classifier> bases) {
    return bases.size() == 1 ? bases.getFirst() : new Ensemble(bases);
  }

  private static String describe(Means means) {
    return means.base().orElse("of no description");
  }

  private static Row scores(Means means) {
    return new QueryRow(
        "b-square",
        Attacker.B,
        "Square, by the scores of the service itself",
        List.of(new Square().queries(means.queries())));
  }

  private static Row labels(ThreatSetting setting, Means means) {
    String name = "c-labels";
    HopSkipJump hops = new HopSkipJump().queries(means.labelQueries());
    return switch (setting.threat().norm()) {
      case LINF -> {
        String how = "HopSkipJump, by the labels of the service itself";
        yield new QueryRow(name, Attacker.C, how, List.of(hops));
      }
      case L2 -> {
        String how = "HopSkipJump and the boundary attack, by the labels of the service itself";
        Attack walk = new BoundaryAttack(means.labelQueries());
        yield new QueryRow(name, Attacker.C, how, List.of(hops, walk));
      }
      case L1 ->
          new AbsentRow(
              name, Attacker.C, "by the labels of the service", "no attack by labels knows l1");
    };
  }

  private static Row ownKey(ThreatSetting setting, Means means) {
    Optional<Architecture> architecture = setting.model().architecture();
    if (means.surrogate().isEmpty()
        && means.ownTraining().isPresent()
        && means.pool().isPresent()
        && architecture.isPresent()) {
      Means.Pool pool = means.pool().get();
      return new OwnKeyRow(
          architecture.get(), pool.pictures(), pool.recipe(), means.ownTraining().get());
    }
    String how = "pictures made on a model behind an own key, shown to the service";
    String missing = "no surrogate behind an own key was given, nor was one to be trained";
    return held("e-own-key", Attacker.E, how, setting, means.surrogate(), missing);
  }

  private static Row extraction(ThreatSetting setting, Means means, Answers answers) {
    Optional<Means.Pool> pool = means.pool();
    Optional<Architecture> architecture = setting.model().architecture();
    if (pool.isPresent() && architecture.isPresent()) {
      Means.Pool given = pool.get();
      Extraction extraction =
          new Extraction(
              answers, architecture.get(), given.pictures().size(), given.recipe(), setting.seed());
      return new ExtractionRow(
          extraction,
          given.pictures(),
          given.judged(),
          given.copies().resolve(ExtractionRow.name(answers)));
    }
    return new AbsentRow(
        ExtractionRow.name(answers),
        Attacker.G,
        ExtractionRow.how(answers),
        pool.isEmpty() ? "no pool of pictures was given" : "the model's architecture is not known");
  }

  private static Row reuse(ThreatSetting setting, Optional<Means.Held> reused) {
    String how = "pictures made on another model behind the same key, shown to the service";
    String missing = "no other model behind the same key was given";
    return held("h-key-reuse", Attacker.H, how, setting, reused, missing);
  }

  private static Row held(
      String name,
      Attacker attacker,
      String how,
      ThreatSetting setting,
      Optional<Means.Held> model,
      String missing) {
    String why = setting.keySpec().isEmpty() ? Guesses.NO_KEY : missing;
    return model
        .<Row>map(
            given -> new HeldModelRow(name, attacker, how, given.surrogate(), given.description()))
        .orElseGet(() -> new AbsentRow(name, attacker, how, why));
  }
}
