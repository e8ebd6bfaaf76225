package org.wardlock.attacks.mimic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.FunctionFeatures;
import org.wardlock.attacks.NonFiniteException;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Testing;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class MimicTest {
  private static final Shape SHAPE = Shape.of(3, 22, 24);
  private static final int SIZE = (int) SHAPE.count();
  private static final int CLASSES = 4;
  private static final int CHANNELS = 6;

  private final Random random = new Random(19);
  private final Tensor filters =
      Tensor.of(
          Testing.device(),
          Shape.of(CHANNELS, 3, 3, 3),
          Testing.normal(random, CHANNELS * 27, 0.5));
  private final FunctionFeatures teacher = new FunctionFeatures(SHAPE, this::channels);

  private Tensor channels(Tensor images) {
    return images.affine(2, -1).conv2d(filters, 2, 1).gelu();
  }

  /** Pictures of one colour each, with noise, in whole steps of 1/255. */
  private Tensor pictures(int count, double noise) {
    float[] values = new float[count * SIZE];
    double[] colour = new double[3];
    for (int i = 0; i < values.length; i++) {
      int plane = SIZE / 3;
      if (i % SIZE == 0) {
        colour = random.doubles(3, 0.2, 0.8).toArray();
      }
      double value = colour[i / plane % 3] + noise * (random.nextDouble() - 0.5);
      values[i] = Math.round(value * 255) / 255f;
    }
    return Testing.images(SHAPE, values);
  }

  @Test
  void featuresComeNearWithinTheBudgetInWholeSteps() {
    try (Scope _ = Scope.open("test")) {
      Tensor sources = pictures(3, 0.3);
      Tensor targets = pictures(3, 0.3);
      double before = 1;
      for (double budget : new double[] {0.003, 0.03, 0.3}) {
        MimicResult result = new Mimic(teacher, budget, 60).run(sources, targets);
        float[] unlike = StructuralDissimilarity.to(sources).of(result.images()).toFloats();
        float[][] wanted = Rows.toHost(teacher.features(targets));
        float[][] found = Rows.toHost(teacher.features(result.images()));
        float[][] first = Rows.toHost(teacher.features(sources));
        double mean = 0;
        for (int row = 0; row < 3; row++) {
          MimicOutcome pair = result.pairs().get(row);
          assertTrue(unlike[row] <= budget, "dissimilarity " + unlike[row] + " of " + budget);
          assertEquals(unlike[row], pair.dissimilarity(), 1e-9);
          assertEquals(distance(wanted[row], found[row]), pair.distance(), 1e-4);
          assertEquals(distance(wanted[row], first[row]), pair.distanceBefore(), 1e-3);
          mean += pair.remaining() / 3;
        }
        for (float value : result.images().toFloats()) {
          assertEquals(Math.round(value * 255) / 255f, value);
          assertTrue(value >= 0 && value <= 1);
        }
        assertTrue(mean < 0.98 * before, "of the way %s is left at %s".formatted(mean, budget));
        before = mean;
      }
      assertTrue(before < 0.6, "of the way " + before + " is left");
    }
  }

  private static double distance(float[] a, float[] b) {
    return Math.sqrt(
        IntStream.range(0, a.length).mapToDouble(i -> Math.pow((double) a[i] - b[i], 2)).sum());
  }

  /** A budget that everything is within, and features that are the values: the target itself. */
  @Test
  void withoutABudgetValuesBecomeTheTargets() {
    Features values = new FunctionFeatures(SHAPE, UnaryOperator.identity());
    try (Scope _ = Scope.open("test")) {
      Tensor sources = pictures(2, 0.3);
      Tensor targets = pictures(2, 0.3);
      MimicResult result = new Mimic(values, 0.5, 400).run(sources, targets);
      result
          .pairs()
          .forEach(pair -> assertTrue(pair.remaining() < 0.05, "left " + pair.remaining()));
    }
  }

  @Test
  void aStudentWithTheTeachersFeaturesTakesThemForTheirTargets() {
    Tensor head =
        Tensor.of(
            Testing.device(),
            Shape.of(CLASSES, CHANNELS),
            Testing.normal(random, CLASSES * CHANNELS, 4));
    FunctionClassifier student = teacher.student(head);
    try (Scope _ = Scope.open("test")) {
      Tensor sources = pictures(8, 0.5);
      Tensor targets = pictures(8, 0.5);
      int[] from = student.logits(sources).argMax().toInts();
      int[] wanted = student.logits(targets).argMax().toInts();
      int[] pairs = IntStream.range(0, 8).filter(i -> from[i] != wanted[i]).toArray();
      assertTrue(pairs.length >= 3, pairs.length + " pairs say little");
      MimicResult result =
          new Mimic(teacher, 0.2, 100)
              .run(Rows.gather(sources, pairs), Rows.gather(targets, pairs));
      int[] found = student.logits(result.images()).argMax().toInts();
      long reached =
          IntStream.range(0, pairs.length).filter(i -> found[i] == wanted[pairs[i]]).count();
      assertTrue(reached > pairs.length / 2, reached + " of " + pairs.length);
    }
  }

  @Test
  void aPairFaresTheSameAloneAndInAnyBatch() {
    try (Scope _ = Scope.open("test")) {
      Tensor sources = pictures(5, 0.4);
      Tensor targets = pictures(5, 0.4);
      // so many steps that some pairs leave the batch before others
      Mimic mimic = new Mimic(teacher, 0.01, 140);
      MimicResult all = mimic.run(sources, targets);
      long lengths = all.pairs().stream().map(MimicOutcome::steps).distinct().count();
      assertTrue(lengths > 1, "all pairs took equally many steps, which shows little");
      for (int[] rows : new int[][] {{3, 1}, {4}, {0}, {2}}) {
        MimicResult some = mimic.run(Rows.gather(sources, rows), Rows.gather(targets, rows));
        assertArrayEquals(Rows.gather(all.images(), rows).toFloats(), some.images().toFloats());
        for (int i = 0; i < rows.length; i++) {
          assertEquals(all.pairs().get(rows[i]), some.pairs().get(i));
        }
      }
    }
  }

  @Test
  void costsWhatItSays() {
    try (Scope _ = Scope.open("test")) {
      Tensor sources = pictures(2, 0.3);
      Mimic mimic = new Mimic(teacher, 0.01, 7);
      MimicResult result = mimic.run(sources, pictures(2, 0.3));
      assertEquals(new Passes(10, 7), mimic.cost());
      result.pairs().forEach(pair -> assertEquals(mimic.cost(), pair.passes()));
      assertEquals(20, teacher.passes().get());
    }
  }

  /** A source that is its own target is there from the start, and leaves the batch early. */
  @Test
  void whatMakesNoProgressIsLeftAlone() {
    try (Scope _ = Scope.open("test")) {
      Tensor sources = pictures(1, 0.3);
      MimicResult result = new Mimic(teacher, 0.01, 300).run(sources, sources);
      MimicOutcome pair = result.pairs().getFirst();
      assertTrue(pair.steps() < 150, pair.steps() + " steps");
      assertEquals(pair.passes().forward(), teacher.passes().get());
      assertArrayEquals(sources.toFloats(), result.images().toFloats());
      assertEquals(0, pair.dissimilarity(), 1e-7);
    }
  }

  /** What the judge saw is what comes of the pair, and the others go on as if nobody had looked. */
  @Test
  void whatAJudgeFindsEnoughIsLeftAlone() {
    try (Scope _ = Scope.open("test")) {
      Tensor sources = pictures(3, 0.3);
      Tensor targets = pictures(3, 0.3);
      Mimic mimic = new Mimic(teacher, 0.05, 60);
      MimicResult alone = mimic.run(sources, targets);
      var seen = new ArrayList<List<Integer>>();
      float[][] accepted = new float[1][];
      MimicResult judged =
          mimic
              .until(
                  (images, pairs) -> {
                    seen.add(IntStream.of(pairs).boxed().toList());
                    boolean[] enough = new boolean[pairs.length];
                    for (int i = 0; i < pairs.length; i++) {
                      enough[i] = pairs[i] == 1 && seen.size() == 1;
                      if (enough[i]) {
                        accepted[0] = Rows.toHost(images)[i];
                      }
                    }
                    return enough;
                  })
              .run(sources, targets);
      assertEquals(List.of(List.of(0, 1, 2), List.of(0, 2)), seen, "after 25 steps and after 50");
      assertEquals(24, judged.pairs().get(1).steps());
      assertArrayEquals(accepted[0], Rows.toHost(judged.images())[1]);
      assertTrue(judged.pairs().get(1).distance() > alone.pairs().get(1).distance());
      for (int row : new int[] {0, 2}) {
        assertEquals(alone.pairs().get(row), judged.pairs().get(row));
        assertArrayEquals(Rows.toHost(alone.images())[row], Rows.toHost(judged.images())[row]);
      }
    }
  }

  @Test
  void theUntargetedFormKeepsTheNearestOfItsTargets() {
    try (Scope _ = Scope.open("test")) {
      Tensor sources = pictures(2, 0.3);
      Tensor targets = pictures(6, 0.3);
      Mimic mimic = new Mimic(teacher, 0.02, 12);
      Mimic.Untargeted untargeted = mimic.runUntargeted(sources, targets);
      MimicResult each = mimic.run(Rows.gather(sources, 0, 0, 0, 1, 1, 1), targets);
      for (int row = 0; row < 2; row++) {
        int kept = 3 * row + untargeted.choices()[row];
        MimicOutcome pair = each.pairs().get(kept);
        assertEquals(pair, untargeted.result().pairs().get(row));
        for (int other = 3 * row; other < 3 * row + 3; other++) {
          assertTrue(pair.distance() <= each.pairs().get(other).distance());
        }
        assertArrayEquals(
            Rows.toHost(each.images())[kept], Rows.toHost(untargeted.result().images())[row]);
      }
    }
  }

  /** White and black are where tanh is flat, and rounding leads out of so small a budget. */
  @Test
  void roundingKeepsTheBudgetToo() {
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = i % 24 < 12 ? 1 : 100 / 255f;
    }
    try (Scope _ = Scope.open("test")) {
      Tensor sources = Testing.images(SHAPE, values);
      for (double budget : new double[] {1e-6, 2e-5}) {
        MimicResult result = new Mimic(teacher, budget, 60).run(sources, pictures(1, 0.3));
        assertTrue(result.pairs().getFirst().dissimilarity() <= budget);
        float unlike = StructuralDissimilarity.to(sources).of(result.images()).item();
        assertTrue(unlike <= budget, "dissimilarity " + unlike + " of " + budget);
      }
    }
  }

  @Test
  void noPicturesAreNoWork() {
    try (Scope _ = Scope.open("test")) {
      Tensor none = pictures(1, 0.1).slice(0, 0, 0);
      MimicResult result = new Mimic(teacher, 0.01, 5).run(none, none);
      assertEquals(0, result.pairs().size());
      assertEquals(Shape.of(0, 3, 22, 24), result.images().shape());
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Mimic(teacher, 0, 5));
    assertThrows(IllegalArgumentException.class, () -> new Mimic(teacher, Double.NaN, 5));
    assertThrows(IllegalArgumentException.class, () -> new Mimic(teacher, 0.1, 0));
    Mimic mimic = new Mimic(teacher, 0.1, 5);
    try (Scope _ = Scope.open("test")) {
      Tensor two = pictures(2, 0.1);
      Tensor three = pictures(3, 0.1);
      assertEquals(
          "mimic: sources of shape [2,3,22,24] and targets of shape [3,3,22,24], expected equal ones",
          assertThrows(IllegalArgumentException.class, () -> mimic.run(two, three)).getMessage());
      Tensor small = two.slice(2, 0, 12);
      assertEquals(
          "mimic: pictures of shape [3,12,24], the teacher expects [3,22,24]",
          assertThrows(IllegalArgumentException.class, () -> mimic.run(small, small)).getMessage());
      Features broken =
          new FunctionFeatures(SHAPE, images -> channels(images).multiply(Float.MAX_VALUE));
      assertThrows(
          NonFiniteException.class, () -> new Mimic(broken, 0.1, 5).run(two, pictures(2, 0.1)));
    }
  }
}
