package org.wardlock.defense.differentiators;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.data.Dataset;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/** Two phases: who is asked, how they vote, and that an attacker's view says the same. */
class ValidatedClassifierTest {
  private static final int CLASSES = 10;
  private static final Dataset PICTURES = Students.pictures(40);
  private static ImageClassifier student;
  private static final List<DifferentiatorSet> SETS = new ArrayList<>();

  @BeforeAll
  static void train() {
    student = Students.of("vit-16-1-h2-p8", 1);
    var recipe = new Recipe(Tuning.HEAD, 5, 0.05, 1, 1, 40);
    DifferentiatorTrainer trainer = Students.trainer(student, PICTURES, recipe);
    for (Kind kind : Kind.values()) {
      List<DifferentiatorTrainer.Trained> trained =
          kind.distinctions(trainer.survey(), Optional.empty()).stream()
              .map(distinction -> trainer.train(distinction, 0.5))
              .toList();
      SETS.add(DifferentiatorSet.of(kind, CLASSES, trained));
    }
  }

  @AfterAll
  static void close() {
    student.close();
    SETS.forEach(DifferentiatorSet::close);
  }

  private static DifferentiatorSet set(Kind kind) {
    return SETS.get(kind.ordinal());
  }

  /** By the words of the documentation, picture by picture. */
  private static Verdict expected(Kind kind, Tensor picture, int asked) {
    float[] logits = student.logits(picture).toFloats();
    List<Integer> order =
        IntStream.range(0, CLASSES)
            .boxed()
            .sorted(Comparator.comparingDouble(label -> -logits[label]))
            .toList();
    int named = order.getFirst();
    var margins = new ArrayList<Float>();
    for (int place = 0; place < Math.min(asked, kind == Kind.PAIRWISE ? 9 : 10); place++) {
      Distinction distinction =
          kind == Kind.PAIRWISE
              ? Distinction.Pair.of(named, order.get(place + 1))
              : new Distinction.OneVsRest(order.get(place));
      float[] sides = set(kind).get(distinction).logits(student, picture).toFloats();
      int side = distinction.side(named);
      margins.add(sides[side] - sides[1 - side]);
    }
    return new Verdict(named, margins);
  }

