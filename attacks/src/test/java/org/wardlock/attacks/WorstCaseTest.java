package org.wardlock.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.gradient.Fgsm;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** What holds for every attack, whatever it brings back. */
class WorstCaseTest {
  private static final Shape SHAPE = Shape.of(3, 4, 4);
  private static final Threat THREAT = Threat.linf(Rational.of(8, 255));
  private static final Pgd PGD = new Pgd(Loss.CROSS_ENTROPY).iterations(5);

  private final Random random = new Random(31);
  private final LinearClassifier classifier = LinearClassifier.random(random, SHAPE, 10);
  private final Pictures pictures = Testing.answered(classifier, random, 16);

  /** An attack that brings back what it is told to, claiming success everywhere. */
  private record Claim(UnaryOperator<Tensor> images) implements Attack {
    @Override
    public String name() {
      return "claim";
    }

    @Override
    public Passes cost(Norm norm, int classes) {
      return Passes.NONE;
    }

    @Override
    public Candidates search(Oracle oracle, Task task) {
      boolean[] reached = new boolean[task.pictures().count()];
      Arrays.fill(reached, true);
      return new Candidates(
          images.apply(task.pictures().images()), reached, new double[reached.length]);
    }
  }

  @Test
  void picturesThatAreWrongAlreadyAreLeftAlone() {
    int[] wrong = pictures.labels().clone();
    for (int row = 0; row < 5; row++) {
      wrong[row] = (wrong[row] + 1) % 10;
    }
    try (Scope _ = Scope.open("test")) {
      AttackResult result = PGD.run(classifier, Pictures.of(pictures.images(), wrong), THREAT, 1);
      for (int row = 0; row < 5; row++) {
        PictureOutcome outcome = result.pictures().get(row);
        assertFalse(outcome.isCleanRight());
        assertFalse(outcome.isRobust());
        assertEquals(Optional.empty(), outcome.brokenBy());
        assertEquals(0, outcome.queries());
        assertEquals(0, outcome.gradients());
        assertEquals(0, outcome.norm());
        assertEquals(Optional.empty(), outcome.loss());
        assertArrayEquals(Rows.toHost(pictures.images())[row], Rows.toHost(result.images())[row]);
      }
      assertEquals(11 / 16.0, result.cleanAccuracy());
      assertTrue(result.robustAccuracy() <= 11 / 16.0);
      assertTrue(result.pictures().stream().skip(5).allMatch(one -> one.queries() > 0));
    }
  }

  @Test
  void aBatchThatIsWrongAlreadyCostsNothing() {
    int[] wrong = Arrays.stream(pictures.labels()).map(label -> (label + 1) % 10).toArray();
    try (Scope _ = Scope.open("test")) {
      CountingClassifier counting = new CountingClassifier(classifier);
      PGD.run(counting, pictures.images(), wrong, THREAT, 1);
      assertEquals(new Passes(16, 0), counting.passes());
    }
  }

  @Test
  void successIsNotBelievedWithoutAFreshLook() {
    try (Scope _ = Scope.open("test")) {
      Attack claim = new Claim(images -> images);
      AttackResult result = claim.run(classifier, pictures, THREAT, 1);
      assertEquals(1, result.robustAccuracy());
    }
  }

  @Test
  void leavingTheThreatIsAnErrorOfTheAttack() {
    try (Scope _ = Scope.open("test")) {
      for (UnaryOperator<Tensor> wrong :
          List.<UnaryOperator<Tensor>>of(
              images -> images.add(0.0314f), images -> images.multiply(Float.NaN))) {
        var error =
            assertThrows(
                IllegalStateException.class,
                () -> new Claim(wrong).run(classifier, pictures, THREAT, 1));
        assertTrue(
            error.getMessage().startsWith("attack claim left the threat linf 8/255 at picture 0"),
            error.getMessage());
      }
    }
  }

  @Test
  void laterAttacksGetWhatStillStands() {
    try (Scope _ = Scope.open("test")) {
      Threat threat = Threat.linf(Rational.of(1, 20));
      WorstCase worstCase = new WorstCase(classifier, pictures, threat);
      worstCase.apply(new Fgsm(), 1);
      List<PictureOutcome> before = worstCase.result().pictures();
      Passes passes = worstCase.apply(PGD, 1);
      List<PictureOutcome> after = worstCase.result().pictures();
      long work = 0;
      for (int row = 0; row < before.size(); row++) {
        if (before.get(row).brokenBy().isPresent()) {
          assertEquals(Optional.of("fgsm"), before.get(row).brokenBy());
          assertEquals(before.get(row), after.get(row));
        } else {
          assertEquals(2, before.get(row).queries());
          assertTrue(after.get(row).queries() > 2);
          work += after.get(row).queries() - 2;
        }
      }
      assertEquals(work, passes.forward());
      long byFgsm = before.stream().filter(one -> one.brokenBy().isPresent()).count();
      assertTrue(byFgsm > 0 && byFgsm < 16, byFgsm + " broken shows nothing");
    }
  }

