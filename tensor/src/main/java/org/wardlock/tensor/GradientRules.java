package org.wardlock.tensor;

import java.util.Optional;
import java.util.function.Supplier;
import org.wardlock.tensor.Backward.Inputs;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;
import org.wardlock.tensor.spi.UnaryOp.Reads;

/**
 * The gradient of every operation: one arm each, nothing recorded, only what is needed computed.
 */
final class GradientRules {
  private GradientRules() {}

  static void apply(Op op, Tensor g, Inputs inputs) {
    switch (op) {
      case Op.Leaf() -> throw new IllegalStateException("a leaf has no gradient rule");
      case Op.Unary(UnaryOp function, Saved value) -> inputs.add(0, unary(function, value, g));
      case Op.Affine(float scale) -> inputs.add(0, scale == 1 ? g : g.multiply(scale));
      case Op.Clamp(float low, float high, Saved x) -> inputs.add(0, clamp(g, x.get(), low, high));
      case Op.Add() -> {
        inputs.addBroadcast(0, g);
        inputs.addBroadcast(1, g);
      }
      case Op.Subtract() -> {
        inputs.addBroadcast(0, g);
        if (inputs.needs(1)) {
          inputs.addBroadcast(1, g.negate());
        }
      }
      case Op.Multiply(Saved a, Saved b) -> {
        when(inputs, 0, () -> g.multiply(b.get()));
        when(inputs, 1, () -> g.multiply(a.get()));
      }
      case Op.Divide(Saved b, Saved quotient) -> {
        Tensor scaled = g.divide(b.get());
        inputs.addBroadcast(0, scaled);
        when(inputs, 1, () -> scaled.multiply(quotient.get()).negate());
      }
      case Op.Extremum(boolean larger, Saved a, Saved b) -> {
        Tensor first = larger ? b.get() : a.get();
        Tensor second = larger ? a.get() : b.get();
        // 1 where a wins, 1/2 where both are equal, 0 where b does
        Tensor share = first.less(second).add(first.lessOrEqual(second)).multiply(0.5f);
        when(inputs, 0, () -> share(share, g));
        when(inputs, 1, () -> share(share.affine(-1, 1), g));
      }
      case Op.MultiplyAdd(Saved a, Saved b) -> {
        when(inputs, 0, () -> g.multiply(b.get()));
        when(inputs, 1, () -> g.multiply(a.get()));
        inputs.addBroadcast(2, g);
      }
      case Op.Where(Saved condition) -> {
        Tensor zero = Tensor.scalar(g.device(), 0);
        when(inputs, 0, () -> condition.get().where(g, zero));
        when(inputs, 1, () -> condition.get().where(zero, g));
      }
      case Op.Sum(float scale) -> {
        Tensor scaled = scale == 1 ? g : g.multiply(scale);
        inputs.add(0, scaled.expand(inputs.shape(0)));
      }
      case Op.ReduceExtremum(int[] axes, Saved x, Saved extremum) -> {
        Tensor ties = x.get().equalTo(extremum.get());
        Tensor count = ties.sum(axes);
        // where the extremum is NaN nothing equals it, and 0 / 0 says so
        Tensor others = Tensor.scalar(g.device(), 0).divide(count);
        inputs.add(0, ties.where(g.divide(count), others));
      }
      case Op.Reshape() -> inputs.add(0, g.reshape(inputs.shape(0).toArray()));
      case Op.Permute(int[] order) -> {
        int[] inverse = new int[order.length];
        for (int i = 0; i < order.length; i++) {
          inverse[g.shape().axis(order[i])] = i;
        }
        inputs.add(0, g.permute(inverse));
      }
      case Op.Slice(int axis, int start) -> {
        int after = inputs.shape(0).extent(axis) - start - g.shape().extent(axis);
        inputs.add(0, g.pad(axis, start, after));
      }
      case Op.Expand() -> inputs.addBroadcast(0, g);
      case Op.Concatenate(int axis, int[] starts) -> {
        for (int i = 0; i < inputs.count(); i++) {
          if (inputs.needs(i)) {
            inputs.add(i, g.slice(axis, starts[i], starts[i] + inputs.shape(i).extent(axis)));
          }
        }
      }
      case Op.Pad(int axis, int before) ->
          inputs.add(0, g.slice(axis, before, before + inputs.shape(0).extent(axis)));
      case Op.Copy() -> inputs.add(0, g);
      case Op.Cast() -> inputs.add(0, g);
      case Op.Gather(int axis, Saved index) ->
          inputs.add(
              0, g.cast(DType.F32).scatterAdd(axis, index.get(), inputs.shape(0).extent(axis)));
      case Op.ScatterAdd(int axis, Saved index) -> inputs.add(0, g.gather(axis, index.get()));
      case Op.MatMul(Saved a, Saved b, Products.Bias bias) -> {
        if (inputs.needs(0)) {
          Tensor towards =
              Products.product(g, b.get().transpose(), inputs.shape(0), inputs.gradientType(0));
          inputs.add(0, towards);
        }
        if (inputs.needs(1)) {
          Tensor towards =
              Products.product(a.get().transpose(), g, inputs.shape(1), inputs.gradientType(1));
          inputs.add(1, towards);
        }
        if (bias != Products.Bias.NONE && inputs.needs(2)) {
          Tensor sum = bias == Products.Bias.ROWS ? g.sum(0, 2) : g.sum(0, 1);
          inputs.add(2, sum.reshape(-1));
        }
      }
      case Op.ActivatedLinear linear -> Linears.backward(linear, g, inputs);
      case Op.NormalizedLinear linear -> Linears.backward(linear, g, inputs);
      case Op.Convolution convolution -> convolution(g, convolution, inputs);
      case Op.Depthwise(Saved x, Saved weight) -> depthwise(g, x, weight, inputs);
      case Op.Softmax(Saved y, boolean logarithm) -> {
        Tensor out = like(g, inputs.shape(0));
        backend(g).softmaxBackward(y.get().operand(), g.operand(), logarithm, out.operand());
        inputs.add(0, out);
      }
      case Op.LayerNorm layerNorm -> layerNorm(layerNorm, g, inputs);
      case Op.BatchNorm batchNorm -> batchNorm(batchNorm, g, inputs);
      case Op.ActivatedBatchNorm activated -> activatedBatchNorm(activated, g, inputs);
      case Op.ChannelAffine(Activation activation, Saved x, Saved scale) -> {
        if (inputs.needs(0)) {
          Tensor out = like(g, g.shape());
          Operand input = activation == Activation.IDENTITY ? g.operand() : x.get().operand();
          backend(g)
              .channelAffineBackward(
                  activation, input, scale.get().operand(), g.operand(), out.operand());
          inputs.add(0, out);
        }
        if (inputs.count() > 1) {
          inputs.add(1, g);
        }
      }
      case Op.Mixer mixer -> Mixers.backward(mixer, g, inputs);
      case Op.MixerAffine mixer -> Mixers.backward(mixer, g, inputs);
      case Op.Attention(Saved qkv, float scale, Saved out, Saved logSumExp) -> {
        Tensor gradient = like(g, inputs.shape(0));
        backend(g)
            .attentionBackward(
                qkv.get().operand(),
                scale,
                out.get().operand(),
                logSumExp.get().operand(),
                g.operand(),
                gradient.operand());
        inputs.add(0, gradient);
      }
      case Op.CrossEntropy(Saved gradLogits) ->
          inputs.add(0, gradLogits.get().multiply(g.reshape(-1, 1)));
      case Op.Custom custom -> Extensions.customBackward(custom, g, inputs);
      case Op.Recompute(var function, Saved x) ->
          Extensions.recomputeBackward(function, x.get(), g, inputs);
    }
  }

