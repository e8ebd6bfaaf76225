package org.wardlock.attacks.extraction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Testing;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.tensor.Scope;

class StolenPicturesTest {
  private static final Dataset POOL = Theft.pool(40);

  /** Class 0 for the first 20 pictures asked about, 2 for the next 9, 3 for the last one. */
  private static StolenPictures stolen() {
    int[] indices = IntStream.range(0, 30).map(i -> 39 - i).toArray();
    float[][] answers = new float[30][4];
    for (int i = 0; i < 30; i++) {
      answers[i][i < 20 ? 0 : i < 29 ? 2 : 3] = 1;
    }
    return StolenPictures.of(POOL, indices, answers);
  }

  @Test
  void theServiceSaysTheLabels() {
    StolenPictures stolen = stolen();
    assertArrayEquals(new int[] {20, 0, 9, 1}, stolen.perClass());
    assertEquals(4, stolen.classes().size());
    for (int i = 0; i < 30; i++) {
      assertEquals(POOL.id(39 - i), stolen.id(i));
      assertArrayEquals(POOL.picture(39 - i).rgb(), stolen.picture(i).rgb());
    }
  }

  @Test
  void balancedMeansEquallyManyOfEachClassThatWasNamed() {
    StolenPictures balanced = stolen().balanced(1);
    assertArrayEquals(new int[] {10, 0, 10, 10}, balanced.perClass());
    Set<String> rare = new HashSet<>();
    Set<String> frequent = new HashSet<>();
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < balanced.size(); i++) {
      ids.add(balanced.id(i));
      if (balanced.label(i) == 0) {
        frequent.add(balanced.name(i));
      } else if (balanced.label(i) == 2) {
        rare.add(balanced.name(i));
      }
    }
    assertEquals(10, frequent.size(), "no picture twice while there are others");
    assertEquals(9, rare.size(), "all pictures of a class that has too few");
    assertEquals(30, ids.size(), "chance treats each copy of a picture in its own way");
    assertEquals(balanced.identity(), stolen().balanced(1).identity());
    assertNotEquals(balanced.identity(), stolen().balanced(2).identity());
  }

  @Test
  void targetsAreTheAnswersWhateverTheOrder() {
    int[] indices = {3, 1, 2};
    float[][] answers = {{0.5f, 0.25f, 0.25f}, {0, 1, 0}, {0.25f, 0.5f, 0.25f}};
    StolenPictures stolen = StolenPictures.of(POOL, indices, answers);
    BatchLoader loader = BatchLoader.builder(stolen).batchSize(3).shuffle(true).seed(9).build();
    try (Scope _ = Scope.open("test");
        BatchStream batches = loader.epoch(0)) {
      Batch batch = batches.next();
      float[][] targets = Rows.toHost(stolen.of(Testing.device(), batch));
      for (int row = 0; row < 3; row++) {
        long id = batch.ids()[row];
        int found = IntStream.range(0, 3).filter(i -> stolen.id(i) == id).findFirst().orElseThrow();
        assertArrayEquals(answers[found], targets[row]);
        assertEquals(Theft.best(answers[found]), batch.labels()[row]);
      }
    }
  }

  @Test
  void identityTellsAnswersApart() {
    int[] indices = {3, 1};
    float[][] one = {{0.5f, 0.5f}, {0, 1}};
    float[][] other = {{0.5f, 0.5f}, {1, 0}};
    assertNotEquals(
        StolenPictures.of(POOL, indices, one).identity(),
        StolenPictures.of(POOL, indices, other).identity());
    assertEquals(2, StolenPictures.of(POOL, indices, one).identity().count());
  }

  @Test
  void nothingCannotBeLearntFrom() {
    var problem =
        assertThrows(
            IllegalArgumentException.class,
            () -> StolenPictures.of(POOL, new int[0], new float[0][]));
    assertTrue(problem.getMessage().contains("answered nothing"), problem.getMessage());
  }

  @Test
  void groupsAreThePoolsClassesOrLikePictures() {
    int[] groups = PictureGroups.of(POOL, Theft.COPY, 1);
    for (int i = 0; i < POOL.size(); i++) {
      for (int j = 0; j < POOL.size(); j++) {
        assertEquals(POOL.label(i) == POOL.label(j), groups[i] == groups[j]);
      }
    }
    // two figures in many copies, told apart by nothing but their pixels
    int[] indices = new int[200];
    Arrays.setAll(indices, i -> i % 2 == 0 ? 4 : 11);
    float[][] answers = new float[200][2];
    for (float[] answer : answers) {
      answer[0] = 1;
    }
    int[] alike = PictureGroups.of(StolenPictures.of(POOL, indices, answers), Theft.COPY, 1);
    for (int i = 2; i < alike.length; i++) {
      assertEquals(alike[i % 2], alike[i]);
    }
    assertNotEquals(alike[0], alike[1]);
  }

  @Test
  void aBanditComesToPreferWhatPays() {
    GroupBandit bandit = new GroupBandit(3);
    boolean[] open = {true, true, true};
    assertArrayEquals(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, bandit.policy(open), 1e-12);
    for (int i = 0; i < 300; i++) {
      double[] policy = bandit.policy(open);
      bandit.learn(i % 3, i % 3 == 1 ? 1 : 0, policy);
    }
    double[] policy = bandit.policy(open);
    assertTrue(policy[1] > 0.5, Arrays.toString(policy));
    double[] without = bandit.policy(true, false, true);
    assertEquals(0, without[1]);
    assertEquals(1, without[0] + without[2], 1e-12);
  }

  @Test
  void rewardsLieBetweenNothingAndOne() {
    QueryRewards rewards = new QueryRewards();
    float[] flat = {0.25f, 0.25f, 0.25f, 0.25f};
    float[] sure = {1, 0, 0, 0};
    assertEquals(0.5, rewards.of(flat, flat), 1e-12);
    assertEquals(1.0, rewards.of(sure, 0.1f, 0.3f, 0.3f, 0.3f), 1e-6, "sure, new and unforeseen");
    double again = rewards.of(sure, sure);
    assertTrue(again >= 0 && again < 0.9, "sure, but known: " + again);
  }

  @Test
  void choicesByWeightTakeTheRoomTheyHave() {
    assertEquals(0, Chances.draw(0.0, 1, 1, 2));
    assertEquals(1, Chances.draw(0.25, 1, 1, 2));
    assertEquals(2, Chances.draw(0.99, 1, 1, 2));
    assertEquals(1, Chances.draw(0.999999, 1, 1, 0));
    assertEquals(1, Chances.draw(0.5, 0, 0));
  }
}
