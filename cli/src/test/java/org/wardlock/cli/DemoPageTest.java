package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.cli.report.HtmlPage;
import org.wardlock.cli.report.WellFormed;
import org.wardlock.nn.evaluate.Evaluation;

class DemoPageTest {
  /** A page with all that the demo shows. */
  static String page() {
    var line = new AttackReport.Line("pgd", 0.25, 1.5, 40, 40);
    var report = new AttackReport(200, 0.95, 0.25, 0.25, 8.0 / 255, List.of(line));
    var image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    var ring = new HtmlPage.Figure(List.of(new HtmlPage.Picture(image, "clean", "ring")), "ring");
    var outcomes =
        List.of(
            new DemoAttacks.Outcome("on the <plain> model", report, List.of(ring)),
            new DemoAttacks.Outcome("key known", report, List.of()),
            new DemoAttacks.Outcome("carried", report, List.of()));
    var evaluation = new Evaluation(2000, 2000, 1900, 2000, 100, 1);
    return new DemoFindings(
            evaluation,
            evaluation,
            new WrongKeys(MeanInterval.of(0.125, 0.375)),
            outcomes,
            Threat.linf(Rational.of(8, 255)),
            0)
        .page();
  }

  @Test
  void saysWhatWasFound() {
    String page = page();
    WellFormed.assertPage(page);
    for (String found :
        List.of(
            "95.0 %", "25.0 %", "12.5 %", "37.5 %", "0.031373", "linf 8/255", "19.5 to 31.4 %")) {
      assertTrue(page.replace("<wbr>", "").contains(found), found);
    }
    assertTrue(page.contains("on the &lt;plain&gt; model"), page);
  }
}
