package org.wardlock.defense.differentiators;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.data.Dataset;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** What differentiators learn, and what is held while they do. */
class DifferentiatorTrainerTest {
  private static final Distinction PAIR = new Distinction.Pair(2, 7);
  private static final Recipe QUICK = new Recipe(Tuning.HEAD, 60, 0.05, 4, 3e-3, 8);

  private static Recipe tuning(Tuning tuning) {
    return new Recipe(tuning, 5, QUICK.headRate(), 25, 1e-4, 16);
  }

  private static Dataset of(Dataset pictures, Distinction distinction) {
    return pictures.select(
        IntStream.range(0, pictures.size())
            .filter(index -> distinction.concerns(pictures.label(index)))
            .toArray());
  }

  /** The mean of both sides' accuracies. */
  private static double accuracy(ImageClassifier student, Differentiator made, Dataset pictures) {
    try (Scope _ = Scope.open("accuracy")) {
      Dataset concerned = of(pictures, made.distinction());
      int[] found = made.logits(student, Students.images(concerned)).argMax().toInts();
      int[] right = new int[Distinction.SIDES];
      int[] counts = new int[Distinction.SIDES];
      for (int i = 0; i < found.length; i++) {
        int side = made.distinction().side(concerned.label(i));
        counts[side]++;
        right[side] += found[i] == side ? 1 : 0;
      }
      return ((double) right[0] / counts[0] + (double) right[1] / counts[1]) / 2;
    }
  }

  /** The mean cross-entropy over both sides. */
  private static double loss(ImageClassifier student, Differentiator made, Dataset pictures) {
    try (Scope _ = Scope.open("loss")) {
      Dataset concerned = of(pictures, made.distinction());
      int[] sides =
          IntStream.range(0, concerned.size())
              .map(index -> made.distinction().side(concerned.label(index)))
              .toArray();
      Tensor logits = made.logits(student, Students.images(concerned));
      return logits
          .crossEntropy(Head.targets(Students.DEVICE, sides))
          .multiply(Tensor.of(Students.DEVICE, logits.shape().without(1), Head.weights(sides)))
          .sum()
          .item();
    }
  }

  @Test
  void headsTellTheirSidesApart() {
    Dataset pictures = Students.pictures(80);
    try (ImageClassifier student = Students.of("vit-32-2-h2-p8", 1)) {
      DifferentiatorTrainer trainer = Students.trainer(student, pictures, QUICK);
      var pair = trainer.train(PAIR, 0.5);
      assertEquals(1, pair.accuracy(), "16 pictures in 32 dimensions are separable");
      assertTrue(loss(student, pair.differentiator(), pictures) < 0.5);
      assertEquals(128, pair.differentiator().mask().pruned(), "half of 2 x 4 x 32");
      assertTrue(pair.differentiator().own().names().isEmpty());
      var rest = trainer.train(new Distinction.OneVsRest(4), 0.25);
      assertTrue(rest.accuracy() > 0.7, "both sides weigh the same: " + rest.accuracy());
      assertEquals(64, rest.differentiator().mask().pruned());
      assertFalse(
          trainer
              .train(new Distinction.Pair(0, 1), 0.5)
              .differentiator()
              .mask()
              .equals(pair.differentiator().mask()),
          "other classes use other units");
    }
  }

  @Test
  void whatIsTrainedIsAFunctionOfStudentPicturesAndRecipe() {
    Dataset pictures = Students.pictures(40);
    try (ImageClassifier student = Students.of("vit-16-2-h2-p8", 1)) {
      Differentiator one =
          Students.trainer(student, pictures, QUICK).train(PAIR, 0.5).differentiator();
      var smaller = new Recipe(Tuning.HEAD, QUICK.headSteps(), QUICK.headRate(), 1, 1, 3);
      Differentiator again =
          Students.trainer(student, pictures, smaller).train(PAIR, 0.5).differentiator();
      assertEquals(one.mask(), again.mask());
      assertArrayEquals(one.head().weight(), again.head().weight());
      assertArrayEquals(one.head().bias(), again.head().bias());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "vit-8-2-h2-p8, BIASES",
    "vit-8-2-h2-p8, ALL",
    "vit-8-2-h2-p8-distilled, ALL",
    "convmixer-8-1-k3-p4, BIASES"
  })
  void tuningLowersTheLossAndHoldsTheMask(String name, Tuning tuning) throws WeightsException {
    Dataset pictures = Students.pictures(80);
    try (Scope _ = Scope.open("test");
        ImageClassifier student = Students.of(name, 1)) {
      Differentiator fitted =
          Students.trainer(student, pictures, tuning(Tuning.HEAD))
              .train(PAIR, 0.5)
              .differentiator();
      Differentiator tuned =
          Students.trainer(student, pictures, tuning(tuning)).train(PAIR, 0.5).differentiator();
      assertEquals(fitted.mask(), tuned.mask());
      double before = loss(student, fitted, pictures);
      double after = loss(student, tuned, pictures);
      assertTrue(after < before, after + " after tuning, " + before + " before");
      assertFalse(tuned.own().names().isEmpty());
      for (String last : student.architecture().body().headNames()) {
        assertTrue(tuned.own().names().stream().noneMatch(each -> each.startsWith(last + ".")));
      }
      for (Map.Entry<String, Tensor> factor : tuned.mask().factors(Students.DEVICE).entrySet()) {
        if (tuned.own().names().contains(factor.getKey())) {
          Tensor values = tuned.own().tensor(factor.getKey(), Students.DEVICE);
          assertArrayEquals(
              values.abs().toFloats(),
              values.multiply(factor.getValue()).abs().toFloats(),
              factor.getKey());
        } else {
          assertEquals(Tuning.BIASES, tuning, factor.getKey());
          assertEquals(2, student.weights().shape(factor.getKey()).rank());
        }
      }
    }
  }

