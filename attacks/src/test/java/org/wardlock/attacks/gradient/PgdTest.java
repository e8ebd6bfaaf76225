package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.RememberingClassifier;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class PgdTest {
  private static final Shape SHAPE = Shape.of(3, 6, 5);
  private static final int PICTURES = 12;

  private final Random random = new Random(21);
  private final FunctionClassifier classifier = FunctionClassifier.network(random, SHAPE, 5);
  private final Pictures pictures =
      Testing.answered(classifier, random, PICTURES)
          .withIds(IntStream.range(0, PICTURES).mapToLong(i -> 1000L + 37 * i).toArray());

  /** A radius at which some pictures break and some do not. */
  private static Threat threat(Norm norm) {
    return new Threat(
        norm,
        switch (norm) {
          case LINF -> Rational.of(1, 255);
          case L2 -> Rational.of(1, 25);
          case L1 -> Rational.of(1, 4);
        });
  }

  private static Pgd attack(Norm norm) {
    Pgd pgd = new Pgd(Loss.CROSS_ENTROPY).iterations(6);
    return norm == Norm.L1 ? pgd.sparsity(0.9) : pgd;
  }

  private static long broken(AttackResult result) {
    return result.pictures().stream().filter(one -> one.brokenBy().isPresent()).count();
  }

  @ParameterizedTest
  @EnumSource
  void aPictureFaresTheSameAloneAndInAnyBatch(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      AttackResult batch = attack(norm).restarts(2).run(classifier, pictures, threat(norm), 5);
      assertTrue(
          broken(batch) > 0 && broken(batch) < PICTURES, broken(batch) + " broken shows nothing");
      float[][] together = Rows.toHost(batch.images());
      int[] shuffled = {7, 3, 11, 0, 5};
      AttackResult others =
          attack(norm).restarts(2).run(classifier, pictures.select(shuffled), threat(norm), 5);
      for (int i = 0; i < shuffled.length; i++) {
        assertArrayEquals(together[shuffled[i]], Rows.toHost(others.images())[i]);
        assertEquals(batch.pictures().get(shuffled[i]), others.pictures().get(i));
      }
      for (int row = 0; row < PICTURES; row++) {
        AttackResult alone =
            attack(norm).restarts(2).run(classifier, pictures.select(row), threat(norm), 5);
        assertArrayEquals(together[row], alone.images().toFloats(), "picture " + row);
        assertEquals(batch.pictures().get(row), alone.pictures().getFirst());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void seedsAndIdsDecideAndNothingElseDoes(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      float[] first = carriedOver(norm, pictures, 5);
      assertArrayEquals(first, carriedOver(norm, pictures, 5));
      assertTrue(!Arrays.equals(first, carriedOver(norm, pictures, 6)), "another seed");
      long[] ids = IntStream.range(0, PICTURES).mapToLong(i -> i).toArray();
      assertTrue(!Arrays.equals(first, carriedOver(norm, pictures.withIds(ids), 5)), "other ids");
    }
  }

  /** What PGD gives when it goes on to the end. */
  private float[] carriedOver(Norm norm, Pictures attacked, long seed) {
    return new Transfer(attack(norm), classifier)
        .run(classifier, attacked, threat(norm), seed)
        .images()
        .toFloats();
  }

  @ParameterizedTest
  @EnumSource
  void moreRestartsKeepWhatFewerFound(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      Pgd one = attack(norm).iterations(2);
      AttackResult before = one.run(classifier, pictures, threat(norm), 5);
      for (int restarts = 2; restarts < 5; restarts++) {
        AttackResult after = one.restarts(restarts).run(classifier, pictures, threat(norm), 5);
        for (int row = 0; row < PICTURES; row++) {
          if (before.pictures().get(row).brokenBy().isPresent()) {
            assertEquals(before.pictures().get(row), after.pictures().get(row));
            assertArrayEquals(Rows.toHost(before.images())[row], Rows.toHost(after.images())[row]);
          } else {
            double lossBefore = before.pictures().get(row).loss().orElseThrow();
            PictureOutcome outcome = after.pictures().get(row);
            assertTrue(
                outcome.brokenBy().isPresent() || outcome.loss().orElseThrow() >= lossBefore);
          }
        }
        before = after;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyRestartStartsElsewhere(Norm norm) {
    Set<List<Float>> starts = new HashSet<>();
    try (Scope _ = Scope.open("test")) {
      Ball ball = Ball.around(pictures.images(), threat(norm));
      int[] rows = Rows.all(PICTURES);
      for (int restart = 0; restart < 4; restart++) {
        long[] streams = RandomStreams.of(pictures, restart, rows);
        for (float[] point : Rows.toHost(ball.randomPoints(1, AttackPurpose.PGD_START, streams))) {
          List<Float> values = new ArrayList<>();
          for (float value : point) {
            values.add(value);
          }
          starts.add(values);
        }
      }
    }
    assertEquals(4 * PICTURES, starts.size());
  }

  /** Floats next to the radius fall short of it as often as not. */
  @Test
  void aStepOfTheRadiusReachesTheBoundsFromEveryPixel() {
    try (Scope _ = Scope.open("test")) {
      for (int i = 0; i < 50; i++) {
        Rational radius = Rational.of(1 + random.nextInt(30), 100 + random.nextInt(900));
        float[] pixels = Testing.uniform(random, 90, 0, i % 2 == 0 ? radius.toDouble() : 0.7);
        Tensor clean = Testing.images(SHAPE, pixels);
        Threat threat = Threat.linf(radius);
        float step = new Pgd(Loss.CROSS_ENTROPY).stepSize(radius).step(threat);
        Ball ball = Ball.around(clean, threat);
        float[] up = ball.project(clean.add(step)).toFloats();
        float[] down = ball.project(clean.add(-step)).toFloats();
        for (int j = 0; j < pixels.length; j++) {
          assertTrue(radius.compareToDistance(pixels[j], up[j]) >= 0);
          assertTrue(radius.compareToDistance(pixels[j], Math.nextUp(up[j])) < 0);
          float beyond = Math.nextDown(down[j]);
          assertTrue(radius.compareToDistance(pixels[j], down[j]) >= 0);
          assertTrue(down[j] == 0 || radius.compareToDistance(pixels[j], beyond) < 0);
        }
      }
    }
  }

  /** Carried over to the classifier itself, the attack goes on after a picture is broken. */
  @ParameterizedTest
  @EnumSource
  void leavingBrokenPicturesAloneChangesNoVerdict(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      AttackResult early = attack(norm).run(classifier, pictures, threat(norm), 5);
      AttackResult late =
          new Transfer(attack(norm), classifier).run(classifier, pictures, threat(norm), 5);
      for (int row = 0; row < PICTURES; row++) {
        PictureOutcome stopped = early.pictures().get(row);
        PictureOutcome finished = late.pictures().get(row);
        assertEquals(stopped.brokenBy().isPresent(), finished.brokenBy().isPresent());
        assertTrue(finished.loss().orElseThrow() >= stopped.loss().orElseThrow());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void successIsWhatAFreshLookSays(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      for (Loss loss : Loss.values()) {
        AttackResult result = new Pgd(loss).run(classifier, pictures, threat(norm), 5);
        int[] together = classifier.logits(result.images()).argMax().toInts();
        float[][] clean = Rows.toHost(pictures.images());
        float[][] found = Rows.toHost(result.images());
        for (int row = 0; row < PICTURES; row++) {
          PictureOutcome outcome = result.pictures().get(row);
          int alone =
              classifier.logits(result.images().slice(0, row, row + 1)).argMax().toInts()[0];
          assertEquals(alone, together[row]);
          assertEquals(alone, outcome.prediction());
          assertEquals(alone != pictures.labels()[row], outcome.brokenBy().isPresent());
          assertTrue(threat(norm).permits(clean[row], found[row]));
          assertEquals(norm.distance(clean[row], found[row]), outcome.norm());
          if (outcome.brokenBy().isEmpty()) {
            assertArrayEquals(clean[row], found[row]);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void picturesAtTheEndsOfTheRangeStayInIt(Norm norm) {
    float[] black = new float[30 * 3];
    float[] white = new float[30 * 3];
    Arrays.fill(white, 1);
    float[] both = Arrays.copyOf(black, 180);
    System.arraycopy(white, 0, both, 90, 90);
    try (Scope _ = Scope.open("test")) {
      Tensor images = Testing.images(SHAPE, both);
      int[] labels = classifier.logits(images).argMax().toInts();
      Threat large = new Threat(norm, Rational.of(norm == Norm.LINF ? 1 : 20, 2));
      AttackResult result =
          new Transfer(attack(norm), classifier).run(classifier, images, labels, large, 5);
      assertTrue(result.pictures().stream().anyMatch(one -> one.brokenBy().isPresent()), "broken");
      for (float[] found : Rows.toHost(result.images())) {
        for (float value : found) {
          assertTrue(value >= 0 && value <= 1, "value " + value);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRadiusOfZeroLeavesEveryBitAlone(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      float[] clean = pictures.images().toFloats();
      Threat nothing = new Threat(norm, Rational.ZERO);
      AttackResult result = attack(norm).run(classifier, pictures, nothing, 5);
      assertArrayEquals(clean, result.images().toFloats());
      assertEquals(0, broken(result));
      assertArrayEquals(clean, pictures.images().toFloats(), "the input itself");
    }
  }

  @ParameterizedTest
  @EnumSource
  void theInputStaysAsItIs(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      float[] clean = pictures.images().toFloats();
      AttackResult result = attack(norm).run(classifier, pictures, threat(norm), 5);
      assertTrue(broken(result) > 0);
      assertArrayEquals(clean, pictures.images().toFloats());
    }
  }

  /** The answer is wrong only in a narrow band that a second step leaves again. */
  @Test
  void theBestIterateIsReturnedAndNotTheLast() {
    Shape one = Shape.of(1, 2, 2);
    FunctionClassifier band =
        new FunctionClassifier(
            one,
            2,
            images -> {
              Tensor brightness = images.mean(1, 2, 3).reshape(-1, 1);
              Tensor wrong = brightness.affine(1, -0.53125f).abs().affine(-8, 0.125f);
              return Tensor.concatenate(1, wrong.negate(), wrong);
            });
    try (Scope _ = Scope.open("test")) {
      Tensor images = Testing.images(one, 0.5f, 0.5f, 0.5f, 0.5f);
      Threat threat = Threat.linf(Rational.of(1, 4));
      for (int iterations = 1; iterations < 7; iterations++) {
        Pgd pgd =
            new Pgd(Loss.CROSS_ENTROPY)
                .iterations(iterations)
                .randomStart(false)
                .stepSize(Rational.of(1, 32));
        for (var attack : List.of(pgd, new Transfer(pgd, band))) {
          AttackResult result = attack.run(band, images, new int[] {0}, threat, 1);
          assertEquals(Optional.of(attack.name()), result.pictures().getFirst().brokenBy());
          assertEquals(0.53125f, result.images().toFloats()[0], 1e-6f);
        }
      }
    }
  }

  /** Every iterate is the start: the clean picture, or the random point that belongs to it. */
  @ParameterizedTest
  @EnumSource
  void aStepOfZeroStaysAtTheStart(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      Threat tiny = new Threat(norm, Rational.of(1, 10_000));
      float[][] drawn =
          Rows.toHost(
              Ball.around(pictures.images(), tiny)
                  .randomPoints(
                      5,
                      AttackPurpose.PGD_START,
                      RandomStreams.of(pictures, 0, Rows.all(PICTURES))));
      float[][] clean = Rows.toHost(pictures.images());
      Pgd still = new Pgd(Loss.CROSS_ENTROPY).iterations(4).stepSize(Rational.ZERO);
      for (boolean randomStart : new boolean[] {false, true}) {
        RememberingClassifier remembering = new RememberingClassifier(classifier);
        still.randomStart(randomStart).run(remembering, pictures, tiny, 5);
        for (int row = 0; row < PICTURES; row++) {
          float[][] way = remembering.way(row);
          assertEquals(5, way.length);
          for (float[] point : way) {
            assertArrayEquals(randomStart ? drawn[row] : clean[row], point);
          }
        }
      }
    }
  }

  @Test
  void flatPlacesGiveNoDirection() {
    try (Scope _ = Scope.open("test")) {
      Tensor zero = Tensor.zeros(Testing.device(), Shape.of(2, 1, 2, 2));
      Tensor tiny = Tensor.full(Testing.device(), Shape.of(2, 1, 2, 2), 1e-30f);
      for (Norm norm : Norm.values()) {
        assertArrayEquals(new float[8], SteepestAscent.direction(norm, zero, _ -> 0.5).toFloats());
        for (float[] direction : Rows.toHost(SteepestAscent.direction(norm, tiny, _ -> 0.5))) {
          assertEquals(1, norm.distance(new float[4], direction), 1e-6);
        }
      }
    }
  }

  /** The loss falls beyond the ridge, over which a step of the whole radius leads. */
  @Test
  void fgsmIsWhereItsStepLedAlsoWhereTheLossFell() {
    try (Scope _ = Scope.open("test")) {
      Shape shape = Shape.of(1, 1, 1);
      Tensor second = Tensor.of(Testing.device(), Shape.of(2, 1), new float[] {0, 1});
      Tensor none = Tensor.of(Testing.device(), Shape.of(2), new float[] {0, 0});
      // the second class is likeliest at 0.55, and still is at 0.5; after the step it is not
      var ridge =
          new FunctionClassifier(
              shape,
              2,
              images -> {
                Tensor away = images.add(-0.55f).reshape(images.shape().extent(0), 1);
                return away.multiply(away).affine(-100, 1).linear(second, none);
              });
      Tensor grey = Tensor.of(Testing.device(), Shape.of(1, 1, 1, 1), new float[] {0.5f});
      Threat quarter = Threat.linf(Rational.of(1, 4));
      Pictures wrong = Pictures.of(grey, 0);
      Pgd oneStep =
          new Pgd(Loss.CROSS_ENTROPY).iterations(1).stepSize(quarter.radius()).randomStart(false);
      for (Attack attack : List.of(new Fgsm(), oneStep)) {
        Task toTheEnd = new Task(wrong, quarter, 0, Effort.TO_THE_END);
        Candidates found = attack.search(Oracle.of(ridge, wrong), toTheEnd);
        boolean stays = attack == oneStep;
        assertEquals(stays ? 0.5f : 0.75f, found.images().toFloats()[0], 1e-6f, attack.name());
        assertEquals(stays, found.reached()[0], attack.name());
      }
      // who stops where the goal is reached leaves it alone
      Task reached = new Task(wrong, quarter, 0, Effort.UNTIL_BROKEN);
      Candidates found = new Fgsm().search(Oracle.of(ridge, wrong), reached);
      assertEquals(0.5f, found.images().toFloats()[0]);
      assertTrue(found.reached()[0]);
    }
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    Pgd pgd = new Pgd(Loss.CROSS_ENTROPY);
    assertThrows(IllegalArgumentException.class, () -> pgd.iterations(0));
    assertThrows(IllegalArgumentException.class, () -> pgd.restarts(0));
    assertThrows(IllegalArgumentException.class, () -> pgd.restarts(65537));
    assertThrows(IllegalArgumentException.class, () -> pgd.sparsity(1));
    assertThrows(IllegalArgumentException.class, () -> pgd.stepSize(Rational.of(-1, 2)));
  }
}
