package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.LookupClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.PixelTables;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.SameInAnyBatch;
import org.wardlock.attacks.StraightThrough;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class LatticeAscentTest {
  private static final Shape SHAPE = Shape.of(3, 6, 5);
  private static final int PICTURES = 40;

  private final Random random = new Random(201);
  private final PixelTables tables = new PixelTables(random, 0.15f);
  private final LookupClassifier network =
      new LookupClassifier(FunctionClassifier.network(random, SHAPE, 5), tables);

  /** Pictures in 8 bits, labelled as a classifier answers them. */
  private Pictures answered(Classifier classifier, int count) {
    int size = Math.toIntExact(classifier.imageShape().count());
    float[] values = new float[count * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(256) / 255f;
    }
    Tensor images = Testing.images(classifier.imageShape(), values);
    return Pictures.of(images, classifier.logits(images).argMax().toInts());
  }

  private static long broken(AttackResult result) {
    return result.pictures().stream().filter(one -> one.brokenBy().isPresent()).count();
  }

  /** Behind a table a linear model falls to the best choice of every value by itself. */
  @Test
  void breaksJustWhatCanBeBrokenOfTwoLinearClasses() {
    int possible = 0;
    for (int model = 0; model < 3; model++) {
      LinearClassifier linear = LinearClassifier.random(random, Shape.of(1, 4, 4), 2);
      LookupClassifier known = new LookupClassifier(linear, tables);
      Pictures pictures = answered(known, PICTURES);
      float[][] values = Rows.toHost(pictures.images());
      try (Scope _ = Scope.open("test")) {
        AttackResult found =
            new LatticeAscent(known).run(known, pictures, Threat.linf(Rational.of(12, 255)), 1);
        for (int row = 0; row < PICTURES; row++) {
          double margin = bestMargin(linear, values[row], pictures.labels()[row], 12);
          boolean canBreak = margin > 1e-4;
          possible += canBreak ? 1 : 0;
          assertEquals(canBreak, found.pictures().get(row).brokenBy().isPresent(), "" + margin);
        }
      }
    }
    assertTrue(possible > 15 && possible < 105, possible + " of 120 say little");
  }

  /** By how much the other class can win where every value goes to the best of its choices. */
  private double bestMargin(LinearClassifier linear, float[] clean, int label, int reach) {
    double margin = (double) linear.bias(1 - label) - linear.bias(label);
    for (int i = 0; i < clean.length; i++) {
      double slope = (double) linear.weight(1 - label, i) - linear.weight(label, i);
      double best = Double.NEGATIVE_INFINITY;
      int level = Math.round(clean[i] * 255);
      for (int to = Math.max(0, level - reach); to <= Math.min(255, level + reach); to++) {
        best = Math.max(best, slope * tables.at(i, to / 255f));
      }
      margin += best;
    }
    return margin;
  }

  @Test
  void aPictureFaresTheSameAloneAndInAnyBatch() {
    Pictures pictures =
        answered(network, 14).withIds(IntStream.range(0, 14).mapToLong(i -> 5 + 9L * i).toArray());
    SameInAnyBatch.require(
        new LatticeAscent(network).iterations(6).restarts(2),
        network,
        pictures,
        Threat.linf(Rational.of(2, 255)));
  }

  /** What it finds is a picture in 8 bits, so rounding it changes nothing. */
  @Test
  void findsPicturesOfWholeStepsWithinTheRadius() {
    Pictures pictures = answered(network, PICTURES);
    float[][] clean = Rows.toHost(pictures.images());
    try (Scope _ = Scope.open("test")) {
      AttackResult found =
          new LatticeAscent(network)
              .iterations(12)
              .run(network, pictures, Threat.linf(Rational.of(8, 255)), 1);
      assertTrue(broken(found) > PICTURES / 2, broken(found) + " broken");
      float[][] images = Rows.toHost(found.images());
      for (int row = 0; row < PICTURES; row++) {
        PictureOutcome outcome = found.pictures().get(row);
        assertEquals(outcome.brokenBy().isPresent(), outcome.okAt8Bit());
        for (int i = 0; i < clean[row].length; i++) {
          float steps = images[row][i] * 255;
          assertEquals(Math.round(steps), steps, 1e-4);
          assertTrue(Math.abs(Math.round(steps) - Math.round(clean[row][i] * 255)) <= 8);
        }
      }
    }
  }

  /** The identity in place of a table's gradient leads nowhere; the lattice does. */
  @Test
  void isFarStrongerThanPretendingThatTheTableIsTheIdentity() {
    Pictures pictures = answered(network, PICTURES);
    Threat threat = Threat.linf(Rational.of(2, 255));
    try (Scope _ = Scope.open("test")) {
      long lattice = broken(new LatticeAscent(network).run(network, pictures, threat, 1));
      Classifier pretended = new StraightThrough(network.inner(), tables);
      long identity =
          broken(new Pgd(Loss.CROSS_ENTROPY).iterations(40).run(pretended, pictures, threat, 1));
      assertTrue(lattice > identity + 5, lattice + " and " + identity);
    }
  }

  @Test
  void costsWhatItSays() {
    CountingClassifier whole = new CountingClassifier(network);
    CountingClassifier inner = new CountingClassifier(network.inner());
    Pictures pictures = answered(network, 8);
    Attack attack =
        new LatticeAscent(new LookupClassifier(inner, tables)).iterations(5).restarts(3);
    try (Scope _ = Scope.open("test")) {
      AttackResult found = attack.run(whole, pictures, Threat.linf(Rational.ZERO), 1);
      assertEquals(0, broken(found));
      Passes cost = attack.cost(Norm.LINF, 5);
      assertEquals(new Passes(30, 15), cost);
      Passes counted = whole.passes().plus(inner.passes());
      assertEquals(cost.times(8).plus(new Passes(8, 0)), counted);
      found.pictures().forEach(one -> assertEquals(30, one.queries()));
      found.pictures().forEach(one -> assertEquals(15, one.gradients()));
    }
  }

  /** At either end of the range choices are fewer; none may leave it, none may come twice. */
  @Test
  void choicesStopAtTheEndsOfTheRange() {
    Tensor clean = Testing.images(Shape.of(1, 1, 3), 0f, 128 / 255f, 1f);
    try (Scope _ = Scope.open("test")) {
      Lattice lattice = Lattice.around(clean, Rational.of(2, 255), network1x1());
      float[] barred = lattice.barred().toFloats();
      float[] pixels = lattice.pixels().toFloats();
      boolean[] allowed = new boolean[15];
      for (int i = 0; i < 15; i++) {
        allowed[i] = barred[i] == 0;
      }
      boolean[] expected = {
        false, false, true, true, true, true, true, true, true, true, true, true, true, false, false
      };
      assertArrayEquals(expected, allowed);
      assertEquals(0, pixels[2]);
      assertEquals(126 / 255f, pixels[5], 1e-7);
      assertEquals(1, pixels[12]);
      for (float pixel : pixels) {
        assertFalse(pixel < 0 || pixel > 1);
      }
    }
  }

  private LookupClassifier network1x1() {
    return new LookupClassifier(
        LinearClassifier.random(random, Shape.of(1, 1, 3), 2), images -> images);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    LatticeAscent attack = new LatticeAscent(network);
    assertThrows(IllegalArgumentException.class, () -> attack.iterations(0));
    assertThrows(IllegalArgumentException.class, () -> attack.restarts(0));
    Pictures pictures = answered(network, 2);
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> attack.run(network, pictures, Threat.l2(Rational.of(1, 2)), 1));
    assertTrue(error.getMessage().contains("the threat is l2 1/2"), error.getMessage());
    LookupClassifier narrow =
        new LookupClassifier(network.inner(), images -> images.slice(1, 0, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> attack.run(narrow, pictures, Threat.linf(Rational.of(1, 255)), 1));
  }
}
