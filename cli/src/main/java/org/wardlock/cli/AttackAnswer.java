package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.diagnosis.Flag;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.WilsonInterval;

/** What an attack found, for programs, with its intervals. */
final class AttackAnswer {
  /** The name of the answer in the run's folder. */
  static final String FILE = "attack.json";

  private AttackAnswer() {}

  static Answer of(AttackReport report, List<Flag> flags) {
    Answer answer = new Answer().put("images", report.images());
    share(answer, "clean_accuracy", report.cleanAccuracy(), report);
    share(answer, "robust_accuracy", report.robustAccuracy(), report);
    share(answer, "robust_accuracy_at_8bit", report.robustAccuracyAt8Bit(), report);
    return answer
        .put("interval", WilsonInterval.NAME)
        .put("attacks", lines(report.attacks()))
        .put("max_norm", report.maxNorm())
        .put("flags", flags.stream().map(AttackAnswer::flag).toList());
  }

  /** The attacks' parts, one object each. */
  static List<Map<String, Object>> lines(List<AttackReport.Line> attacks) {
    return attacks.stream()
        .map(
            line ->
                new Answer()
                    .put("name", line.name())
                    .put("robust_after", line.robustAfter())
                    .put("seconds", line.seconds())
                    .put("forward", line.forward())
                    .put("backward", line.backward())
                    .values())
        .toList();
  }

  /** A share and the interval that it stands for. */
  private static void share(Answer answer, String name, double share, AttackReport report) {
    WilsonInterval interval = report.interval(share);
    answer.put(name, share).put(name + "_interval", List.of(interval.low(), interval.high()));
  }

  private static Map<String, Object> flag(Flag flag) {
    return new Answer()
        .put("name", flag.name())
        .put("seen", flag.seen())
        .put("next", flag.next())
        .values();
  }

  /** Writes the answer into the run's folder, and where the user asked for it. */
  static void write(Answer answer, Path folder, Optional<Path> json) throws IOException {
    answer.write(folder.resolve(FILE));
    answer.writeTo(json);
  }
}
