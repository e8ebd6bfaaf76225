package org.wardlock.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.attacks.extraction.Predictions;

/**
 * What an extraction came to.
 *
 * @param how method and strategy
 * @param victim what it takes the test pictures for
 * @param copies by ascending budget, at least one
 * @param queries pictures that the service was shown in all
 * @param seconds that they take at least, where the service allows so many a second
 * @param threat within which pictures were changed, where any were
 */
record ExtractReport(
    String how,
    Predictions victim,
    List<ExtractedCopy> copies,
    long queries,
    OptionalDouble seconds,
    Optional<Threat> threat) {
  private static final String HEADING =
      "%8s %8s   %-26s %9s %9s   %-26s  %-26s%n"
          .formatted(
              "budget",
              "queries",
              "copy right, 95 %",
              "of victim",
              "macro F1",
              "agrees, 95 %",
              "victim stands, 95 %");

  /** The copy of the largest budget that was used is the answer; the others are its curve. */
  Answer answer() {
    Answer answer =
        new Answer()
            .put("how", how)
            .put("images", victim.right().total())
            .put("queries", queries)
            .put("victim_top1", victim.right().value())
            .put("victim_macro_f1", victim.macroF1())
            .put("interval", WilsonInterval.NAME);
    seconds.ifPresent(needed -> answer.put("seconds_of_asking", needed));
    threat.ifPresent(within -> answer.put("threat", within.toString()));
    copies
        .getLast()
        .toJson(victim, true)
        .forEach(
            (name, value) -> {
              if (!answer.values().containsKey(name)) {
                answer.put(name, value);
              }
            });
    return answer.put("curve", copies.stream().map(copy -> copy.toJson(victim, false)).toList());
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "victim: %.2f %% of %,d pictures right, macro F1 %.4f; %s, %,d questions%n",
        100 * victim.right().value(),
        victim.right().total(),
        victim.macroF1(),
        how,
        queries);
    seconds.ifPresent(
        needed ->
            out.printf(
                "at the service's rate they take %s%n",
                AttackConsole.inWords(Duration.ofMillis(Math.round(1000 * needed)))));
    threat.ifPresent(
        within -> out.printf("pictures made on each copy, shown to the victim: %s%n", within));
    out.print(HEADING);
    for (ExtractedCopy copy : copies) {
      out.printf(
          Locale.ROOT,
          "%8d %8d   %-26s %7.2f %% %9.4f   %-26s  %-26s%n",
          copy.budget(),
          copy.queries(),
          share(copy.right()),
          100 * ExtractedCopy.ratio(copy.macroF1(), victim.macroF1()),
          copy.macroF1(),
          share(copy.fidelity()),
          standing(copy));
    }
    out.flush();
  }

  private static String standing(ExtractedCopy copy) {
    return copy.transfer().map(result -> share(result.stands())).orElse("not attacked");
  }

  private static String share(Share share) {
    WilsonInterval interval = share.interval();
    return String.format(
        Locale.ROOT,
        "%6.2f %% (%.2f to %.2f)",
        100 * share.value(),
        100 * interval.low(),
        100 * interval.high());
  }
}
