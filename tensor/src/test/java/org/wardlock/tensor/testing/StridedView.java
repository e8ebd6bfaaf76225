package org.wardlock.tensor.testing;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;

/**
 * A random view of a random storage: axes in any order of storage, spaced by steps, repeated by
 * step 0.
 *
 * @param layout which elements, in which order
 * @param seed of what the storage holds
 */
record StridedView(Layout layout, long seed) {
  /** Everything in the storage. */
  Values content() {
    return Values.normal(seed, Shape.of((int) layout.end() + 1));
  }

  /** What the view shows. */
  Values seen() {
    return content().view(layout);
  }

  /** Views of any shape of up to four axes with extents up to a limit. */
  static Arbitrary<StridedView> any(int largestExtent) {
    return Arbitraries.integers()
        .between(0, largestExtent)
        .list()
        .ofMaxSize(4)
        .flatMap(extents -> of(Shape.of(extents.stream().mapToInt(Integer::intValue).toArray())));
  }

  /** Views of a shape. */
  static Arbitrary<StridedView> of(Shape shape) {
    int rank = shape.rank();
    Arbitrary<List<Integer>> orders =
        Arbitraries.shuffle(IntStream.range(0, rank).boxed().toList());
    Arbitrary<List<Integer>> steps = Arbitraries.of(1, 1, 1, 2, 3, 0).list().ofSize(rank);
    Arbitrary<Integer> offsets = Arbitraries.integers().between(0, 5);
    Arbitrary<Long> seeds = Arbitraries.longs();
    return Combinators.combine(orders, steps, offsets, seeds)
        .as(
            (order, step, offset, seed) ->
                new StridedView(strided(shape, order, step, offset), seed));
  }

  private static Layout strided(Shape shape, List<Integer> order, List<Integer> steps, int offset) {
    long[] strides = new long[shape.rank()];
    long reach = 1;
    for (int axis : order) {
      strides[axis] = reach * steps.get(axis);
      reach = Math.max(reach, strides[axis] * shape.extent(axis));
    }
    return Layout.of(shape, strides, offset);
  }
}
