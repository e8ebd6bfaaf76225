package org.wardlock.threat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.evaluation.PictureRecord;
import org.wardlock.attacks.evaluation.Share;

class ThreatReportTest {
  /** One letter a picture: x wrong without attack, b broken, r robust. */
  private static RowResult row(Attacker attacker, String fates) {
    List<PictureRecord> pictures = new ArrayList<>();
    for (int i = 0; i < fates.length(); i++) {
      char fate = fates.charAt(i);
      Optional<String> brokenBy = fate == 'b' ? Optional.of("planted") : Optional.empty();
      pictures.add(new PictureRecord(i, 1, fate == 'x' ? 0 : 1, brokenBy, 0, 1, false));
    }
    return new RowResult(
        attacker.name() + "-planted",
        attacker,
        "planted",
        Optional.empty(),
        pictures,
        List.of(),
        fates.length(),
        Passes.NONE,
        0,
        Map.of());
  }

  private static RowResult absent(Attacker attacker) {
    return RowResult.absent(
        new AbsentRow("absent", attacker, "planted", "of a reason"), "of a reason");
  }

  @Test
  void theMinimumIsTakenPictureByPicture() {
    ThreatReport report =
        new ThreatReport(
            List.of(
                row(Attacker.A, "xbrrr"),
                row(Attacker.B, "xrbrr"),
                row(Attacker.F, "xbbbr"),
                row(Attacker.H, "xrrrb")),
            true);
    assertEquals(new Share(4, 5), report.clean());
    assertEquals(new Share(3, 5), report.against(Attacker.A));
    assertEquals(new Share(2, 5), report.withoutKey());
    assertEquals(new Share(1, 5), report.withKey());
    assertEquals(new Share(0, 5), report.againstAll());
  }

  @Test
  void whoWasNotRunIsMissing() {
    ThreatReport report =
        new ThreatReport(
            List.of(absent(Attacker.A), row(Attacker.B, "rb"), absent(Attacker.F)), true);
    assertEquals(
        List.of(Attacker.A, Attacker.C, Attacker.D, Attacker.E, Attacker.G), report.missing());
    assertFalse(report.isRun(Attacker.F));
    assertTrue(report.isRun(Attacker.B));
    assertEquals(new Share(1, 2), report.withoutKey());
  }

  @Test
  void aGridOfAbsentRowsSpeaksOfNoPictures() {
    ThreatReport report = new ThreatReport(List.of(absent(Attacker.D)), true);
    assertEquals(new Share(0, 0), report.withoutKey());
  }
}
