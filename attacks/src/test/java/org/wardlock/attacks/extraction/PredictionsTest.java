package org.wardlock.attacks.extraction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.Fgsm;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/** What a copy is worth: what it says, and what pictures made on it do. */
class PredictionsTest {
  private static final Shape ONE = Shape.of(3, 4, 4);
  private static final int COUNT = 30;

  @Test
  void theMacroAverageIsThatOfTheHarmonicMeans() {
    int[] labels = {0, 0, 0, 0, 1, 1, 2, 2};
    Predictions found = Predictions.of(4, labels, 0, 0, 0, 1, 1, 2, 0, 0);
    assertEquals(new Share(4, 8), found.right());
    // precision 3/5 and recall 3/4; 1/2 and 1/2; nothing of class 2; no picture of class 3
    double first = 2 * (3.0 / 5) * (3.0 / 4) / (3.0 / 5 + 3.0 / 4);
    assertEquals((first + 0.5 + 0) / 3, found.macroF1(), 1e-12);
    assertEquals(1, Predictions.of(4, labels, labels).macroF1());
    assertEquals(new Share(0, 0), Predictions.of(4, new int[0]).right());
    assertEquals(0, Predictions.of(4, new int[0]).macroF1());
  }

  @Test
  void agreementIsOnTheSamePictures() {
    int[] labels = {0, 1, 2};
    Predictions one = Predictions.of(3, labels, 0, 1, 1);
    assertEquals(new Share(2, 3), one.agreement(Predictions.of(3, labels, 0, 2, 1)));
    Predictions other = Predictions.of(3, new int[] {1, 1, 2}, 0, 1, 1);
    assertThrows(IllegalArgumentException.class, () -> one.agreement(other));
    assertThrows(IllegalArgumentException.class, () -> Predictions.of(3, labels, 1));
  }

  private record Source(Pictures pictures) implements PictureSource {
    @Override
    public int count() {
      return pictures.count();
    }

    @Override
    public Pictures pictures(int start, int end) {
      int[] rows = new int[end - start];
      Arrays.setAll(rows, i -> start + i);
      return pictures.select(rows);
    }
  }

  private static SurrogateTransfer transfer(int batchSize) {
    List<Attack> attacks =
        List.of(
            new Apgd(Loss.CROSS_ENTROPY).iterations(10), new Pgd(Loss.CROSS_ENTROPY).iterations(5));
    return new SurrogateTransfer(attacks, Threat.linf(Rational.of(16, 255)), 1, batchSize);
  }

  @Test
  void aPerfectCopyCarriesEverythingOver() throws IOException {
    try (Scope _ = Scope.open("test")) {
      Random random = new Random(2);
      LinearClassifier service = LinearClassifier.random(random, ONE, 5);
      Source source = new Source(Testing.answered(service, random, COUNT));
      SurrogateTransfer.Result result =
          transfer(7).run(service, service, source, _ -> {}, () -> false).orElseThrow();
      assertEquals(COUNT, result.clean());
      assertEquals(1, result.agreement().value());
      for (SurrogateTransfer.Line line : result.lines()) {
        assertEquals(COUNT, line.fooled() + line.standing(), line.attack());
        assertTrue(result.standing() <= line.standing());
        assertTrue(line.fooled() > 0, line.attack());
      }
      assertEquals(
          List.of("apgd-ce", "pgd"), result.lines().stream().map(l -> l.attack()).toList());
    }
  }

  @Test
  void countsAreThoseMadeByHand() throws IOException {
    try (Scope _ = Scope.open("test")) {
      Random random = new Random(5);
      LinearClassifier service = LinearClassifier.random(random, ONE, 2);
      LinearClassifier copy = LinearClassifier.random(random, ONE, 2);
      Pictures pictures = Testing.answered(service, random, COUNT);
      double radius = 4 / 255.0;
      SurrogateTransfer.Line line =
          new SurrogateTransfer(List.of(new Fgsm()), Threat.linf(Rational.of(4, 255)), 1, 7)
              .run(service, copy, new Source(pictures), _ -> {}, () -> false)
              .orElseThrow()
              .lines()
              .getFirst();
      float[] pixels = pictures.images().toFloats();
      int size = pixels.length / COUNT;
      int fooled = 0;
      int standing = 0;
      int agreed = 0;
      for (int i = 0; i < COUNT; i++) {
        int label = pictures.labels()[i];
        double[] made = new double[size];
        for (int j = 0; j < size; j++) {
          // of two classes, the sign of the slope is the same wherever one stands
          double slope = copy.weight(1 - label, j) - copy.weight(label, j);
          double moved = pixels[i * size + j] + radius * Math.signum(slope);
          made[j] = Math.clamp(moved, 0.0, 1.0);
        }
        int seen = likelier(copy, made);
        int said = likelier(service, made);
        fooled += seen == label ? 0 : 1;
        standing += said == label ? 1 : 0;
        agreed += seen == said ? 1 : 0;
      }
      assertEquals(new SurrogateTransfer.Line("fgsm", fooled, standing, agreed), line);
      assertTrue(agreed > 0 && agreed < COUNT && agreed != fooled && agreed != standing, line + "");
    }
  }

  private static int likelier(LinearClassifier two, double... picture) {
    double lead = two.bias(1) - two.bias(0);
    for (int j = 0; j < picture.length; j++) {
      lead += (two.weight(1, j) - (double) two.weight(0, j)) * picture[j];
    }
    return lead > 0 ? 1 : 0;
  }

  @Test
  void anotherModelCarriesLessOverAndBatchesDoNotMatter() throws IOException {
    try (Scope _ = Scope.open("test")) {
      Random random = new Random(2);
      LinearClassifier service = LinearClassifier.random(random, ONE, 5);
      LinearClassifier other = LinearClassifier.random(random, ONE, 5);
      Source source = new Source(Testing.answered(service, random, COUNT));
      SurrogateTransfer.Result own =
          transfer(COUNT).run(service, service, source, _ -> {}, () -> false).orElseThrow();
      SurrogateTransfer.Result result =
          transfer(7).run(service, other, source, _ -> {}, () -> false).orElseThrow();
      assertTrue(result.standing() > own.standing(), result + " " + own);
      assertTrue(result.agreement().value() < 1);
      assertEquals(
          Optional.of(result), transfer(COUNT).run(service, other, source, _ -> {}, () -> false));
      assertEquals(Optional.empty(), transfer(7).run(service, other, source, _ -> {}, () -> true));
    }
  }
}
