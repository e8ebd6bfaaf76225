package org.wardlock.tensor;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.MixerOperands;
import org.wardlock.tensor.spi.Operand;

/** Computes {@link MixerStage}, and its gradients. */
final class Mixers {
  private Mixers() {}

  static MixerStage.Normalized training(Tensor x, MixerStage stage, float epsilon) {
    Shape perChannel = requireFit(x, stage);
    Normalization.requireVariance("mixerStage", x);
    Backend backend = x.backend();
    Tensor convolved = Tensor.empty(backend, x.dtype(), x.shape());
    Tensor out = Tensor.empty(backend, x.dtype(), x.shape());
    Tensor[] found = new Tensor[4];
    for (int i = 0; i < found.length; i++) {
      found[i] = Tensor.empty(backend, DType.F32, perChannel);
    }
    backend.mixerStage(
        operands(stage),
        epsilon,
        x.operand(),
        convolved.operand(),
        out.operand(),
        new MixerOperands.Statistics(
            found[0].operand(), found[1].operand(), found[2].operand(), found[3].operand()));
    Tensor[] parameters = stage.parameters();
    if (x.isRecorded() || Pointwise.anyRecorded(parameters)) {
      var op =
          new Op.Mixer(
              stage.activation(),
              Saved.of(x.operand()),
              Saved.of(stage.bias().operand()),
              Saved.of(stage.inner().scale().operand()),
              Saved.of(stage.inner().shift().operand()),
              Saved.of(stage.filter().operand()),
              Saved.of(convolved.operand()),
              Saved.of(stage.outer().scale().operand()),
              Saved.of(found[0].operand()),
              Saved.of(found[1].operand()),
              Saved.of(found[2].operand()),
              Saved.of(found[3].operand()),
              epsilon);
      Tensor[] inputs = new Tensor[parameters.length + 1];
      inputs[0] = x;
      System.arraycopy(parameters, 0, inputs, 1, parameters.length);
      out.attach(op, inputs);
    }
    convolved.release();
    return new MixerStage.Normalized(out, found[0], found[1], found[2], found[3]);
  }

  static Tensor evaluation(Tensor x, MixerStage stage) {
    requireFit(x, stage);
    if (Pointwise.anyRecorded(stage.parameters())) {
      return composed(x, stage);
    }
    Backend backend = x.backend();
    MixerOperands operands = operands(stage);
    Tensor out = Tensor.empty(backend, x.dtype(), x.shape());
    if (!x.isRecorded()) {
      backend.mixerStageAffine(operands, x.operand(), Optional.empty(), out.operand());
      return out;
    }
    Tensor convolved = Tensor.empty(backend, x.dtype(), x.shape());
    Operand kept = convolved.operand();
    backend.mixerStageAffine(operands, x.operand(), Optional.of(kept), out.operand());
    var op =
        new Op.MixerAffine(
            stage.activation(),
            Saved.of(x.operand()),
            Saved.of(operands.bias()),
            Saved.of(operands.innerScale()),
            Saved.of(operands.filter()),
            Saved.of(kept),
            Saved.of(operands.outerScale()));
    convolved.release();
    return out.attach(op, x);
  }

  /** Where a parameter's gradient is wanted too. */
  private static Tensor composed(Tensor x, MixerStage stage) {
    Tensor z = scaled(stage.activation().apply(x.add(perChannel(stage.bias()))), stage.inner());
    Tensor convolved = z.depthwiseConv2d(stage.filter(), stage.filterBias());
    return scaled(stage.activation().apply(convolved), stage.outer()).add(z);
  }

  private static Tensor scaled(Tensor x, ChannelScaling scaling) {
    return x.multiplyAdd(perChannel(scaling.scale()), perChannel(scaling.shift()));
  }

  private static Tensor perChannel(Tensor values) {
    return values.reshape(-1, 1, 1);
  }

  private static Shape requireFit(Tensor x, MixerStage stage) {
    Convolutions.requireDepthwise(x, stage.filter(), stage.filterBias());
    Shape perChannel = Shape.of(x.shape().extent(1));
    Normalization.requireParameters(
        "mixerStage",
        x,
        perChannel,
        stage.bias(),
        stage.inner().scale(),
        stage.inner().shift(),
        stage.outer().scale(),
        stage.outer().shift());
    return perChannel;
  }

  private static MixerOperands operands(MixerStage stage) {
    return new MixerOperands(
        stage.activation(),
        stage.bias().operand(),
        stage.inner().scale().operand(),
        stage.inner().shift().operand(),
        stage.filter().operand(),
        stage.filterBias().operand(),
        stage.outer().scale().operand(),
        stage.outer().shift().operand());
  }

  static void backward(Op.Mixer op, Tensor g, Backward.Inputs inputs) {
    List<Optional<Tensor>> wanted =
        IntStream.range(0, inputs.count())
            .mapToObj(input -> GradientRules.wanted(g, inputs, input))
            .toList();
    Operand outerScale = op.outerScale().get().operand();
    g.backend()
        .mixerStageBackward(
            new MixerOperands(
                op.activation(),
                op.bias().get().operand(),
                op.innerScale().get().operand(),
                op.innerShift().get().operand(),
                op.filter().get().operand(),
                outerScale,
                outerScale,
                outerScale),
            op.epsilon(),
            op.x().get().operand(),
            op.convolved().get().operand(),
            new MixerOperands.Statistics(
                op.innerMean().get().operand(),
                op.innerVariance().get().operand(),
                op.outerMean().get().operand(),
                op.outerVariance().get().operand()),
            g.operand(),
            new MixerOperands.Gradients(
                wanted.get(0).map(Tensor::operand),
                wanted.get(1).map(Tensor::operand),
                wanted.get(2).map(Tensor::operand),
                wanted.get(3).map(Tensor::operand),
                wanted.get(4).map(Tensor::operand),
                wanted.get(5).map(Tensor::operand),
                wanted.get(6).map(Tensor::operand),
                wanted.get(7).map(Tensor::operand)));
    for (int i = 0; i < wanted.size(); i++) {
      int input = i;
      wanted.get(i).ifPresent(gradient -> inputs.add(input, gradient));
    }
  }

  static void backward(Op.MixerAffine op, Tensor g, Backward.Inputs inputs) {
    Tensor out = Tensor.empty(g.backend(), g.dtype(), g.shape());
    Operand outerScale = op.outerScale().get().operand();
    Operand innerScale = op.innerScale().get().operand();
    g.backend()
        .mixerStageAffineBackward(
            new MixerOperands(
                op.activation(),
                op.bias().get().operand(),
                innerScale,
                innerScale,
                op.filter().get().operand(),
                outerScale,
                outerScale,
                outerScale),
            op.x().get().operand(),
            op.convolved().get().operand(),
            g.operand(),
            out.operand());
    inputs.add(0, out);
  }
}