  private static void when(Inputs inputs, int input, Supplier<Tensor> gradient) {
    if (inputs.needs(input)) {
      inputs.addBroadcast(input, gradient.get());
    }
  }

  private static Backend backend(Tensor g) {
    return g.backend();
  }

  private static Tensor like(Tensor g, Shape shape) {
    return Tensor.empty(g.backend(), g.dtype(), shape);
  }

  private static Tensor unary(UnaryOp function, Saved value, Tensor g) {
    Tensor saved = function.gradientReads() == Reads.NOTHING ? g : value.get();
    Tensor out = like(g, g.shape());
    backend(g).unaryGradient(function, saved.operand(), g.operand(), out.operand());
    return out;
  }

  private static Tensor clamp(Tensor g, Tensor x, float low, float high) {
    Tensor aboveLow = Tensor.scalar(g.device(), low).lessOrEqual(x);
    Tensor belowHigh = x.lessOrEqual(Tensor.scalar(g.device(), high));
    return aboveLow.multiply(belowHigh).where(g, Tensor.scalar(g.device(), 0));
  }

  /** A part of the gradient from 0 to 1. 0 is chosen: infinity times 0 would be NaN. */
  private static Tensor share(Tensor part, Tensor g) {
    return part.where(part.multiply(g), Tensor.scalar(g.device(), 0));
  }

