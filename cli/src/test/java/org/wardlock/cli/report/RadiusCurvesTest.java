package org.wardlock.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.PictureRecord;
import org.wardlock.attacks.evaluation.RecordedRun;

/** What curves are drawn from which attacks, on four pictures of which one is wrong already. */
class RadiusCurvesTest {
  /** A whole drawing is 652 by 280, of which the corner is at 52, 12; a radius ends at 1/1.02. */
  private static final double UNIT = 652 / 1.02;

  private static Run attack(String name, int radius, String data, double... norms) {
    List<PictureRecord> pictures = new ArrayList<>();
    pictures.add(new PictureRecord(7, 1, 2, Optional.empty(), 0, 0, false));
    for (double norm : norms) {
      Optional<String> brokenBy = norm > 0 ? Optional.of(name) : Optional.empty();
      pictures.add(new PictureRecord(pictures.size(), 1, 1, brokenBy, norm, 10, norm > 0));
    }
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("attack " + name, name);
    identity.put("model", "m");
    identity.put("data", data);
    var records = new RecordedRun(Path.of(name + radius), identity, pictures, List.of());
    return new Run.Attack(
        records.folder(),
        Optional.empty(),
        records,
        Threat.l2(Rational.of(radius, 1)),
        records.report(),
        List.of());
  }

  private static String drawn(List<RadiusCurves> curves) {
    assertEquals(1, curves.size());
    HtmlPage page = new HtmlPage("t", "l", "o").section("s", "h");
    curves.getFirst().addTo(page);
    String html = page.finish();
    WellFormed.assertPage(html);
    return html;
  }

  private static String path(double... places) {
    List<String> points = new ArrayList<>();
    for (int i = 0; i < places.length; i += 2) {
      points.add(
          Bar.number(52 + places[i] * UNIT) + "," + Bar.number(12 + (1 - places[i + 1]) * 280));
    }
    return "points=\"" + String.join(" ", points) + "\"";
  }

  @Test
  void smallestChangesAreStepsDownFromTheCleanAccuracy() {
    String html = drawn(RadiusCurves.of(List.of(attack("ddn", 4, "d", 1, 2, 0))));
    // three of four at first, one less at 1 and at 2, and one that nothing breaks up to 4
    String steps = path(0, .75, .25, .75, .25, .5, .5, .5, .5, .25, 1, .25, 1, .25);
    assertTrue(html.contains("class=\"line s0\" " + steps), html);
    assertFalse(html.contains("worst case"), "of one run there is none");
  }

  @Test
  void runsAtSeveralRadiiAreMarksAndTheWorstCaseIsPictureByPicture() {
    List<Run> runs =
        List.of(
            attack("pgd", 2, "d", 2, 0, 0),
            attack("pgd", 4, "d", 0, 4, 0),
            attack("square", 4, "d", 0, 0, 3));
    String html = drawn(RadiusCurves.of(runs));
    assertTrue(html.contains("class=\"line s0\" " + path(0, .75, .5, .5, 1, .5)), html);
    // each of the three broke another picture: together all of them fall
    String worst = path(0, .75, .5, .75, .5, .5, .75, .5, .75, .25, 1, .25, 1, 0, 1, 0, 1, 0);
    assertTrue(html.contains("class=\"line summary\" " + worst), html);
    assertFalse(html.contains("class=\"line s1\""), "square was run at one radius");
    assertTrue(html.contains("class=\"mark s1\""), html);
  }

  @Test
  void otherPicturesAndSinglePointsAreNotDrawn() {
    assertEquals(List.of(), RadiusCurves.of(List.of(attack("pgd", 2, "d", 2))));
    List<Run> apart = List.of(attack("pgd", 2, "d", 2), attack("pgd", 4, "other", 2));
    assertEquals(List.of(), RadiusCurves.of(apart));
  }
}
