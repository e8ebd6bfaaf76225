package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Choices by chance, votes, and gradients given the choice, on members whose answers are known. */
class RandomEnsembleTest {
  private static final Shape PICTURE = Shape.of(1, 2, 3);
  private static final int SIZE = 6;
  private static final int CLASSES = 5;

  private final List<LinearClassifier> members =
      List.of(member(1), member(2), member(3), member(4));

  private static LinearClassifier member(long seed) {
    return new LinearClassifier(PICTURE, seed);
  }

  private static Tensor pictures(int count, long seed) {
    return Tensor.of(
        TestDevice.get(), Shape.of(count, 1, 2, 3), Pictures.random(seed, count * SIZE, 255));
  }

  private static float[] row(float[] values, int row) {
    return Arrays.copyOfRange(values, row * CLASSES, (row + 1) * CLASSES);
  }

  /** The numbers that a test wants to be drawn, one after another. */
  private static IntUnaryOperator drawing(int... numbers) {
    int[] next = {0};
    return bound -> {
      int number = numbers[next[0]++ % numbers.length];
      assertTrue(number < bound, "drawn " + number + " of " + bound);
      return number;
    };
  }

  @Test
  void eachPictureIsAnsweredByTheMemberThatChanceChose() {
    try (Scope _ = Scope.open("test")) {
      Tensor images = pictures(5, 7);
      int[] drawn = {2, 0, 3, 1, 0};
      RandomEnsemble ensemble = RandomEnsemble.of(members, Voting.ONE, drawing(drawn));
      float[] found = ensemble.logits(images).toFloats();
      for (int picture = 0; picture < 5; picture++) {
        float[] expected = members.get(drawn[picture]).logits(images).toFloats();
        assertArrayEquals(row(expected, picture), row(found, picture), "picture " + picture);
      }
    }
  }

