package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.NonFiniteException;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.SameInAnyBatch;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.WorstCase;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class FeatureMimicryTest {
  private static final Shape SHAPE = Shape.of(3, 6, 5);
  private static final int CLASSES = 5;

  private final Random random = new Random(211);
  private final Teacher teacher = Teacher.random(random);
  private final FunctionClassifier student = teacher.student(random);
  private final Pictures pictures =
      Testing.answered(student, random, 14)
          .withIds(IntStream.range(0, 14).mapToLong(i -> 3 + 11L * i).toArray());
  private final Pictures guides = guides();

  /** A convolution and what its channels make of a picture. */
  private record Teacher(Tensor filters, AtomicLong passes) implements Features {
    static Teacher random(Random random) {
      float[] filters = Testing.normal(random, 8 * 3 * 9, 0.8);
      return new Teacher(
          Tensor.of(Testing.device(), Shape.of(8, 3, 3, 3), filters), new AtomicLong());
    }

    @Override
    public Device device() {
      return Testing.device();
    }

    @Override
    public Shape imageShape() {
      return SHAPE;
    }

    @Override
    public Tensor features(Tensor images) {
      passes.addAndGet(images.shape().extent(0));
      return images.affine(2, -1).conv2d(filters, 1, 1).gelu();
    }

    /** A classifier that keeps the teacher's features and has a head of its own. */
    FunctionClassifier student(Random random) {
      Tensor head =
          Tensor.of(Testing.device(), Shape.of(CLASSES, 8), Testing.normal(random, CLASSES * 8, 4));
      Tensor bias = Tensor.of(Testing.device(), Shape.of(CLASSES), new float[CLASSES]);
      return new FunctionClassifier(
          SHAPE,
          CLASSES,
          images ->
              features(images).mean(2, 3).reshape(images.shape().extent(0), 8).linear(head, bias));
    }
  }

  /** What the student takes for each of its classes, of pictures with much contrast. */
  private Pictures guides() {
    float[] values = Testing.uniform(random, 200 * (int) SHAPE.count(), 0, 1);
    for (int i = 0; i < values.length; i++) {
      // pictures of one leading colour differ in their features
      values[i] *= i / 30 % 3 == i / 90 % 3 ? 1 : 0.2f;
    }
    Tensor images = Testing.images(SHAPE, values);
    return Pictures.of(images, student.logits(images).argMax().toInts());
  }

  /** Features that are the values themselves: the nearest point of the ball is known. */
  @Test
  void endsAtTheNearestPointOfTheBall() {
    Features values =
        new Features() {
          @Override
          public Device device() {
            return Testing.device();
          }

          @Override
          public Shape imageShape() {
            return SHAPE;
          }

          @Override
          public Tensor features(Tensor images) {
            return images.multiply(3);
          }
        };
    float[] far = Testing.uniform(random, 14 * (int) SHAPE.count(), 0, 1);
    for (int i = 0; i < far.length; i++) {
      far[i] = far[i] < 0.5f ? 0 : 1;
    }
    Pictures others =
        Pictures.of(Testing.images(SHAPE, far), IntStream.range(0, 14).map(_ -> CLASSES).toArray());
    float[][] clean = Rows.toHost(pictures.images());
    float[][] wanted = Rows.toHost(others.images());
    for (Norm norm : List.of(Norm.LINF, Norm.L2)) {
      Threat threat = new Threat(norm, Rational.of(1, 5));
      try (Scope _ = Scope.open("test")) {
        Attack attack = new FeatureMimicry(values, others.select(4));
        WorstCase worstCase = new WorstCase(student, pictures, threat);
        worstCase.apply(attack, 1);
        for (int row = 0; row < 14; row++) {
          double expected = 0;
          if (norm == Norm.L2) {
            expected = Norm.L2.distance(clean[row], wanted[4]) - 0.2;
          } else {
            for (int i = 0; i < clean[row].length; i++) {
              double left = Math.abs((double) clean[row][i] - wanted[4][i]) - 0.2;
              expected += left * left;
            }
            expected = Math.sqrt(expected);
          }
          double found = -worstCase.result().pictures().get(row).loss().orElseThrow();
          assertEquals(3 * expected, found, 1e-4 * expected, norm + " " + row);
        }
      }
    }
  }

  @Test
  void leadsAStudentWithTheSameFeaturesToTheGuidesClass() {
    Threat threat = Threat.linf(Rational.of(1, 2));
    int[] targets =
        IntStream.of(pictures.labels()).map(label -> offered((label + 1) % CLASSES)).toArray();
    int[] kept = IntStream.range(0, 14).filter(i -> targets[i] != pictures.labels()[i]).toArray();
    Pictures wanted = pictures.select(kept).withTargets(Rows.pick(targets, kept));
    assertTrue(kept.length >= 7, kept.length + " pictures say little");
    try (Scope _ = Scope.open("test")) {
      AttackResult found =
          new FeatureMimicry(teacher, guides).iterations(40).run(student, wanted, threat, 1);
      long broken = found.pictures().stream().filter(one -> one.brokenBy().isPresent()).count();
      assertTrue(2 * broken > kept.length, broken + " of " + kept.length);
    }
  }

  /** The class, or the next one that there is a guide of. */
  private int offered(int label) {
    int next = label;
    while (noGuideOf(next)) {
      next = (next + 1) % CLASSES;
    }
    return next;
  }

  private boolean noGuideOf(int label) {
    return IntStream.of(guides.labels()).noneMatch(one -> one == label);
  }

  @Test
  void aPictureFaresTheSameAloneAndInAnyBatch() {
    FeatureMimicry attack = new FeatureMimicry(teacher, guides).iterations(8).attempts(2);
    SameInAnyBatch.require(attack, student, pictures, Threat.linf(Rational.of(1, 16)));
    SameInAnyBatch.require(attack, student, pictures, Threat.l2(Rational.of(1, 2)));
  }

  @Test
  void costsWhatItSays() {
    CountingClassifier counting = new CountingClassifier(student);
    FeatureMimicry attack = new FeatureMimicry(teacher, guides).iterations(4).attempts(3);
    try (Scope _ = Scope.open("test")) {
      WorstCase worstCase =
          new WorstCase(counting, pictures, Threat.linf(Rational.of(1, 1_000_000)));
      long before = teacher.passes().get();
      Passes work = worstCase.apply(attack, 1);
      assertEquals(new Passes(21, 12), attack.cost(Norm.LINF, CLASSES));
      assertEquals(attack.cost(Norm.LINF, CLASSES).times(14), work);
      // the student passes through the teacher, too: its clean look and three questions
      long asked = counting.passes().forward();
      assertEquals(14 * 4, asked);
      assertEquals(14 * 18 + 14 * 3, teacher.passes().get() - before);
      worstCase.result().pictures().forEach(one -> assertEquals(3, one.queries()));
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new FeatureMimicry(teacher, guides).iterations(0));
    assertThrows(
        IllegalArgumentException.class, () -> new FeatureMimicry(teacher, guides).attempts(0));
    Threat threat = Threat.linf(Rational.of(1, 10));
    Pictures alike = guides.select(0);
    Pictures sameClass =
        Pictures.of(alike.images(), student.logits(alike.images()).argMax().toInts());
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new FeatureMimicry(teacher, alike).run(student, sameClass, threat, 1));
    assertEquals(
        "mimicry: no guide fits picture 0 of class %d; expected one of another class"
            .formatted(sameClass.labels()[0]),
        error.getMessage());
    Teacher broken =
        new Teacher(
            Tensor.full(Testing.device(), Shape.of(8, 3, 3, 3), Float.MAX_VALUE), new AtomicLong());
    assertThrows(
        NonFiniteException.class,
        () -> new FeatureMimicry(broken, guides).run(student, pictures, threat, 1));
  }
}
