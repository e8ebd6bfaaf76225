package org.wardlock.threat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.wardlock.attacks.Ensemble;
import org.wardlock.attacks.score.Square;
import org.wardlock.nn.Classifier;

/** The rows of the whole grid, in the order of their letters; those without means say so. */
public final class GridRows {
  private static final String WITHOUT_KEY = "the model has no key";

  private GridRows() {}

  /** Every row there is, run or not. */
  public static List<Row> of(ThreatSetting setting, Means means) {
    List<Row> rows = new ArrayList<>();
    rows.add(transfer(setting, means));
    rows.add(scores(means));
    rows.add(ownKey(setting, means.surrogate()));
    rows.add(new KeyKnownRow(means.standIn()));
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
    if (setting.bases().isEmpty()) {
      return new AbsentRow(name, Attacker.A, how, "no plain base was given");
    }
    List<Classifier> bases = setting.bases().stream().map(KnownModel::classifier).toList();
    return new HeldModelRow(
        name,
        Attacker.A,
        how,
        bases.size() == 1 ? bases.getFirst() : new Ensemble(bases),
        means.base().orElse("of no description"));
  }

  private static Row scores(Means means) {
    return new QueryRow(
        "b-square",
        Attacker.B,
        "Square, by the scores of the service itself",
        List.of(new Square().queries(means.queries())));
  }

  private static Row ownKey(ThreatSetting setting, Optional<Means.Held> surrogate) {
    String how = "pictures made on a model behind an own key, shown to the service";
    String missing = "no surrogate behind an own key was given";
    return held("e-own-key", Attacker.E, how, setting, surrogate, missing);
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
    String why = setting.keySpec().isEmpty() ? WITHOUT_KEY : missing;
    return model
        .<Row>map(
            given -> new HeldModelRow(name, attacker, how, given.classifier(), given.description()))
        .orElseGet(() -> new AbsentRow(name, attacker, how, why));
  }
}
