package org.wardlock.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.cli.report.DemoResults;
import org.wardlock.cli.report.HtmlPage;
import org.wardlock.cli.report.Run;
import org.wardlock.cli.report.Share;
import org.wardlock.nn.evaluate.Evaluation;

/**
 * What the demo found, as a page and as numbers.
 *
 * @param attacks on the plain model, on the keyed one with the key, and carried over, in this order
 */
record DemoFindings(
    Evaluation plain,
    Evaluation keyed,
    WrongKeys wrongKeys,
    List<DemoAttacks.Outcome> attacks,
    Threat threat,
    long seed) {

  Map<String, Object> values() {
    var values = new LinkedHashMap<String, Object>();
    values.put("plain", Map.of("clean", plain.top1()));
    values.put("keyed", Map.of("clean", keyed.top1()));
    values.put("wrong_key", wrongKeys.toJson());
    var list = new ArrayList<Map<String, Object>>();
    for (DemoAttacks.Outcome outcome : attacks) {
      var row = new LinkedHashMap<String, Object>();
      row.put("name", outcome.title());
      row.putAll(AttackAnswer.of(outcome.report(), List.of()).values());
      list.add(row);
    }
    values.put("threat", threat.toString());
    values.put("attacks", list);
    return values;
  }

  /** Two sentences on what the last row means, and what it does not. */
  String meaning() {
    return String.format(
        Locale.ROOT,
        "Pictures made on the plain model leave the keyed model %s, which is what an attacker without the key and without"
            + " access to the keyed model reaches with this one attack. With the key the same attack leaves %s, so the key"
            + " hides the model from an attacker rather than making it robust, and stronger attackers without the key stand"
            + " in between.",
        percent(attacks.get(2).report().robustAccuracy()),
        percent(attacks.get(1).report().robustAccuracy()));
  }

  /** The page that shows all of it. */
  String page() {
    HtmlPage page =
        new HtmlPage(
            "Wardlock demo: a keyed classifier, measured",
            "Two ConvMixers were trained alike on shapes that the program draws itself, one on the pictures as they are,"
                + " one on pictures whose blocks of 4 x 4 pixels are shuffled and negated under a secret key.",
            "wardlock %s, seed %d. config.json beside this page has every option."
                .formatted(Version.current(), seed));
    page.section("accuracy", "What both models are worth");
    results().addTo(page);
    page.paragraph(meaning());
    page.note(
        "Under attack, accuracy is of the first %d pictures of a class-balanced order, with its interval (%s); a picture"
                .formatted(attacks.getFirst().report().images(), WilsonInterval.NAME)
            + " that is wrong without attack counts as broken.");
    for (int i = 0; i < attacks.size(); i++) {
      DemoAttacks.Outcome outcome = attacks.get(i);
      if (!outcome.figures().isEmpty()) {
        page.section("attack-" + (i + 1), outcome.title());
        page.note("What was changed is amplified by the factor beneath it; grey is no change.");
        page.pictures(outcome.figures());
      }
    }
    return page.finish();
  }

  private DemoResults results() {
    return new DemoResults(
        plain.top1(),
        keyed.top1(),
        new Run.WrongKeys(
            wrongKeys.top1().count(),
            wrongKeys.top1().mean(),
            wrongKeys.top1().min(),
            wrongKeys.top1().max(),
            Share.rangeText(wrongKeys.top1().low(), wrongKeys.top1().high())),
        Optional.of(threat.toString()),
        attacks.stream().map(DemoFindings::line).toList());
  }

  private static DemoResults.Line line(DemoAttacks.Outcome outcome) {
    AttackReport report = outcome.report();
    return new DemoResults.Line(
        outcome.title(),
        report.images(),
        report.cleanAccuracy(),
        report.robustAccuracy(),
        report.maxNorm());
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * part);
  }
}
