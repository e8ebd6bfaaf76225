package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.WorstCase;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;

/**
 * Several attacks on many pictures, batch by batch: a picture counts as robust if none of them
 * breaks it. Batches are only a matter of memory: no result depends on their size, nor on whether a
 * run was resumed.
 *
 * @param classifier under attack
 * @param threat what attacks may do
 * @param attacks in order; each gets the pictures that still stand; no two of one name
 * @param seed of all random choices
 * @param batchSize pictures at a time, at least 1
 */
public record AttackRun(
    Classifier classifier, Threat threat, List<Attack> attacks, long seed, int batchSize) {
  /** Checks the settings. */
  public AttackRun {
    attacks = List.copyOf(attacks);
    List<String> names = attacks.stream().map(Attack::name).toList();
    if (names.isEmpty() || names.size() != names.stream().distinct().count()) {
      throw new IllegalArgumentException(
          "attack run: attacks " + names + ", expected at least one and no name twice");
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("attack run: batch size " + batchSize + " is below 1");
    }
  }

  /**
   * All that decides what this run records, beside the pictures and the classifier: a resumed run
   * must agree in it.
   */
  public Map<String, String> identity() {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("threat", threat.toString());
    identity.put("seed", Long.toString(seed));
    for (Attack attack : attacks) {
      identity.put(RecordedRun.ATTACK + attack.name(), attack.toString());
    }
    return identity;
  }

  /** The most work that a number of pictures can take. */
  public Passes cost(int pictures) {
    Passes one = new Passes(1, 0);
    for (Attack attack : attacks) {
      one = one.plus(attack.cost(threat.norm(), classifier.classes()));
    }
    return one.times(pictures);
  }

  /**
   * Attacks the pictures that the records do not hold yet.
   *
   * @throws IOException if pictures cannot be read or records not be written
   */
  public AttackReport run(PictureSource source, Records records, RunListener listener)
      throws IOException {
    int done = records.pictures().size();
    int count = source.count();
    if (done > count) {
      throw new IllegalArgumentException(
          "attack run: records of " + done + " pictures, but there are only " + count);
    }
    List<AttackWork> work =
        new ArrayList<>(
            records.work().isEmpty()
                ? Collections.nCopies(attacks.size(), AttackWork.NONE)
                : records.work());
    listener.starting(count, done, cost(count - done));
    int robust = (int) records.pictures().stream().filter(PictureRecord::isRobust).count();
    while (done < count) {
      int end = (int) Math.min((long) done + batchSize, count);
      try (Scope _ = Scope.open("attacked batch")) {
        AttackResult result = attack(source, done, end, work);
        List<PictureRecord> batch = result.pictures().stream().map(PictureRecord::of).toList();
        records.append(batch, work, result.images());
        robust += (int) batch.stream().filter(PictureRecord::isRobust).count();
        done = end;
        listener.batchDone(done, robust, result);
      }
    }
    List<String> names = attacks.stream().map(Attack::name).toList();
    return AttackReport.of(names, records.pictures(), work);
  }

  private AttackResult attack(PictureSource source, int start, int end, List<AttackWork> work)
      throws IOException {
    WorstCase worstCase = new WorstCase(classifier, source.pictures(start, end), threat);
    for (int i = 0; i < attacks.size(); i++) {
      long before = System.nanoTime();
      Passes passes = worstCase.apply(attacks.get(i), seed);
      double seconds = (System.nanoTime() - before) * 1e-9;
      work.set(i, work.get(i).plus(new AttackWork(passes, seconds)));
    }
    return worstCase.result();
  }
}
