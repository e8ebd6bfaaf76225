package org.wardlock.defense.compress;

import java.util.List;
import org.wardlock.tensor.CustomOp;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * Rounding to whole numbers as JPEG does it, with a gradient of choice.
 *
 * @param ties where halves go
 * @param gradient in place of the derivative
 */
record Rounding(Ties ties, RoundingGradient gradient) implements CustomOp {
  /** Where halves go. */
  enum Ties {
    /** Up. */
    UP {
      @Override
      Tensor round(Tensor values) {
        return values.add(0.5f).map(UnaryOp.FLOOR);
      }
    },
    /** Away from zero, as quantisation in libjpeg does. */
    AWAY {
      @Override
      Tensor round(Tensor values) {
        return values.abs().add(0.5f).map(UnaryOp.FLOOR).multiply(values.sign());
      }
    },
    /** Nowhere: nothing is rounded. */
    NOWHERE {
      @Override
      Tensor round(Tensor values) {
        return values.copy();
      }
    };

    abstract Tensor round(Tensor values);
  }

  @Override
  public Tensor forward(List<Tensor> inputs) {
    Tensor values = inputs.getFirst();
    Tensor rounded = ties.round(values);
    return gradient.isSmooth() ? smooth(values, rounded) : rounded;
  }

  @Override
  public List<Tensor> backward(Tensor g, List<Tensor> inputs, Tensor output) {
    Tensor values = inputs.getFirst();
    Tensor rounded = gradient.isSmooth() ? ties.round(values) : output;
    return List.of(gradient.through(g, values.subtract(rounded)));
  }

  private static Tensor smooth(Tensor values, Tensor rounded) {
    Tensor offset = values.subtract(rounded);
    return rounded.add(offset.square().multiply(offset));
  }
}