  @Test
  void queriesAreTheForwardPassesThatTheClassifierSaw() {
    try (Scope _ = Scope.open("test")) {
      CountingClassifier counting = new CountingClassifier(classifier);
      Threat tiny = Threat.linf(Rational.of(1, 100_000));
      Pgd pgd = PGD.restarts(3);
      AttackResult result = pgd.run(counting, pictures, tiny, 1);
      assertEquals(1, result.robustAccuracy());
      for (PictureOutcome outcome : result.pictures()) {
        assertEquals(3 * 6, outcome.queries());
        assertEquals(3 * 5, outcome.gradients());
      }
      assertEquals(pgd.cost(Norm.LINF, 10).times(16), new Passes(16 * 18, 16 * 15));
      assertEquals(new Passes(16 * 18 + 16, 16 * 15), counting.passes());
    }
  }

  @Test
  void checkingWhatWasFoundIsNoQuery() {
    try (Scope _ = Scope.open("test")) {
      CountingClassifier counting = new CountingClassifier(classifier);
      AttackResult result = PGD.run(counting, pictures, THREAT, 1);
      long queries = result.pictures().stream().mapToLong(PictureOutcome::queries).sum();
      long found = result.pictures().stream().filter(one -> one.brokenBy().isPresent()).count();
      assertTrue(found > 0);
      assertTrue(counting.passes().forward() <= queries + 16 + 2 * found);
      assertTrue(counting.passes().forward() >= queries + 16 + found);
    }
  }

  @Test
  void targetsAreReachedOnlyByTheirOwnClass() {
    int[] targets = Arrays.stream(pictures.labels()).map(label -> (label + 3) % 10).toArray();
    Pictures wanted = pictures.withTargets(targets);
    try (Scope _ = Scope.open("test")) {
      AttackResult result =
          PGD.iterations(20).run(classifier, wanted, Threat.linf(Rational.of(2, 15)), 1);
      long reached = 0;
      for (int row = 0; row < targets.length; row++) {
        PictureOutcome outcome = result.pictures().get(row);
        assertEquals(outcome.prediction() == targets[row], outcome.brokenBy().isPresent());
        reached += outcome.brokenBy().isPresent() ? 1 : 0;
      }
      assertTrue(reached > 0 && reached < 16, reached + " reached shows nothing");
    }
  }

  @Test
  void randomTargetsDependOnSeedAndIdAlone() {
    int[] targets = pictures.withRandomTargets(5, 10).targets().orElseThrow();
    for (int row = 0; row < 16; row++) {
      assertTrue(targets[row] >= 0 && targets[row] < 10 && targets[row] != pictures.labels()[row]);
      int[] alone = pictures.select(row).withRandomTargets(5, 10).targets().orElseThrow();
      assertEquals(targets[row], alone[0]);
    }
    assertFalse(Arrays.equals(targets, pictures.withRandomTargets(6, 10).targets().orElseThrow()));
    assertEquals(
        9,
        IntStream.range(0, 200)
            .mapToObj(seed -> pictures.select(0).withRandomTargets(seed, 10).targets())
            .mapToInt(chosen -> chosen.orElseThrow()[0])
            .distinct()
            .count());
  }

  @Test
  void aPictureTakenForItsTargetAlreadyIsLeftAlone() {
    int[] labels = Arrays.stream(pictures.labels()).map(label -> (label + 1) % 10).toArray();
    Pictures wanted = Pictures.of(pictures.images(), labels).withTargets(pictures.labels());
    try (Scope _ = Scope.open("test")) {
      AttackResult result = PGD.run(classifier, wanted, THREAT, 1);
      assertTrue(result.pictures().stream().allMatch(one -> one.queries() == 0));
    }
  }

