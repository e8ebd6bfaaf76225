package org.wardlock.tensor.testing;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.Shape;

/** Convolution of all channels and its gradients. */
interface ConvolutionContract extends ContractFamily {
  /** What is convolved with what. */
  enum Case {
    OVERLAPPING(Shape.of(3, 5, 13, 11), Shape.of(7, 5, 3, 3), 1, 1),
    HALVING(Shape.of(2, 3, 8, 8), Shape.of(4, 3, 3, 3), 2, 1),
    /** The last row and column are no window's. */
    LEAVING_A_BORDER(Shape.of(2, 3, 8, 7), Shape.of(4, 3, 2, 3), 3, 0),
    WITH_GAPS(Shape.of(2, 3, 9, 9), Shape.of(4, 3, 1, 1), 2, 0),
    NOT_SQUARE(Shape.of(2, 2, 5, 40), Shape.of(9, 2, 1, 5), 1, 2),
    STEM(Shape.of(2, 3, 30, 30), Shape.of(16, 3, 7, 7), 2, 3),
    WIDE_PADDING(Shape.of(1, 2, 3, 3), Shape.of(3, 2, 2, 2), 1, 3),
    ONE_WINDOW(Shape.of(2, 3, 3, 3), Shape.of(2, 3, 3, 3), 1, 0),
    /** More taps than a product sums in one chain. */
    DEEP(Shape.of(2, 40, 6, 6), Shape.of(33, 40, 3, 3), 1, 1),
    /** And more positions: the product and the gradient towards the weight take some at a time. */
    LARGE(Shape.of(2, 40, 17, 18), Shape.of(8, 40, 3, 3), 1, 1),
    /** More than parts of a batch. */
    MANY_PICTURES(Shape.of(17, 2, 5, 4), Shape.of(3, 2, 3, 3), 1, 1),
    /** Both at once: several pictures to a part, some positions at a time. It takes its time. */
    LARGE_BATCH(Shape.of(17, 16, 18, 18), Shape.of(1, 16, 4, 4), 1, 1),
    /** More weights than are worth laying out for each picture. */
    MANY_FILTERS(Shape.of(2, 300, 4, 4), Shape.of(100, 300, 3, 3), 1, 1),
    NO_PICTURES(Shape.of(0, 3, 5, 5), Shape.of(2, 3, 3, 3), 1, 1),
    NO_CHANNELS(Shape.of(2, 0, 5, 5), Shape.of(2, 0, 3, 3), 1, 1),
    NO_FILTERS(Shape.of(2, 3, 5, 5), Shape.of(0, 3, 3, 3), 1, 1);

    private final Shape x;
    private final Shape weight;
    private final int stride;
    private final int padding;

    Case(Shape x, Shape weight, int stride, int padding) {
      this.x = x;
      this.weight = weight;
      this.stride = stride;
      this.padding = padding;
    }

    private Placement[] placements() {
      return this == LARGE_BATCH ? new Placement[] {Placement.CONTIGUOUS} : Placement.values();
    }

    private Shape out() {
      return Shape.of(
          x.extent(0),
          weight.extent(0),
          (x.extent(2) + 2 * padding - weight.extent(2)) / stride + 1,
          (x.extent(3) + 2 * padding - weight.extent(3)) / stride + 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  default void convolution(Case c) {
    Values x = Values.normal(1, c.x);
    Values weight = Values.normal(2, c.weight);
    Values bias = Values.normal(3, Shape.of(c.weight.extent(0)));
    Tolerance tolerance = Tolerance.ofSum(c.weight.without(0).count());
    OperationCheck.of(backend(), "convolution " + c)
        .inputs(x, weight, bias)
        .outputs(c.out())
        .expecting(
            in ->
                List.of(
                    Reference.convolution(
                        in.get(0),
                        in.get(1),
                        Optional.of(in.get(2)),
                        c.out(),
                        c.stride,
                        c.padding)))
        .within(tolerance)
        .placed(c.placements())
        .fused()
        .independent(true, false, false)
        .run(
            (b, in, out) ->
                b.convolution(in[0], in[1], Optional.of(in[2]), c.stride, c.padding, out[0]));
    OperationCheck.of(backend(), "convolution without bias " + c)
        .inputs(x, weight)
        .outputs(c.out())
        .expecting(
            in ->
                List.of(
                    Reference.convolution(
                        in.get(0), in.get(1), Optional.empty(), c.out(), c.stride, c.padding)))
        .within(tolerance)
        .placed(Placement.CONTIGUOUS)
        .run(
            (b, in, out) ->
                b.convolution(in[0], in[1], Optional.empty(), c.stride, c.padding, out[0]));
  }

  @ParameterizedTest
  @EnumSource
  default void convolutionBackwardInput(Case c) {
    OperationCheck.of(backend(), "convolution towards input " + c)
        .inputs(Values.normal(4, c.out()), Values.normal(5, c.weight))
        .outputs(c.x)
        .expecting(
            in ->
                List.of(
                    Reference.convolutionBackwardInput(
                        in.get(0), in.get(1), c.x, c.stride, c.padding)))
        .within(Tolerance.ofSum(c.weight.without(1).count()))
        .placed(c.placements())
        .fused()
        .independent(true, false)
        .run((b, in, out) -> b.convolutionBackwardInput(in[0], in[1], c.stride, c.padding, out[0]));
  }

  @ParameterizedTest
  @EnumSource
  default void convolutionBackwardWeight(Case c) {
    OperationCheck.of(backend(), "convolution towards weight " + c)
        .inputs(Values.normal(6, c.x), Values.normal(7, c.out()))
        .outputs(c.weight)
        .expecting(
            in ->
                List.of(
                    Reference.convolutionBackwardWeight(
                        in.get(0), in.get(1), c.weight, c.stride, c.padding)))
        .within(Tolerance.ofSum(c.out().without(1).count()))
        .placed(c.placements())
        .fused()
        .run(
            (b, in, out) -> b.convolutionBackwardWeight(in[0], in[1], c.stride, c.padding, out[0]));
  }
}
