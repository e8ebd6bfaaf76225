package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Operands of every layout, and the naive way to read them. */
final class Strided {
  /** How an operand lies in its storage. */
  enum Lie {
    CONTIGUOUS,
    /** A window into something larger. */
    SLICED,
    TRANSPOSED,
    /** The first axis repeats. */
    BROADCAST,
    /** The last axis repeats. */
    REPEATED
  }

  private Strided() {}

  static Arbitrary<Shape> shapes() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 4),
            Arbitraries.frequencyOf(
                    Tuple.of(8, Arbitraries.integers().between(1, 5)),
                    Tuple.of(3, Arbitraries.integers().between(15, 37)),
                    Tuple.of(1, Arbitraries.just(0)))
                .list()
                .ofSize(4),
            Arbitraries.of(1, 1, 1, 700))
        .as(
            (rank, extents, large) -> {
              int[] chosen = new int[rank];
              Arrays.setAll(chosen, extents::get);
              if (rank > 0 && rank < 3) {
                chosen[rank - 1] *= large;
              }
              return Shape.of(chosen);
            });
  }

  /** An operand of that shape, filled with random values; what lies around it too. */
  static Operand random(Backend on, DType dtype, Shape shape, Lie lie, long seed) {
    Operand operand = empty(on, dtype, shape, lie);
    var random = new Random(seed);
    double[] values = new double[(int) operand.storage().size()];
    Arrays.setAll(values, _ -> random.nextGaussian() * 100);
    Conversion.fromDoubles(values, 0, Dense.array(operand), dtype, 0, values.length);
    return operand;
  }

  static Operand empty(Backend on, DType dtype, Shape shape, Lie lie) {
    int rank = shape.rank();
    Layout layout =
        switch (lie) {
          case CONTIGUOUS -> Layout.contiguous(shape);
          case SLICED -> {
            int[] larger = shape.toArray();
            for (int axis = 0; axis < rank; axis++) {
              larger[axis] += 3;
            }
            Layout slice = Layout.contiguous(Shape.of(larger));
            for (int axis = 0; axis < rank; axis++) {
              slice = slice.slice(axis, 2, 2 + shape.extent(axis));
            }
            yield slice;
          }
          case TRANSPOSED -> {
            int[] reversed = new int[rank];
            int[] order = new int[rank];
            for (int axis = 0; axis < rank; axis++) {
              reversed[axis] = shape.extent(rank - 1 - axis);
              order[axis] = rank - 1 - axis;
            }
            yield Layout.contiguous(Shape.of(reversed)).permute(order);
          }
          case BROADCAST, REPEATED -> {
            int axis = lie == Lie.BROADCAST ? 0 : rank - 1;
            yield rank == 0 || shape.extent(axis) == 0
                ? Layout.contiguous(shape)
                : Layout.contiguous(shape.with(axis, 1)).expand(shape);
          }
        };
    long size = Math.max(layout.end(), 1);
    return new Operand(on.allocate(dtype, size), layout);
  }

  /** The positions of an operand's elements in its storage, in row-major order. */
  static int[] positions(Layout layout) {
    int count = (int) layout.shape().count();
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      long at = layout.offset();
      int rest = i;
      for (int axis = layout.shape().rank() - 1; axis >= 0; axis--) {
        at += rest % layout.shape().extent(axis) * layout.stride(axis);
        rest /= layout.shape().extent(axis);
      }
      positions[i] = (int) at;
    }
    return positions;
  }

  /** All that the operand's storage holds. */
  static double[] everything(Operand operand) {
    Object array = Dense.array(operand);
    double[] values = new double[(int) operand.storage().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (operand.dtype()) {
            case F32 -> ((float[]) array)[i];
            case F16 -> Float.float16ToFloat(((short[]) array)[i]);
            case BF16 -> Float.intBitsToFloat(((short[]) array)[i] << 16);
            case U8 -> Byte.toUnsignedInt(((byte[]) array)[i]);
            case I32 -> ((int[]) array)[i];
            case I64 -> ((long[]) array)[i];
          };
    }
    return values;
  }

  /** An operand's elements in row-major order. */
  static float[] values(Operand operand) {
    float[] array = Dense.floats(operand);
    int[] positions = positions(operand.layout());
    float[] values = new float[positions.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = array[positions[i]];
    }
    return values;
  }
}
