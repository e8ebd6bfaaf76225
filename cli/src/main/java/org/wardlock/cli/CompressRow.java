package org.wardlock.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.PairedShares;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.attacks.evaluation.WilsonInterval;

/**
 * What became of one defence.
 *
 * @param variant which it is
 * @param bytes the mean size of the files that the attacked pictures become, one for each of its
 *     tables
 * @param clean without any attack
 * @param against the same beside the network without a defence, picture by picture
 * @param againstFineTuned likewise beside that network after more training, if it is there
 * @param attacks by name, what stands of pictures that were made without the defence
 * @param adaptive of attacks that go through it
 */
record CompressRow(
    CompressVariant variant,
    List<Double> bytes,
    Share clean,
    PairedShares against,
    Optional<PairedShares> againstFineTuned,
    Map<String, AttackReport> attacks,
    AttackReport adaptive) {

  Map<String, Object> toJson() {
    Answer answer =
        new Answer()
            .put("variant", variant.toString())
            .put("how", variant.how())
            .put("attacked_bytes_per_picture", bytes)
            .put("clean", clean.value())
            .put("clean_interval", pair(clean.interval()))
            .put("clean_images", clean.total())
            .put("clean_lost", against.first())
            .put("clean_gained", against.second())
            .put("clean_difference", against.difference())
            .put("clean_difference_interval", pair(against.interval()));
    againstFineTuned.ifPresent(
        tuned ->
            answer
                .put("fine_tuned_difference", tuned.difference())
                .put("fine_tuned_difference_interval", pair(tuned.interval())));
    answer.put("images", adaptive.images());
    var shares = new LinkedHashMap<String, Double>();
    var intervals = new LinkedHashMap<String, List<Double>>();
    var images = new LinkedHashMap<String, Integer>();
    var before = new LinkedHashMap<String, Double>();
    attacks.forEach(
        (name, report) -> {
          shares.put(name, report.robustAccuracy());
          intervals.put(name, pair(report.interval(report.robustAccuracy())));
          images.put(name, report.images());
          before.put(name, report.cleanAccuracy());
        });
    // what stands after each attack and those before it
    var through = new LinkedHashMap<String, Double>();
    adaptive.attacks().forEach(line -> through.put(line.name(), line.robustAfter()));
    through.put("worst", adaptive.robustAccuracy());
    return answer
        .put("attacks", shares)
        .put("attacks_intervals", intervals)
        .put("attacks_images", images)
        .put("attacks_clean", before)
        .put("adaptive", through)
        .put("adaptive_interval", pair(adaptive.interval(adaptive.robustAccuracy())))
        .put("adaptive_work", AttackAnswer.lines(adaptive.attacks()))
        .values();
  }

  private static List<Double> pair(PairedShares.Interval interval) {
    return List.of(interval.low(), interval.high());
  }

  private static List<Double> pair(WilsonInterval interval) {
    return List.of(interval.low(), interval.high());
  }
}
