package org.wardlock.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * The recorded operations. A record is made once it is known which inputs need a gradient, and
 * holds only what those gradients read; {@link GradientRules} has one arm for each, so that an
 * operation without a gradient does not compile. The inputs themselves are edges of the {@link
 * Node}, in the order of the operation's parameters.
 */
sealed interface Op {
  /** What the tape holds for this operation. */
  default List<Saved> saved() {
    return List.of();
  }

  /** Gives up what was saved. */
  default void release() {
    saved().forEach(Saved::release);
  }

  /** An input or parameter: where gradients end. */
  record Leaf() implements Op {}

  record Unary(UnaryOp op, Saved value) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(value);
    }
  }

  record Affine(float scale) implements Op {}

  record Clamp(float low, float high, Saved x) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(x);
    }
  }

  record Add() implements Op {}

  record Subtract() implements Op {}

  record Multiply(Saved a, Saved b) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(a, b);
    }
  }

  record Divide(Saved b, Saved quotient) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(b, quotient);
    }
  }

  /** The larger or smaller of two; each gets half of the gradient where they are equal. */
  record Extremum(boolean larger, Saved a, Saved b) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(a, b);
    }
  }

  record MultiplyAdd(Saved a, Saved b) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(a, b);
    }
  }

  /** A choice between two inputs by a condition, which itself has no gradient. */
  record Where(Saved condition) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(condition);
    }
  }

  /** A sum times a constant, reduced axes kept with extent 1. */
  record Sum(float scale) implements Op {}

  /** The largest or smallest along axes, kept with extent 1; ties share the gradient evenly. */
  record ReduceExtremum(int[] axes, Saved x, Saved extremum) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(x, extremum);
    }
  }

  record Reshape() implements Op {}

  record Permute(int[] order) implements Op {}

  record Slice(int axis, int start) implements Op {}

  record Expand() implements Op {}

  record Concatenate(int axis, int[] starts) implements Op {}

  record Pad(int axis, int before) implements Op {}

  /** A copy in row-major order. */
  record Copy() implements Op {}

  /** Between floating-point types; gradients are F32, whatever a tensor's type. */
  record Cast() implements Op {}

  record Gather(int axis, Saved index) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(index);
    }
  }

  record ScatterAdd(int axis, Saved index) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(index);
    }
  }

  /** A batched product of three-dimensional views, with an optional bias as a third input. */
  record MatMul(Saved a, Saved b, Products.Bias bias) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(a, b);
    }
  }

  /**
   * A linear map of an activation: keeps what went into the activation, and makes what came out
   * again. Inputs x, weight, bias.
   */
  record ActivatedLinear(UnaryOp function, Saved x, Saved weight) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(x, weight);
    }
  }

  /**
   * A linear map of a layer norm: keeps what went into the norm, and makes what came out again.
   * Inputs x, the norm's weight and bias, weight, bias.
   *
   * @param bias the norm's
   */
  record NormalizedLinear(LayerNorm norm, Saved bias, float epsilon, Saved weight) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(norm.x(), norm.weight(), norm.mean(), norm.rstd(), bias, weight);
    }
  }

  /** Inputs x, weight and, where there is one, the bias. */
  record Convolution(Saved x, Saved weight, int stride, int padding) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(x, weight);
    }
  }

  record Depthwise(Saved x, Saved weight) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(x, weight);
    }
  }

  record Softmax(Saved y, boolean logarithm) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(y);
    }
  }

  record LayerNorm(Saved x, Saved weight, Saved mean, Saved rstd) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(x, weight, mean, rstd);
    }
  }

  record BatchNorm(Saved x, Saved weight, Saved mean, Saved variance, float epsilon) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(x, weight, mean, variance);
    }
  }

  /** Inputs x, weight, bias and, where there is a shortcut, the addend. */
  record ActivatedBatchNorm(
      UnaryOp function, Saved x, Saved weight, Saved mean, Saved variance, float epsilon)
      implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(x, weight, mean, variance);
    }
  }

  /** Inputs x and, where there is a shortcut, the addend. */
  record ChannelAffine(Activation activation, Saved x, Saved scale) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(x, scale);
    }
  }

  /** Inputs: x, then the parameters in the order of {@link MixerStage}. */
  record Mixer(
      Activation activation,
      Saved x,
      Saved bias,
      Saved innerScale,
      Saved innerShift,
      Saved filter,
      Saved convolved,
      Saved outerScale,
      Saved innerMean,
      Saved innerVariance,
      Saved outerMean,
      Saved outerVariance,
      float epsilon)
      implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(
          x,
          bias,
          innerScale,
          innerShift,
          filter,
          convolved,
          outerScale,
          innerMean,
          innerVariance,
          outerMean,
          outerVariance);
    }
  }

  /** Input x alone; with a gradient towards a parameter it consists of other operations. */
  record MixerAffine(
      Activation activation,
      Saved x,
      Saved bias,
      Saved innerScale,
      Saved filter,
      Saved convolved,
      Saved outerScale)
      implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(x, bias, innerScale, filter, convolved, outerScale);
    }
  }

  record Attention(Saved qkv, float scale, Saved out, Saved logSumExp) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(qkv, out, logSumExp);
    }
  }

  /** A loss a row, with its gradient towards the logits already computed. */
  record CrossEntropy(Saved gradLogits) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(gradLogits);
    }
  }

  record Custom(CustomOp op, List<Saved> inputs, Saved output) implements Op {
    @Override
    public List<Saved> saved() {
      var all = new ArrayList<Saved>(inputs);
      all.add(output);
      return all;
    }
  }

  /** A function that is run again in the backward pass instead of keeping what it computed. */
  record Recompute(UnaryOperator<Tensor> function, Saved x) implements Op {
    @Override
    public List<Saved> saved() {
      return List.of(x);
    }
  }
}
