package org.wardlock.defense.compress;

import java.util.List;
import org.wardlock.tensor.CustomOp;
import org.wardlock.tensor.Tensor;

/** How gradients pass where a JPEG decoder cuts values off at black and white. */
enum Clamping {
  /** By the derivative: not at all where a value was cut off. */
  EXACT {
    @Override
    Tensor apply(Tensor values, float low, float high) {
      return values.clamp(low, high);
    }
  },
  /**
   * As though nothing were cut off, as attackers have it (BPDA, Athalye et al. 2018): what
   * quantisation drove out of range by a little is brought back by as little.
   */
  PASSING {
    @Override
    Tensor apply(Tensor values, float low, float high) {
      return Tensor.apply(new Passing(low, high), values);
    }
  };

  /** What goes with a gradient of rounding: a true one has true ones beside it. */
  static Clamping beside(RoundingGradient gradient) {
    return gradient == RoundingGradient.STRAIGHT_THROUGH || gradient == RoundingGradient.CUBIC
        ? PASSING
        : EXACT;
  }

  /** Brings values into bounds; the result lies in the current scope. */
  abstract Tensor apply(Tensor values, float low, float high);

  private record Passing(float low, float high) implements CustomOp {
    @Override
    public Tensor forward(List<Tensor> inputs) {
      return inputs.getFirst().clamp(low, high);
    }

    @Override
    public List<Tensor> backward(Tensor g, List<Tensor> inputs, Tensor output) {
      return List.of(g);
    }
  }
}