  @ParameterizedTest
  @EnumSource
  void theRunnersUpDecideWhoIsAsked(Kind kind) {
    for (int asked : new int[] {1, 5, 20}) {
      try (Scope _ = Scope.open("test")) {
        Tensor images = Students.images(PICTURES);
        var validated =
            new ValidatedClassifier(student, set(kind), new Validation(asked, Vote.ALL));
        List<Verdict> found = validated.judge(images);
        for (int row = 0; row < found.size(); row++) {
          assertEquals(
              expected(kind, images.slice(0, row, row + 1), asked), found.get(row), "row " + row);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theViewSaysWhatIsJudgedWhateverTheBatch(Kind kind) {
    int rejected = 0;
    int accepted = 0;
    for (Vote vote : Vote.values()) {
      try (Scope _ = Scope.open("test")) {
        var validation = new Validation(5, vote);
        var validated = new ValidatedClassifier(student, set(kind), validation);
        assertEquals(CLASSES + 1, validated.classes());
        Tensor images = Students.images(PICTURES);
        Tensor logits = validated.logits(images);
        int[] said = logits.argMax().toInts();
        List<Verdict> verdicts = validated.judge(images);
        for (int row = 0; row < said.length; row++) {
          Verdict verdict = verdicts.get(row);
          boolean isAccepted = verdict.isAccepted(validation);
          assertEquals(
              isAccepted ? verdict.named() : validated.rejected().orElseThrow(), said[row]);
          rejected += isAccepted ? 0 : 1;
          accepted += isAccepted ? 1 : 0;
        }
        assertArrayEquals(
            logits.slice(0, 7, 8).toFloats(), validated.logits(images.slice(0, 7, 8)).toFloats());
        assertArrayEquals(
            student.logits(images).toFloats(), logits.slice(1, 0, CLASSES).toFloats());
      }
    }
    assertTrue(rejected > 0 && accepted > 0, rejected + " rejected, " + accepted + " accepted");
  }

  /** Who has the differentiators expects to be asked about a picture's own class. */
  @ParameterizedTest
  @EnumSource
  void theNetworksOfAPictureHaveTheOneThatTellsItFromARival(Kind kind) {
    try (Scope _ = Scope.open("test")) {
      Tensor picture = Students.images(PICTURES).slice(0, 3, 4);
      float[] logits = student.logits(picture).toFloats();
      int[] order =
          IntStream.range(0, CLASSES)
              .boxed()
              .sorted(Comparator.comparingDouble(label -> -logits[label]))
              .mapToInt(Integer::intValue)
              .toArray();
      var validated = new ValidatedClassifier(student, set(kind), new Validation(2, Vote.ALL));
      List<Distinction> both =
          kind == Kind.PAIRWISE
              ? List.of(
                  Distinction.Pair.of(order[0], order[1]), Distinction.Pair.of(order[0], order[2]))
              : List.of(new Distinction.OneVsRest(order[0]), new Distinction.OneVsRest(order[1]));
      Distinction last =
          kind == Kind.PAIRWISE
              ? Distinction.Pair.of(order[0], order[CLASSES - 1])
              : new Distinction.OneVsRest(order[CLASSES - 1]);
      requireNetworks(kind, both, validated.networks(picture, order[1]), picture);
      requireNetworks(
          kind,
          List.of(both.get(0), both.get(1), last),
          validated.networks(picture, order[CLASSES - 1]),
          picture);
    }
  }

  private static void requireNetworks(
      Kind kind, List<Distinction> expected, List<ImageClassifier> found, Tensor picture) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < found.size(); i++) {
      try (ImageClassifier network = found.get(i);
          ImageClassifier wanted = set(kind).get(expected.get(i)).network(student)) {
        assertArrayEquals(
            wanted.embedding(picture).toFloats(), network.embedding(picture).toFloats());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAreTrue(Kind kind) {
    for (Vote vote : Vote.values()) {
      try (Scope _ = Scope.open("test")) {
        var validated = new ValidatedClassifier(student, set(kind), new Validation(5, vote));
        Tensor images = Students.images(PICTURES).slice(0, 0, 8).contiguous();
        int values = 3 * Students.SIZE * Students.SIZE;
        Tensor streams = Tensor.ofLongs(Students.DEVICE, Shape.of(8), 1, 2, 3, 4, 5, 6, 7, 8);
        Tensor direction =
            Tensor.random(Distribution.NORMAL, 3, 1, streams, values)
                .reshape(images.shape().toArray());
        Tensor leaf = images.detach().requiresGrad();
        Tensor rejection = validated.logits(leaf).slice(1, CLASSES, CLASSES + 1);
        Tensor gradient = rejection.sum().backward().of(leaf);
        float[] found = gradient.multiply(direction).sum(1, 2, 3).toFloats();
        float step = 1e-3f;
        float[] ahead = rejection(validated, images.add(direction.multiply(step)));
        float[] behind = rejection(validated, images.add(direction.multiply(-step)));
        for (int row = 0; row < found.length; row++) {
          double slope = (ahead[row] - behind[row]) / (2.0 * step);
          assertEquals(slope, found[row], 0.02 * Math.abs(slope) + 2e-3, kind + " row " + row);
        }
      }
    }
  }

  private static float[] rejection(ValidatedClassifier validated, Tensor images) {
    return validated.logits(images).slice(1, CLASSES, CLASSES + 1).toFloats();
  }

  @Test
  void votes() {
    var verdict = new Verdict(3, List.of(0.5f, -0.25f, 0f, -2f, 1f));
    assertEquals(3, verdict.agreeing(5), "0 agrees");
    assertTrue(verdict.isAccepted(new Validation(5, Vote.MAJORITY)));
    assertTrue(!verdict.isAccepted(new Validation(5, Vote.ALL)));
    assertTrue(verdict.isAccepted(new Validation(1, Vote.ALL)));
    assertTrue(!verdict.isAccepted(new Validation(2, Vote.MAJORITY)), "half is no majority");
    assertTrue(verdict.isAccepted(new Validation(9, Vote.MAJORITY)), "those who were asked count");
    assertArrayEquals(
        new float[] {0, 0.5f, 0, 0.5f, 0}, verdict.shares(new Validation(5, Vote.ALL)));
    assertArrayEquals(
        new float[] {0, 0, 1, 0, 0}, verdict.shares(new Validation(5, Vote.MAJORITY)));
  }

  @Test
  void aSetMustCoverEveryClassOfItsStudent() {
    var trainer = Students.trainer(student, PICTURES, new Recipe(Tuning.HEAD, 1, 0.1, 1, 1, 40));
    var one = trainer.train(new Distinction.Pair(0, 1), 0);
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> DifferentiatorSet.of(Kind.PAIRWISE, 3, List.of(one)));
    assertTrue(refusal.getMessage().contains("class 2 of 3"), refusal.getMessage());
    DifferentiatorSet two = DifferentiatorSet.of(Kind.PAIRWISE, 2, List.of(one));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ValidatedClassifier(student, two, new Validation(1, Vote.ALL)));
  }
}
