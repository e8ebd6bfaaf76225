package org.wardlock.kernels.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.testing.Positions;

/** Walking fewer axes visits the same elements in the same order. */
class WalkProperties {
  @Property
  void everyWalkVisitsTheElementsInOrder(@ForAll("views") Layout[] views) {
    for (Walk walk :
        new Walk[] {Walk.of(views), Walk.keepingOutermost(views), Walk.unmerged(views)}) {
      for (int view = 0; view < views.length; view++) {
        assertArrayEquals(Positions.of(views[view]), positions(walk, view));
      }
    }
  }

  /** As positionOf in common.h computes them. */
  private static long[] positions(Walk walk, int number) {
    int[] extents = walk.extents();
    int[] view = walk.view(number);
    long[] positions = new long[walk.count()];
    for (int item = 0; item < positions.length; item++) {
      int index = item;
      positions[item] = view[0];
      for (int axis = extents[1] - 1; axis > 0; axis--) {
        int extent = extents[2 + axis];
        positions[item] += (long) (index % extent) * view[1 + axis];
        index /= extent;
      }
      positions[item] += (long) index * view[1];
    }
    return positions;
  }

  /** Two views of one shape, of random strides or contiguous. */
  @Provide
  Arbitrary<Layout[]> views() {
    Arbitrary<int[]> shapes =
        Arbitraries.integers().between(0, 4).array(int[].class).ofMinSize(1).ofMaxSize(5);
    return shapes.flatMap(
        extents -> {
          Arbitrary<Layout> any =
              Combinators.combine(
                      Arbitraries.integers()
                          .between(0, 9)
                          .array(int[].class)
                          .ofSize(extents.length),
                      Arbitraries.of(true, false))
                  .as((strides, contiguous) -> layout(Shape.of(extents), strides, contiguous));
          return any.array(Layout[].class).ofSize(2);
        });
  }

  private static Layout layout(Shape shape, int[] strides, boolean contiguous) {
    return contiguous
        ? Layout.contiguous(shape)
        : Layout.of(shape, Arrays.stream(strides).asLongStream().toArray(), 7);
  }

  @Example
  void contiguousViewsBecomeOneAxis() {
    Layout layout = Layout.contiguous(Shape.of(2, 1, 3, 4));
    assertEquals(1, Walk.of(layout, layout).extents()[1]);
    assertEquals(24, Walk.of(layout, layout).extents()[2]);
  }

  @Example
  void axesThatDoNotMergeHaveALimitThatIsNamed() {
    int[] twos = new int[9];
    Arrays.fill(twos, 2);
    Layout contiguous = Layout.contiguous(Shape.of(twos));
    Layout reversed = contiguous.permute(8, 7, 6, 5, 4, 3, 2, 1, 0);
    var error =
        assertThrows(UnsupportedOperationException.class, () -> Walk.of(contiguous, reversed));
    assertTrue(error.getMessage().contains("9 axes"), error.getMessage());
  }
}
