package org.wardlock.data.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.data.Dataset;
import org.wardlock.data.Hashing;
import org.wardlock.data.PictureShape;
import org.wardlock.data.Split;

class ShapesDatasetTest {
  private static final int CLASSES = 10;

  private static Dataset open(Split split) {
    return DataSource.parse("shapes").open(split);
  }

  private static byte[] planes(Dataset dataset, int index) {
    byte[] planes = new byte[dataset.shape().orElseThrow().values()];
    dataset.copyPixels(index, planes, 0);
    return planes;
  }

  @Test
  void classesTakeTurns() {
    Dataset dataset = open(Split.TRAIN);
    assertEquals(10_000, dataset.size());
    assertEquals(2_000, open(Split.VAL).size());
    assertEquals(2_000, open(Split.TEST).size());
    assertEquals(Optional.of(new PictureShape(3, 32, 32)), dataset.shape());
    assertEquals(10, dataset.classes().size());
    assertEquals("disc", dataset.classes().getFirst());
    assertEquals(7, dataset.label(1237));
  }

  @Test
  void aPictureIsTheSameWheneverItIsDrawn() {
    Dataset dataset = open(Split.TRAIN);
    assertArrayEquals(planes(dataset, 77), planes(dataset, 77));
    assertArrayEquals(planes(dataset, 77), planes(open(Split.TRAIN), 77));
    assertEquals(dataset.picture(77), open(Split.TRAIN).picture(77));
    assertFalse(Arrays.equals(planes(dataset, 77), planes(dataset, 87)));
    assertFalse(Arrays.equals(planes(dataset, 77), planes(open(Split.VAL), 77)));
    assertFalse(Arrays.equals(planes(open(Split.TEST), 77), planes(open(Split.VAL), 77)));
  }

  @Test
  void sizesAndSplitsHaveIdentitiesOfTheirOwn() {
    assertEquals(open(Split.VAL).identity(), open(Split.VAL).identity());
    assertNotEquals(open(Split.VAL).identity(), open(Split.TEST).identity());
    assertNotEquals(
        open(Split.VAL).identity(), DataSource.parse("shapes:48").open(Split.VAL).identity());
  }

  /** A change of this hash is a change of the data set: raise its version with it. */
  @Test
  void theBytesAreEqualOnEveryMachine() {
    Hashing hashing = new Hashing();
    for (int size : new int[] {32, 57}) {
      Dataset dataset = DataSource.parse("shapes:" + size).open(Split.TRAIN);
      for (int index = 0; index < 500; index++) {
        hashing.add(planes(dataset, index));
      }
    }
    assertEquals(
        "65b154edb70bafe25e2e5d53ecc7a76d20825a5c7bf31267b4a34b1389ecabdf", hashing.finish());
  }

  /** Softmax regression on the pixels of all pictures, until new ones no longer gain by it. */
  @Test
  void aLinearModelStaysBelowSixtyPercent() {
    byte[][] train = pictures(Split.TRAIN);
    byte[][] val = pictures(Split.VAL);
    var model = new SoftmaxRegression(3 * 32 * 32, CLASSES);
    double best = 0;
    for (int epoch = 0, since = 0; since < 3; epoch++, since++) {
      for (int index = 0; index < train.length; index++) {
        model.train(train[index], index % CLASSES, 0.001f / (1 + epoch));
      }
      double accuracy = accuracy(model, val);
      if (accuracy > best) {
        best = accuracy;
        since = 0;
      }
    }
    double seen = accuracy(model, train);
    assertTrue(seen > 0.2, "it should have learnt something: " + seen);
    assertTrue(best < 0.6, "accuracy on new pictures: " + best);
  }

  private static byte[][] pictures(Split split) {
    Dataset dataset = open(split);
    return IntStream.range(0, dataset.size())
        .mapToObj(index -> planes(dataset, index))
        .toArray(byte[][]::new);
  }

  /** Of pictures whose classes take turns. */
  private static double accuracy(SoftmaxRegression model, byte[]... pictures) {
    long right =
        IntStream.range(0, pictures.length)
            .filter(index -> model.predict(pictures[index]) == index % CLASSES)
            .count();
    return right / (double) pictures.length;
  }
}
