package org.wardlock.threat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Passes;
import org.wardlock.nn.Classifier;

/**
 * An attacker who is ready: the attacks to run on the service, one after the other, each on the
 * pictures that still stand.
 *
 * @param attacks at least one, no two of one name
 * @param queries pictures shown to the service so far
 * @param passes of single pictures through models of the attacker so far
 * @param findings what came out, by name, for reports: never a key, nor a part of one
 * @param opened the model behind the key that the attacker found, if one was looked for: the report
 *     says what it is worth to who only wants to use it
 * @param resources what the attacks hold, given up after they have run
 */
public record PreparedRow(
    List<Attack> attacks,
    long queries,
    Passes passes,
    Map<String, Object> findings,
    Optional<Classifier> opened,
    Runnable resources)
    implements AutoCloseable {
  /** Keeps copies. */
  public PreparedRow {
    attacks = List.copyOf(attacks);
    findings = Collections.unmodifiableMap(new LinkedHashMap<>(findings));
  }

  /** An attacker who looked for no key. */
  public PreparedRow(
      List<Attack> attacks,
      long queries,
      Passes passes,
      Map<String, Object> findings,
      Runnable resources) {
    this(attacks, queries, passes, findings, Optional.empty(), resources);
  }

  /** Attacks that needed no making ready and hold nothing. */
  public static PreparedRow of(List<Attack> attacks) {
    return new PreparedRow(attacks, 0, Passes.NONE, Map.of(), () -> {});
  }

  @Override
  public void close() {
    resources.run();
  }
}