  /** At a rate too small to change a bit: what goes into both heads comes out again. */
  @Test
  void aStudentWithTwoHeadsIsTunedByBoth() {
    Dataset pictures = Students.pictures(40);
    try (ImageClassifier student = Students.of("vit-8-2-h2-p8-distilled", 1)) {
      Head fitted =
          Students.trainer(student, pictures, tuning(Tuning.HEAD))
              .train(PAIR, 0.5)
              .differentiator()
              .head();
      var still = new Recipe(Tuning.ALL, 5, QUICK.headRate(), 1, 1e-30, 16);
      Head tuned =
          Students.trainer(student, pictures, still).train(PAIR, 0.5).differentiator().head();
      assertEquals(16, fitted.width(), "class and distillation token");
      assertArrayEquals(fitted.weight(), tuned.weight());
      assertArrayEquals(fitted.bias(), tuned.bias());
    }
  }

  /** From a head that has learnt next to nothing, so that tuning changes what it is right about. */
  @Test
  void theAccuracyIsThatOfWhatWasTuned() {
    Dataset pictures = Students.pictures(80);
    try (ImageClassifier student = Students.of("vit-8-2-h2-p8", 1)) {
      double before = 0;
      for (Tuning tuning : List.of(Tuning.HEAD, Tuning.ALL)) {
        var recipe = new Recipe(tuning, 1, 1e-6, 25, 3e-3, 4);
        var trained = Students.trainer(student, pictures, recipe).train(PAIR, 0.5);
        assertEquals(
            accuracy(student, trained.differentiator(), pictures),
            trained.accuracy(),
            tuning.toString());
        assertTrue(trained.accuracy() > before, trained.accuracy() + ", not above " + before);
        before = trained.accuracy();
      }
    }
  }

  @Test
  void rivalsAreTheClassesTheStudentTakesThemFor() {
    Dataset pictures = Students.pictures(40);
    try (Scope _ = Scope.open("test");
        ImageClassifier student = Students.of("vit-16-2-h2-p8", 1)) {
      StudentSurvey survey = Students.trainer(student, pictures, QUICK).survey();
      double[] sums = new double[10];
      float[] logits = student.logits(Students.images(pictures)).toFloats();
      for (int row = 0; row < pictures.size(); row++) {
        for (int label = 0; pictures.label(row) == 3 && label < 10; label++) {
          sums[label] += logits[row * 10 + label];
        }
      }
      List<Integer> rivals = survey.rivals(3);
      assertEquals(9, rivals.size());
      for (int i = 1; i < 9; i++) {
        assertTrue(sums[rivals.get(i - 1)] >= sums[rivals.get(i)], rivals.toString());
      }
      assertEquals(45, Kind.PAIRWISE.distinctions(survey, Optional.empty()).size());
      assertEquals(10, Kind.ONE_VS_REST.distinctions(survey, Optional.empty()).size());
      List<Distinction> few = Kind.PAIRWISE.distinctions(survey, Optional.of(2));
      assertTrue(few.size() >= 10 && few.size() <= 20, few.toString());
      assertEquals(few.size(), new HashSet<>(few).size());
      assertTrue(few.contains(Distinction.Pair.of(3, rivals.get(1))), few.toString());
    }
  }

  @Test
  void everyClassNeedsPictures() {
    Dataset pictures = Students.pictures(40);
    Dataset without =
        pictures.select(
            IntStream.range(0, 40).filter(index -> pictures.label(index) != 6).toArray());
    try (ImageClassifier student = Students.of("vit-16-2-h2-p8", 1)) {
      var refusal =
          assertThrows(
              IllegalArgumentException.class, () -> Students.trainer(student, without, QUICK));
      assertTrue(refusal.getMessage().startsWith("class 6:"), refusal.getMessage());
    }
    try (ImageClassifier few =
        Students.of(Students.architecture("vit-16-2-h2-p8").withClasses(9), 1)) {
      var refusal =
          assertThrows(
              IllegalArgumentException.class, () -> Students.trainer(few, pictures, QUICK));
      assertTrue(
          refusal.getMessage().contains("of class 9, expected 0 to 8"), refusal.getMessage());
    }
  }

  @Test
  void namesAndWordsAreReadAsTheyAreWritten() {
    for (Distinction each : List.of(PAIR, new Distinction.OneVsRest(11))) {
      assertEquals(each, Distinction.parse(each.name()));
    }
    for (String wrong :
        List.of("", "3", "3-", "-1-2", "7-2", "2-2", "rest-2", "2-rest2", "1-2-3")) {
      assertThrows(IllegalArgumentException.class, () -> Distinction.parse(wrong), wrong);
    }
    Arrays.stream(Kind.values()).forEach(kind -> assertEquals(kind, Kind.parse(kind.toString())));
    Arrays.stream(Vote.values()).forEach(vote -> assertEquals(vote, Vote.parse(vote.toString())));
    Arrays.stream(Tuning.values())
        .forEach(tuning -> assertEquals(tuning, Tuning.parse(tuning.toString())));
    assertThrows(IllegalArgumentException.class, () -> Kind.parse("PAIRWISE"));
    assertThrows(IllegalArgumentException.class, () -> Vote.parse("some"));
    assertThrows(IllegalArgumentException.class, () -> Tuning.parse("body"));
    assertThrows(IllegalArgumentException.class, () -> new Validation(0, Vote.ALL));
    assertThrows(IllegalArgumentException.class, () -> new Recipe(Tuning.HEAD, 0, 0.1, 1, 0.1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new Recipe(Tuning.HEAD, 1, Double.NaN, 1, 0.1, 1));
  }
}