  @Test
  void wrongPicturesAreLeftAloneWhateverTheTarget() {
    int[] labels = Arrays.stream(pictures.labels()).map(label -> (label + 1) % 10).toArray();
    int[] targets = Arrays.stream(labels).map(label -> (label + 1) % 10).toArray();
    Pictures wanted = Pictures.of(pictures.images(), labels).withTargets(targets);
    try (Scope _ = Scope.open("test")) {
      AttackResult result = PGD.run(classifier, wanted, Threat.linf(Rational.of(1, 2)), 1);
      assertTrue(result.pictures().stream().allMatch(one -> one.queries() == 0));
      assertTrue(result.pictures().stream().allMatch(one -> one.brokenBy().isEmpty()));
    }
  }

  @Test
  void roundedPicturesAreTriedAgain() {
    try (Scope _ = Scope.open("test")) {
      float[] values = Rows.toHost(pictures.images())[0];
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.round(values[i] * 255) / 255f;
      }
      Tensor image = Testing.images(SHAPE, values);
      int[] label = classifier.logits(image).argMax().toInts();
      double distance = classifier.distance(Norm.LINF, values, label[0]);
      Threat wide = Threat.linf(Testing.rational(distance * 1.5 + 2 / 255.0));
      PictureOutcome far = new Fgsm().run(classifier, image, label, wide, 1).pictures().getFirst();
      assertTrue(far.brokenBy().isPresent() && far.okAt8Bit());
      Threat narrow = Threat.linf(Rational.of(1, 256));
      Attack half = new Claim(images -> images.add(0.5f / 256).clamp(0, 1));
      PictureOutcome lost =
          half.run(new Inverted(classifier, image), image, label, narrow, 1).pictures().getFirst();
      assertTrue(lost.brokenBy().isPresent(), "broken as floats");
      assertFalse(lost.okAt8Bit(), "no other 8-bit picture is that near");
    }
  }

  /** Right about one picture to the last bit and wrong about all others. */
  private record Inverted(Classifier inner, Tensor image) implements Classifier {
    @Override
    public Device device() {
      return inner.device();
    }

    @Override
    public Shape imageShape() {
      return inner.imageShape();
    }

    @Override
    public int classes() {
      return inner.classes();
    }

    @Override
    public Tensor logits(Tensor images) {
      Tensor logits = inner.logits(image);
      Tensor different = images.subtract(image).abs().max(1, 2, 3).reshape(-1, 1);
      Tensor same = different.equalTo(Tensor.scalar(device(), 0));
      return same.where(logits, logits.negate());
    }
  }

  @Test
  void worksWithoutAnOpenScope() {
    AttackResult result = PGD.run(classifier, pictures, THREAT, 1);
    assertEquals(16, result.pictures().size());
    assertEquals(pictures.images().shape(), result.images().shape());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tensor images = pictures.images();
    int[] labels = pictures.labels();
    Threat threat = THREAT;
    int[] unknown = labels.clone();
    unknown[3] = 10;
    assertMessage(
        "attack: label 10 of picture 3 is outside 0..9",
        () -> PGD.run(classifier, images, unknown, threat, 1));
    assertMessage(
        "attack: picture 0 holds the value",
        () -> PGD.run(classifier, images.multiply(255), labels, threat, 1));
    assertMessage(
        "attack: pictures of shape [3,2,8], the classifier expects [3,4,4]",
        () -> PGD.run(classifier, images.reshape(16, 3, 2, 8), labels, threat, 1));
    assertMessage("pictures: 2 labels for 16 images", () -> Pictures.of(images, 1, 2));
    assertMessage("pictures of shape [16,48]", () -> Pictures.of(images.reshape(16, 48), labels));
    assertMessage(
        "picture id -1",
        () ->
            Pictures.of(images, labels)
                .withIds(IntStream.range(0, 16).mapToLong(i -> i - 1L).toArray()));
    assertMessage("picture 0: target", () -> pictures.withTargets(labels));
    assertMessage(
        "this classifier has no gradients",
        () -> PGD.run(new Opaque(classifier), images, labels, threat, 1));
  }

  private static void assertMessage(String start, Runnable action) {
    var error = assertThrows(IllegalArgumentException.class, action::run);
    assertTrue(error.getMessage().startsWith(start), error.getMessage());
  }

  private record Opaque(Classifier inner) implements Classifier {
    @Override
    public Device device() {
      return inner.device();
    }

    @Override
    public Shape imageShape() {
      return inner.imageShape();
    }

    @Override
    public int classes() {
      return inner.classes();
    }

    @Override
    public Tensor logits(Tensor images) {
      return inner.logits(images);
    }

    @Override
    public boolean isDifferentiable() {
      return false;
    }
  }
}
