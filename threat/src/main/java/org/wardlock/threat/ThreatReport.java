package org.wardlock.threat;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.wardlock.attacks.evaluation.PictureRecord;
import org.wardlock.attacks.evaluation.Share;

/**
 * What the grid found. A picture stands against several rows if none of them breaks it: their
 * minimum is taken picture by picture, and a picture that is wrong without attack stands against
 * nobody.
 *
 * @param rows in the order in which they were asked for, those that were not run too
 * @param deterministic whether the service always answers alike; if not, every decision here is
 *     that of the mean of 20 fresh answers, and another run may differ
 */
public record ThreatReport(List<RowResult> rows, boolean deterministic) {
  /** Keeps a copy. */
  public ThreatReport {
    rows = List.copyOf(rows);
  }

  /** Of all pictures those that are classified rightly without attack. */
  public Share clean() {
    return standing(_ -> false);
  }

  /** Of all pictures those that stand against every row whose attacker lacks the key. */
  public Share withoutKey() {
    return standing(row -> !row.attacker().knowsKey());
  }

  /** Of all pictures those that stand against the attacker who has weights and key. */
  public Share withKey() {
    return standing(row -> row.attacker() == Attacker.F);
  }

  /** Of all pictures those that stand against every row that was run. */
  public Share againstAll() {
    return standing(_ -> true);
  }

  /** Of all pictures those that stand against all of one attacker's rows that were run. */
  public Share against(Attacker attacker) {
    return standing(row -> row.attacker() == attacker);
  }

  /** Whether any of an attacker's rows was run. */
  public boolean isRun(Attacker attacker) {
    return rows.stream().anyMatch(row -> row.isRun() && row.attacker() == attacker);
  }

  /**
   * The attackers without the key of whom no row was run. While there are any, {@link #withoutKey}
   * says less than it seems to: they might break what stands.
   */
  public List<Attacker> missing() {
    return Arrays.stream(Attacker.values())
        .filter(attacker -> !attacker.knowsKey() && !isRun(attacker))
        .toList();
  }

  /** Counts what is right without attack and stands against all chosen rows. */
  private Share standing(Predicate<RowResult> chosen) {
    List<RowResult> run = rows.stream().filter(RowResult::isRun).toList();
    if (run.isEmpty()) {
      return new Share(0, 0);
    }
    List<PictureRecord> pictures = run.getFirst().pictures();
    List<RowResult> counted = run.stream().filter(chosen).toList();
    int count =
        (int)
            IntStream.range(0, pictures.size())
                .filter(i -> pictures.get(i).isCleanRight())
                .filter(i -> counted.stream().allMatch(row -> row.pictures().get(i).isRobust()))
                .count();
    return new Share(count, pictures.size());
  }
}
