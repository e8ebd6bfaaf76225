package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Random numbers: the same bits on every device. */
interface RandomContract extends ContractFamily {
  long SEED = 0x0123456789ABCDEFL;
  long[] STREAMS = {0, 1, -1, 0x123456789L, Long.MIN_VALUE, 42};

  /** The block of counter 0 and key 0 that the authors of Philox publish. */
  @Test
  default void theFirstUniformNumbersAreThePublishedOnes() {
    try (var workspace = new Workspace(backend())) {
      Operand out = workspace.output(Shape.of(1, 4));
      backend().random(Distribution.UNIFORM, 0, 0, workspace.putLongs(vector(1, 1), 0), out);
      int[] words = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
      assertEquals(Values.of(Shape.of(1, 4), i -> (words[i] >>> 8) * 0x1p-24), workspace.get(out));
    }
  }

  @Test
  default void uniformNumbersHaveTheBitsOfTheModel() {
    for (int columns : new int[] {0, 1, 3, 4, 5, 37, 1003}) {
      try (var workspace = new Workspace(backend())) {
        Operand streams = workspace.putLongs(vector(STREAMS.length, 1), STREAMS);
        Operand out = workspace.output(Shape.of(STREAMS.length, columns));
        backend().random(Distribution.UNIFORM, SEED, 7, streams, out);
        assertEquals(
            Values.of(
                out.shape(), i -> new Philox(SEED, 7, STREAMS[i / columns]).uniform(i % columns)),
            workspace.get(out),
            columns + " columns");
      }
    }
  }

  @Test
  default void normalNumbersComeInPairs() {
    for (int columns : new int[] {1, 2, 5, 1003}) {
      try (var workspace = new Workspace(backend())) {
        Operand streams = workspace.putLongs(vector(STREAMS.length, 1), STREAMS);
        Operand out = workspace.output(Shape.of(STREAMS.length, columns));
        backend().random(Distribution.NORMAL, SEED, -3, streams, out);
        Values expected =
            Values.of(
                out.shape(), i -> normal(new Philox(SEED, -3, STREAMS[i / columns]), i % columns));
        Tolerance.OF_FEW.check(columns + " columns", expected, workspace.get(out));
      }
    }
  }

  private static double normal(Philox philox, int column) {
    double radius = Math.sqrt(-2 * Math.log(1 - (double) philox.uniform(column & ~1)));
    double angle = 2 * Math.PI * philox.uniform(column | 1);
    return radius * (column % 2 == 0 ? Math.cos(angle) : Math.sin(angle));
  }

  @Test
  default void streamsMayBeStrided() {
    try (var workspace = new Workspace(backend())) {
      Operand plain = workspace.output(Shape.of(2, 5));
      Operand strided = workspace.output(Shape.of(2, 5));
      backend().random(Distribution.NORMAL, 1, 2, workspace.putLongs(vector(2, 1), 30, 50), plain);
      Operand streams =
          workspace.putLongs(Layout.of(Shape.of(2), new long[] {2}, 1), 20, 30, 40, 50);
      backend().random(Distribution.NORMAL, 1, 2, streams, strided);
      assertEquals(workspace.get(plain), workspace.get(strided));
    }
  }

  @Test
  default void noStreamsGiveNoNumbers() {
    try (var workspace = new Workspace(backend())) {
      Operand out = workspace.output(Shape.of(0, 5));
      backend().random(Distribution.UNIFORM, 1, 2, workspace.output(DType.I64, Shape.of(0)), out);
      assertEquals(0, workspace.get(out).data().length);
    }
  }

  private static Layout vector(int extent, int stride) {
    return Layout.of(Shape.of(extent), new long[] {stride}, 0);
  }
}