  @Test
  void gradientsGivenTheChoiceAreThoseOfTheChosenMember() {
    try (Scope _ = Scope.open("test")) {
      Tensor images = pictures(2, 3).requiresGrad();
      RandomEnsemble ensemble = RandomEnsemble.of(members, Voting.ONE, drawing(3, 1));
      float[] upstream = Pictures.random(5, 2 * CLASSES, 99);
      Tensor seed = Tensor.of(TestDevice.get(), Shape.of(2, CLASSES), upstream);
      float[] gradient = ensemble.logits(images).backward(seed).of(images).toFloats();
      for (int picture = 0; picture < 2; picture++) {
        LinearClassifier chosen = members.get(picture == 0 ? 3 : 1);
        for (int pixel = 0; pixel < SIZE; pixel++) {
          float expected = 0;
          for (int label = 0; label < CLASSES; label++) {
            expected += upstream[picture * CLASSES + label] * chosen.weight(label, pixel);
          }
          assertEquals(expected, gradient[picture * SIZE + pixel], 1e-5f);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void votesAreCountedAsTheRuleSays(Voting.Rule rule) {
    try (Scope _ = Scope.open("test")) {
      Tensor images = pictures(6, 9);
      RandomEnsemble all = RandomEnsemble.of(members, new Voting(4, rule), new Random(1)::nextInt);
      float[] found = all.logits(images).toFloats();
      var votes = new double[6 * CLASSES];
      var mean = new double[6 * CLASSES];
      for (LinearClassifier member : members) {
        Tensor logits = member.logits(images);
        float[] shares = logits.softmax().toFloats();
        int[] labels = logits.argMax().toInts();
        for (int i = 0; i < mean.length; i++) {
          mean[i] += shares[i] / 4;
          votes[i] += labels[i / CLASSES] == i % CLASSES ? 1 : 0;
        }
      }
      for (int i = 0; i < mean.length; i++) {
        double expected = rule == Voting.Rule.MEAN ? Math.log(mean[i]) : votes[i] + mean[i];
        assertEquals(expected, found[i], 1e-4);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfVotesAreTheDifferencesThatPicturesMake(Voting.Rule rule) {
    Voting voting = new Voting(3, rule);
    float[] at = Pictures.random(4, SIZE, 255);
    float[] along = Pictures.random(5, SIZE, 255);
    try (Scope _ = Scope.open("test")) {
      Tensor images = picture(at, along, 0).requiresGrad();
      Tensor logits = RandomEnsemble.of(members, voting, drawing(1, 0, 1)).logits(images);
      float[] upstream = {0.5f, -1, 2, 0.25f, 1};
      Tensor seed = Tensor.of(TestDevice.get(), Shape.of(1, CLASSES), upstream);
      float[] gradient = logits.backward(seed).of(images).toFloats();
      double found = 0;
      for (int i = 0; i < SIZE; i++) {
        found += gradient[i] * along[i];
      }
      float step = 1e-2f;
      double expected = 0;
      float[] ahead = given(voting, picture(at, along, step));
      float[] behind = given(voting, picture(at, along, -step));
      for (int label = 0; label < CLASSES; label++) {
        expected += upstream[label] * (ahead[label] - behind[label]) / (2 * step);
      }
      assertEquals(expected, found, 2e-2 * Math.max(1, Math.abs(expected)));
    }
  }

  private float[] given(Voting voting, Tensor image) {
    return RandomEnsemble.of(members, voting, drawing(1, 0, 1)).logits(image).toFloats();
  }

  private static Tensor picture(float[] at, float[] along, float step) {
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = at[i] + step * along[i];
    }
    return Tensor.of(TestDevice.get(), Shape.of(1, 1, 2, 3), values);
  }

  @Test
  void allSetsOfMembersAreEquallyLikely() {
    int pictures = 6_000;
    try (Scope _ = Scope.open("test")) {
      // each member says its own number, by a class that no other has
      var speakers = new ArrayList<Classifier>();
      for (int number = 0; number < 4; number++) {
        speakers.add(new Speaker(number));
      }
      var voting = new Voting(2, Voting.Rule.MAJORITY);
      RandomEnsemble ensemble = RandomEnsemble.of(speakers, voting, new Random(5)::nextInt);
      float[] said = ensemble.logits(pictures(pictures, 1)).toFloats();
      int[] counts = new int[16];
      for (int picture = 0; picture < pictures; picture++) {
        int set = 0;
        for (int number = 0; number < 4; number++) {
          set |= said[picture * CLASSES + number] >= 1 ? 1 << number : 0;
        }
        assertEquals(2, Integer.bitCount(set));
        counts[set]++;
      }
      double chiSquare = 0;
      for (int set = 0; set < 16; set++) {
        if (Integer.bitCount(set) == 2) {
          chiSquare += Math.pow(counts[set] - 1000, 2) / 1000;
        }
      }
      // five degrees of freedom: above 20.5 once in a thousand
      assertTrue(chiSquare < 20.5, "chi-square " + chiSquare);
    }
  }

  /** Takes every picture for one class. */
  private record Speaker(int number) implements Classifier {
    @Override
    public org.wardlock.tensor.Device device() {
      return TestDevice.get();
    }

    @Override
    public Shape imageShape() {
      return PICTURE;
    }

    @Override
    public int classes() {
      return CLASSES;
    }

    @Override
    public Tensor logits(Tensor images) {
      int[] labels = new int[images.shape().extent(0)];
      Arrays.fill(labels, number);
      return Tensor.ofInts(TestDevice.get(), Shape.of(labels.length), labels).oneHot(CLASSES, 3, 0);
    }
  }

  @Test
  void answersVaryUnlessAllAreAsked() {
    assertFalse(RandomEnsemble.of(members, Voting.ONE).isDeterministic());
    var all = new Voting(4, Voting.Rule.MEAN);
    assertTrue(RandomEnsemble.of(members, all).isDeterministic());
    assertTrue(RandomEnsemble.of(members, Voting.ONE).isDifferentiable());
    try (Scope _ = Scope.open("test")) {
      Tensor images = pictures(40, 2);
      RandomEnsemble ensemble = RandomEnsemble.of(members, Voting.ONE);
      // equal choices for forty pictures twice: once in 4^40
      assertFalse(
          Arrays.equals(ensemble.logits(images).toFloats(), ensemble.logits(images).toFloats()));
    }
  }

  @Test
  void membersMustBeOfOneKindAndEnough() {
    refused("no more than there are", members, new Voting(5, Voting.Rule.MEAN));
    List<Classifier> mixed =
        List.of(members.getFirst(), new LinearClassifier(Shape.of(1, 3, 2), 1));
    refused("expected one kind", mixed, Voting.ONE);
    assertThrows(IllegalArgumentException.class, () -> new Voting(0, Voting.Rule.MEAN));
  }

  private static void refused(String reason, List<? extends Classifier> members, Voting voting) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> RandomEnsemble.of(members, voting))
            .getMessage();
    assertTrue(message.contains(reason), message);
  }
}
