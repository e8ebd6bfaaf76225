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
    };

    abstract Tensor round(Tensor values);
  }

  @Override
  public Tensor forward(List<Tensor> inputs) {
    return ties.round(inputs.getFirst());
  }

  @Override
  public List<Tensor> backward(Tensor g, List<Tensor> inputs, Tensor output) {
    return List.of(gradient.through(g, inputs.getFirst().subtract(output)));
  }
}
