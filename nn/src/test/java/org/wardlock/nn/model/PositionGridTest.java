package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Shared;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Positions that were learnt for pictures of one size, made to serve another. */
class PositionGridTest {
  private final Device device = Shared.device();
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** Two numbers a place: what a function of row and column gives, and 5; the class token is 7. */
  private Weights grid(int side, double slope) {
    float[] values = new float[2 + side * side * 2];
    Arrays.fill(values, 0, 2, 7);
    for (int place = 0; place < side * side; place++) {
      // the middle of a patch, in parts of the picture
      double row = (place / side + 0.5) / side;
      double column = (place % side + 0.5) / side;
      values[2 + 2 * place] = (float) (slope * row - 2 * column);
      values[3 + 2 * place] = 5;
    }
    Shape shape = Shape.of(1, 1 + side * side, 2);
    return Weights.of("grid", Map.of(PositionGrid.NAME, Tensor.of(device, shape, values)));
  }

  private float[] positions(Weights weights) throws WeightsException {
    return weights.tensor(PositionGrid.NAME, device).toFloats();
  }

  @Test
  void aPlaneStaysAPlaneAwayFromTheEdge() throws WeightsException {
    for (int[] sides : new int[][] {{14, 7}, {12, 4}, {7, 14}, {8, 24}}) {
      Weights resampled = PositionGrid.resampled(grid(sides[0], 3), 1, sides[1]);
      float[] found = positions(resampled);
      float[] expected = positions(grid(sides[1], 3));
      assertEquals(Shape.of(1, 1 + sides[1] * sides[1], 2), resampled.shape(PositionGrid.NAME));
      assertEquals(expected.length, found.length);
      int edge = Math.ceilDiv(2 * sides[1], Math.min(sides[0], sides[1]));
      for (int i = 0; i < found.length; i++) {
        int place = (i - 2) / 2;
        boolean inside =
            Math.min(place / sides[1], place % sides[1]) >= edge
                && Math.max(place / sides[1], place % sides[1]) < sides[1] - edge;
        boolean constant = i < 2 || i % 2 == 1;
        if (inside || constant) {
          assertEquals(expected[i], found[i], 1e-5, Arrays.toString(sides) + " at " + i);
        }
      }
    }
  }

  /** The grid is the same whatever stands before it, and what stands there stays. */
  @Test
  void whatStandsBeforeTheGridIsKept() throws WeightsException {
    float[] one = positions(PositionGrid.resampled(grid(6, 3), 1, 9));
    float[] six = positions(grid(6, 3));
    for (int prefix : new int[] {0, 2}) {
      float[] stored = new float[2 * prefix + 72];
      Arrays.fill(stored, 0, 2 * prefix, 4);
      System.arraycopy(six, 2, stored, 2 * prefix, 72);
      Tensor tensor = Tensor.of(device, Shape.of(1, prefix + 36, 2), stored);
      Weights weights = Weights.of("grid", Map.of(PositionGrid.NAME, tensor));
      Weights resampled = PositionGrid.resampled(weights, prefix, 9);
      float[] expected = new float[2 * prefix + 162];
      Arrays.fill(expected, 0, 2 * prefix, 4);
      System.arraycopy(one, 2, expected, 2 * prefix, 162);
      assertEquals(Shape.of(1, prefix + 81, 2), resampled.shape(PositionGrid.NAME));
      assertArrayEquals(expected, positions(resampled));
    }
  }

  /** At half the size the filter spans eight places; at the edge four of them are left. */
  @Test
  void theFilterAtAnEdgeIsCutAndNormalised() throws WeightsException {
    float[] values = new float[1 + 16];
    for (int place = 0; place < 16; place++) {
      values[1 + place] = place % 4 == 0 ? 1 : 0;
    }
    Weights line =
        Weights.of(
            "line", Map.of(PositionGrid.NAME, Tensor.of(device, Shape.of(1, 17, 1), values)));
    double near = 0.8671875;
    double sum = 2 * near + 0.2265625 - 0.0703125;
    float left = (float) (near / sum);
    float right = (float) (-0.0703125 / sum);
    assertArrayEquals(
        new float[] {0, left, right, left, right},
        positions(PositionGrid.resampled(line, 1, 2)),
        1e-6f);
  }

  @Test
  void whatFitsOrIsNoGridIsLeftAlone() throws WeightsException {
    Weights fitting = grid(4, 1);
    assertSame(fitting, PositionGrid.resampled(fitting, 1, 4));
    Weights without = Weights.of("none", Map.of());
    assertSame(without, PositionGrid.resampled(without, 1, 4));
    Weights oblong =
        Weights.of(
            "oblong", Map.of(PositionGrid.NAME, Tensor.zeros(device, Shape.of(1, 1 + 15, 2))));
    assertSame(oblong, PositionGrid.resampled(oblong, 1, 4));
    assertSame(fitting, PositionGrid.resampled(fitting, 0, 2), "17 rows are no square");
    assertSame(fitting, PositionGrid.resampled(fitting, 2, 2), "nor are 15");
  }

  @Test
  void aTransformerServesPicturesOfAnotherSize() throws IOException {
    Architecture small = Architecture.named("vit-16-1-h2-p8").withImageSize(32).withClasses(3);
    Map<String, Tensor> state =
        new HashMap<>(Network.initial(small, device, 1).parameters().state(device));
    Weights weights = Weights.of("small", state);
    Network large = Network.load(small.withImageSize(48), device, weights);
    Tensor images = Tensor.zeros(device, Shape.of(2, 3, 48, 48));
    assertEquals(Shape.of(2, 3), large.logits(images, Pass.EVALUATION).shape());
    state.put(PositionGrid.NAME, Tensor.zeros(device, Shape.of(1, 16, 16)));
    assertThrows(
        WeightsException.class,
        () -> Network.load(small.withImageSize(48), device, Weights.of("oblong", state)));
  }
}
