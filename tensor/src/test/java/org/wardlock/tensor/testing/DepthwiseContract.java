package org.wardlock.tensor.testing;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.tensor.Shape;

/** Depthwise convolution and its gradients. */
interface DepthwiseContract extends ContractFamily {
  /** Images smaller than the kernel, odd ones, even ones, none, and one wider than a vector. */
  private static Shape[] images() {
    return new Shape[] {
      Shape.of(1, 1, 1, 1),
      Shape.of(0, 3, 4, 4),
      Shape.of(2, 3, 2, 5),
      Shape.of(3, 5, 13, 11),
      Shape.of(1, 2, 32, 32),
      Shape.of(1, 1, 7, 37)
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 7, 9})
  default void depthwise(int kernel) {
    for (Shape image : images()) {
      int channels = image.extent(1);
      Values x = Values.normal(1, image);
      Values weight = Values.normal(2, Shape.of(channels, 1, kernel, kernel));
      Values bias = Values.normal(3, Shape.of(channels));
      OperationCheck.of(backend(), "depthwise " + kernel + " over " + image)
          .inputs(x, weight, bias)
          .outputs(image)
          .expecting(
              in -> List.of(Reference.depthwise(in.get(0), in.get(1), Optional.of(in.get(2)))))
          .fused()
          .independent(true, false, false)
          .run((b, in, out) -> b.depthwise(in[0], in[1], Optional.of(in[2]), out[0]));
      OperationCheck.of(backend(), "depthwise without bias " + kernel + " over " + image)
          .inputs(x, weight)
          .outputs(image)
          .expecting(in -> List.of(Reference.depthwise(in.get(0), in.get(1), Optional.empty())))
          .fused()
          .placed(Placement.CONTIGUOUS)
          .run((b, in, out) -> b.depthwise(in[0], in[1], Optional.empty(), out[0]));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 7, 9})
  default void depthwiseBackwardInput(int kernel) {
    for (Shape image : images()) {
      Values g = Values.normal(4, image);
      Values weight = Values.normal(5, Shape.of(image.extent(1), 1, kernel, kernel));
      OperationCheck.of(backend(), "depthwise " + kernel + " towards input " + image)
          .inputs(g, weight)
          .outputs(image)
          .expecting(in -> List.of(Reference.depthwiseBackwardInput(in.get(0), in.get(1))))
          .fused()
          .independent(true, false)
          .run((b, in, out) -> b.depthwiseBackwardInput(in[0], in[1], out[0]));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 7, 9})
  default void depthwiseBackwardWeight(int kernel) {
    for (Shape image : images()) {
      int channels = image.extent(1);
      OperationCheck.of(backend(), "depthwise " + kernel + " towards weight, input " + image)
          .inputs(Values.normal(6, image), Values.normal(7, image))
          .outputs(Shape.of(image.extent(1), 1, kernel, kernel))
          .expecting(in -> List.of(Reference.depthwiseBackwardWeight(in.get(0), in.get(1), kernel)))
          .within(Tolerance.ofSum(image.count() / channels))
          .fused()
          .run((b, in, out) -> b.depthwiseBackwardWeight(in[0], in[1], out[0]));
    }
  }
}
