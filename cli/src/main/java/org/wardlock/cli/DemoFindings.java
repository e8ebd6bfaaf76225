package org.wardlock.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.wardlock.attacks.Threat;
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

  HtmlPage page() throws IOException {
    HtmlPage page = new HtmlPage("Wardlock demo: a keyed classifier, measured");
    page.paragraph(
        "Two ConvMixers were trained alike on shapes that the program draws itself, one on the pictures as they are, one on"
            + " pictures whose blocks of 4 x 4 pixels are shuffled and negated under a secret key.");
    page.heading("Without attack");
    page.table(
        List.of("model", "accuracy"),
        List.of(
            List.of("plain", percent(plain.top1())),
            List.of("keyed, right key", percent(keyed.top1())),
            List.of("keyed, 20 wrong keys, mean", percent(wrongKeys.top1().mean())),
            List.of("keyed, worst wrong key for an impostor", percent(wrongKeys.top1().min())),
            List.of("keyed, best wrong key for an impostor", percent(wrongKeys.top1().max()))));
    page.heading("Under attack, " + threat);
    var rows = new ArrayList<List<String>>();
    for (DemoAttacks.Outcome outcome : attacks) {
      rows.add(
          List.of(
              outcome.title(),
              percent(outcome.report().cleanAccuracy()),
              percent(outcome.report().robustAccuracy()),
              String.format(Locale.ROOT, "%.6f", outcome.report().maxNorm())));
    }
    page.table(List.of("attack", "clean", "left", "largest change"), rows);
    page.paragraph(meaning());
    page.paragraph(
        "Accuracy is of the first "
            + attacks.getFirst().report().images()
            + " pictures of a class-balanced order; a picture that is wrong without attack counts as broken.");
    for (DemoAttacks.Outcome outcome : attacks) {
      if (!outcome.figures().isEmpty()) {
        page.heading(outcome.title());
        page.paragraph("Clean, adversarial, and the difference stretched around grey.");
        page.pictures(outcome.figures());
      }
    }
    return page.footer(
        "wardlock "
            + Version.current()
            + ", seed "
            + seed
            + ". config.json beside this page has every option.");
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * part);
  }
}