  /** Adds windows back to where they were taken from, in groups of taps that do not overlap. */
  private static void convolution(Tensor g, Op.Convolution op, Inputs inputs) {
    if (inputs.needs(0)) {
      Tensor out = Tensor.empty(g.backend(), inputs.gradientType(0), inputs.shape(0));
      backend(g)
          .convolutionBackwardInput(
              g.operand(), op.weight().get().operand(), op.stride(), op.padding(), out.operand());
      inputs.add(0, out);
    }
    if (inputs.needs(1)) {
      Tensor out = Tensor.empty(g.backend(), DType.F32, inputs.shape(1));
      backend(g)
          .convolutionBackwardWeight(
              op.x().get().operand(), g.operand(), op.stride(), op.padding(), out.operand());
      inputs.add(1, out);
    }
    if (inputs.count() > 2 && inputs.needs(2)) {
      inputs.add(2, g.sum(0, 2, 3).reshape(-1));
    }
  }

  private static void depthwise(Tensor g, Saved x, Saved weight, Inputs inputs) {
    if (inputs.needs(0)) {
      Tensor out = like(g, inputs.shape(0));
      backend(g).depthwiseBackwardInput(g.operand(), weight.get().operand(), out.operand());
      inputs.add(0, out);
    }
    if (inputs.needs(1)) {
      Tensor out = Tensor.empty(g.backend(), DType.F32, inputs.shape(1));
      backend(g).depthwiseBackwardWeight(x.get().operand(), g.operand(), out.operand());
      inputs.add(1, out);
    }
    if (inputs.needs(2)) {
      inputs.add(2, g.sum(0, 2, 3).reshape(-1));
    }
  }

  static Optional<Tensor> wanted(Tensor g, Inputs inputs, int input) {
    return inputs.needs(input)
        ? Optional.of(Tensor.empty(g.backend(), inputs.type(input), inputs.shape(input)))
        : Optional.empty();
  }

  static void layerNorm(Op.LayerNorm op, Tensor g, Inputs inputs) {
    if (!inputs.needs(0) && !inputs.needs(1)) {
      inputs.add(2, Reductions.sumTo(g, inputs.shape(2)));
      return;
    }
    Optional<Tensor> gradX = wanted(g, inputs, 0);
    Optional<Tensor> gradWeight = wanted(g, inputs, 1);
    Optional<Tensor> gradBias = wanted(g, inputs, 2);
    backend(g)
        .layerNormBackward(
            op.x().get().operand(),
            op.weight().get().operand(),
            op.mean().get().operand(),
            op.rstd().get().operand(),
            g.operand(),
            gradX.map(Tensor::operand),
            gradWeight.map(Tensor::operand),
            gradBias.map(Tensor::operand));
    gradX.ifPresent(t -> inputs.add(0, t));
    gradWeight.ifPresent(t -> inputs.add(1, t));
    gradBias.ifPresent(t -> inputs.add(2, t));
  }

  private static void activatedBatchNorm(Op.ActivatedBatchNorm op, Tensor g, Inputs inputs) {
    if (inputs.count() > 3) {
      inputs.add(3, g);
    }
    if (!inputs.needs(0) && !inputs.needs(1)) {
      inputs.add(2, Normalization.sumPerChannel(g));
      return;
    }
    Optional<Tensor> gradX = wanted(g, inputs, 0);
    Optional<Tensor> gradWeight = wanted(g, inputs, 1);
    Optional<Tensor> gradBias = wanted(g, inputs, 2);
    backend(g)
        .activatedBatchNormBackward(
            op.function(),
            op.x().get().operand(),
            op.weight().get().operand(),
            op.mean().get().operand(),
            op.variance().get().operand(),
            op.epsilon(),
            g.operand(),
            gradX.map(Tensor::operand),
            gradWeight.map(Tensor::operand),
            gradBias.map(Tensor::operand));
    gradX.ifPresent(t -> inputs.add(0, t));
    gradWeight.ifPresent(t -> inputs.add(1, t));
    gradBias.ifPresent(t -> inputs.add(2, t));
  }

  private static void batchNorm(Op.BatchNorm op, Tensor g, Inputs inputs) {
    if (!inputs.needs(0) && !inputs.needs(1)) {
      inputs.add(2, Normalization.sumPerChannel(g));
      return;
    }
    Optional<Tensor> gradX = wanted(g, inputs, 0);
    Optional<Tensor> gradWeight = wanted(g, inputs, 1);
    Optional<Tensor> gradBias = wanted(g, inputs, 2);
    backend(g)
        .batchNormBackward(
            op.x().get().operand(),
            op.weight().get().operand(),
            op.mean().get().operand(),
            op.variance().get().operand(),
            op.epsilon(),
            g.operand(),
            gradX.map(Tensor::operand),
            gradWeight.map(Tensor::operand),
            gradBias.map(Tensor::operand));
    gradX.ifPresent(t -> inputs.add(0, t));
    gradWeight.ifPresent(t -> inputs.add(1, t));
    gradBias.ifPresent(t -> inputs.add(2, t));
  }
}
