package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;

/**
 * PGD against what the official AutoAttack left of two real networks on the first test pictures of
 * CIFAR-10. AutoAttack is the stronger of the two, but on networks that hide nothing not by much.
 */
class GoldenAttackTest {
  // Backends that are made to be read take seconds a picture.
  private static final int COUNT = Testing.device().equals(Device.CPU) ? 96 : 12;

  /** What PGD may leave standing beyond AutoAttack's APGD, and may break beyond all of it. */
  private static final int WEAKER = 3;

  private static final int STRONGER = 2;

  private static long standing(List<String[]> golden, String... broken) {
    return golden.stream()
        .filter(line -> line[1].equals(line[2]) && !List.of(broken).contains(line[3]))
        .count();
  }

  @ParameterizedTest
  @CsvSource({"plain, linf, 1/255, 1_255", "plain, l2, 1/8, 1_8", "adv, linf, 8/255, 8_255"})
  void leavesAboutAsManyStandingAsAutoAttack(String model, String norm, String radius, String file)
      throws IOException {
    List<String[]> golden = GoldenModel.lines("%s-%s-%s".formatted(model, norm, file), COUNT);
    try (ImageClassifier classifier = GoldenModel.load(model)) {
      Threat threat = GoldenModel.threat(norm, radius);
      Attack attack = new Pgd(Loss.CROSS_ENTROPY).iterations(15);
      AttackRun run = new AttackRun(classifier, threat, List.of(attack), 0, 64);
      Records records = Records.inMemory();
      AttackReport report = run.run(GoldenModel.pictures(COUNT), records, RunListener.NONE);

      assertEquals(
          golden.stream().map(line -> Integer.parseInt(line[2])).toList(),
          records.pictures().stream().map(PictureRecord::cleanPrediction).toList());
      long found = Math.round(report.robustAccuracy() * COUNT);
      long afterApgd = standing(golden, "apgd-ce");
      long afterAll = standing(golden, "apgd-ce", "apgd-t", "fab-t", "square");
      String what =
          found + " stand, after AutoAttack's first " + afterApgd + ", at last " + afterAll;
      assertTrue(found <= afterApgd + WEAKER, what);
      assertTrue(found >= afterAll - STRONGER, what);
      assertTrue(report.maxNorm() <= threat.radius().toDouble());
    }
  }
}
