package org.wardlock.tensor.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Shape;

class LayoutProperties {

  /** Where the elements of a layout lie, in row-major order of its shape. */
  private static List<Long> positions(Layout layout) {
    List<Long> found = List.of(layout.offset());
    for (int axis = 0; axis < layout.shape().rank(); axis++) {
      var next = new ArrayList<Long>();
      for (long base : found) {
        for (int i = 0; i < layout.shape().extent(axis); i++) {
          next.add(base + i * layout.stride(axis));
        }
      }
      found = next;
    }
    return found;
  }

  private static Layout randomView(Random random) {
    int rank = random.nextInt(5);
    int[] extents = random.ints(rank, 1, 5).toArray();
    Layout layout = Layout.contiguous(Shape.of(extents));
    if (random.nextBoolean()) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < rank; i++) {
        order.add(i);
      }
      Collections.shuffle(order, random);
      layout = layout.permute(order.stream().mapToInt(Integer::intValue).toArray());
    }
    if (rank > 0 && random.nextBoolean()) {
      int axis = random.nextInt(rank);
      int extent = layout.shape().extent(axis);
      int start = random.nextInt(extent);
      layout = layout.slice(axis, start, start + 1 + random.nextInt(extent - start));
    }
    if (random.nextBoolean()) {
      int[] larger = new int[layout.shape().rank() + 1];
      larger[0] = 1 + random.nextInt(3);
      System.arraycopy(layout.shape().toArray(), 0, larger, 1, layout.shape().rank());
      layout = layout.expand(Shape.of(larger));
    }
    return layout;
  }

  private static Shape randomFactors(long count, Random random) {
    var extents = new ArrayList<Integer>();
    long rest = count;
    while (rest > 1) {
      int factor = 2;
      while (rest % factor != 0) {
        factor++;
      }
      rest /= factor;
      if (!extents.isEmpty() && random.nextBoolean()) {
        int last = extents.size() - 1;
        extents.set(last, extents.get(last) * factor);
      } else {
        extents.add(factor);
      }
      if (random.nextInt(4) == 0) {
        extents.add(1);
      }
    }
    return Shape.of(extents.stream().mapToInt(Integer::intValue).toArray());
  }

  @Property(tries = 2000)
  void reshapedViewsKeepTheOrderOfElements(@ForAll long seed) {
    Random random = new Random(seed);
    Layout view = randomView(random);
    Shape target = randomFactors(view.shape().count(), random);
    view.reshape(target)
        .ifPresent(
            reshaped -> assertEquals(positions(view), positions(reshaped), view + " to " + target));
  }

  @Property(tries = 500)
  void contiguousLayoutsAlwaysReshape(@ForAll long seed) {
    Random random = new Random(seed);
    Layout layout = Layout.contiguous(Shape.of(random.ints(random.nextInt(5), 1, 6).toArray()));
    assertTrue(layout.reshape(randomFactors(layout.shape().count(), random)).isPresent());
  }

  @Property(tries = 500)
  void contiguousMeansConsecutivePositions(@ForAll long seed) {
    Layout view = randomView(new Random(seed));
    List<Long> found = positions(view);
    boolean consecutive = true;
    for (int i = 1; i < found.size(); i++) {
      consecutive &= found.get(i) == found.get(i - 1) + 1;
    }
    assertEquals(consecutive, view.isContiguous(), view.toString());
    assertEquals(Collections.max(found) + 1, view.end());
  }

  @Property(tries = 200)
  void splittingAndMergingAnAxisOfATransposedViewNeedsNoCopy(
      @ForAll @IntRange(min = 2, max = 5) int a, @ForAll @IntRange(min = 2, max = 5) int b) {
    Layout transposed = Layout.contiguous(Shape.of(a * b, 3)).permute(1, 0);
    Layout split = transposed.reshape(Shape.of(3, a, b)).orElseThrow();
    assertEquals(transposed, split.reshape(Shape.of(3, a * b)).orElseThrow());
  }

  @Test
  void mergingAxesThatDoNotFollowEachOtherNeedsACopy() {
    assertTrue(Layout.contiguous(Shape.of(2, 3)).permute(1, 0).reshape(Shape.of(6)).isEmpty());
  }

  @Test
  void messagesNameWhatDoesNotFit() {
    Layout layout = Layout.contiguous(Shape.of(2, 3));
    var slice = assertThrows(IllegalArgumentException.class, () -> layout.slice(1, 2, 5));
    assertEquals("slice: [2,5) is outside axis 1 of shape [2,3]", slice.getMessage());
    var reshape = assertThrows(IllegalArgumentException.class, () -> layout.reshape(Shape.of(4)));
    assertEquals("reshape: [2,3] has 6 elements, [4] has 4", reshape.getMessage());
    var permute = assertThrows(IllegalArgumentException.class, () -> layout.permute(0, 0));
    assertTrue(permute.getMessage().contains("axis 0 appears twice"), permute.getMessage());
  }
}
