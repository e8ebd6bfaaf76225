package org.wardlock.tensor;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/** The operations a backend may fuse: softmax, norms, attention, cross-entropy. */
final class Normalization {
  private Normalization() {}

  static Tensor softmax(Tensor x, boolean logarithm) {
    x.requireReal("softmax");
    Tensor out = Tensor.empty(x.backend(), x.dtype(), x.shape());
    x.backend().softmax(x.operand(), logarithm, out.operand());
    return x.isRecorded() ? out.attach(new Op.Softmax(Saved.of(out.operand()), logarithm), x) : out;
  }

  static Tensor layerNorm(Tensor x, LayerNormParameters norm) {
    Rows rows = rows(x, norm);
    Tensor out = rows.output();
    if (Pointwise.anyRecorded(x, norm.weight(), norm.bias())) {
      boolean normalised = x.isRecorded() || norm.weight().isRecorded();
      var op =
          new Op.LayerNorm(
              Saved.when(normalised, x),
              Saved.when(normalised, norm.weight()),
              Saved.when(normalised, rows.mean()),
              Saved.when(normalised, rows.rstd()));
      out.attach(op, x, norm.weight(), norm.bias());
    }
    rows.mean().release();
    rows.rstd().release();
    return out;
  }

  /** What a layer norm makes of x, not on the tape, with what it found. */
  record Rows(Tensor output, Tensor mean, Tensor rstd) {}

  static Rows rows(Tensor x, LayerNormParameters norm) {
    Shape expected = Shape.of(x.shape().extent(-1));
    requireParameters("layerNorm", x, expected, norm.weight(), norm.bias());
    Backend backend = x.backend();
    Tensor out = Tensor.empty(backend, x.dtype(), x.shape());
    Tensor mean = Tensor.empty(backend, DType.F32, x.shape().without(-1));
    Tensor rstd = Tensor.empty(backend, DType.F32, x.shape().without(-1));
    backend.layerNorm(
        x.operand(),
        norm.weight().operand(),
        norm.bias().operand(),
        norm.epsilon(),
        out.operand(),
        mean.operand(),
        rstd.operand());
    return new Rows(out, mean, rstd);
  }

  static Tensor.BatchNormalized batchNorm(Tensor x, Tensor weight, Tensor bias, float epsilon) {
    Shape expected = requireBatch(x, weight, bias);
    Backend backend = x.backend();
    Tensor out = Tensor.empty(backend, x.dtype(), x.shape());
    Tensor mean = Tensor.empty(backend, DType.F32, expected);
    Tensor variance = Tensor.empty(backend, DType.F32, expected);
    backend.batchNorm(
        x.operand(),
        weight.operand(),
        bias.operand(),
        epsilon,
        out.operand(),
        mean.operand(),
        variance.operand());
    if (Pointwise.anyRecorded(x, weight, bias)) {
      boolean normalised = x.isRecorded() || weight.isRecorded();
      var op =
          new Op.BatchNorm(
              Saved.when(normalised, x),
              Saved.when(normalised, weight),
              Saved.when(normalised, mean),
              Saved.when(normalised, variance),
              epsilon);
      out.attach(op, x, weight, bias);
    }
    return new Tensor.BatchNormalized(out, mean, variance);
  }

  static Tensor.BatchNormalized batchNorm(
      Tensor x,
      Activation activation,
      Tensor weight,
      Tensor bias,
      float epsilon,
      Optional<Tensor> addend) {
    Optional<UnaryOp> function = UnaryOp.of(activation);
    if (function.isEmpty()) {
      Tensor.BatchNormalized plain = batchNorm(x, weight, bias, epsilon);
      return new Tensor.BatchNormalized(
          addend.map(plain.output()::add).orElse(plain.output()), plain.mean(), plain.variance());
    }
    Shape expected = requireBatch(x, weight, bias);
    addend.ifPresent(summand -> requireAddend(x, summand));
    Backend backend = x.backend();
    Tensor out = Tensor.empty(backend, x.dtype(), x.shape());
    Tensor mean = Tensor.empty(backend, DType.F32, expected);
    Tensor variance = Tensor.empty(backend, DType.F32, expected);
    backend.activatedBatchNorm(
        function.get(),
        x.operand(),
        weight.operand(),
        bias.operand(),
        epsilon,
        addend.map(Tensor::operand),
        out.operand(),
        mean.operand(),
        variance.operand());
    boolean normalised = Pointwise.anyRecorded(x, weight);
    if (normalised || bias.isRecorded() || addend.filter(Tensor::isRecorded).isPresent()) {
      var op =
          new Op.ActivatedBatchNorm(
              function.get(),
              Saved.when(normalised, x),
              Saved.when(normalised, weight),
              Saved.when(normalised, mean),
              Saved.when(normalised, variance),
              epsilon);
      attach(out, op, addend, x, weight, bias);
    }
    return new Tensor.BatchNormalized(out, mean, variance);
  }

  private static Tensor attach(Tensor out, Op op, Optional<Tensor> addend, Tensor... inputs) {
    Tensor[] all = Arrays.copyOf(inputs, inputs.length + addend.map(_ -> 1).orElse(0));
    addend.ifPresent(summand -> all[inputs.length] = summand);
    return out.attach(op, all);
  }

  private static Shape requireBatch(Tensor x, Tensor weight, Tensor bias) {
    Shape expected = Shape.of(x.shape().extent(1));
    requireParameters("batchNorm", x, expected, weight, bias);
    requireVariance("batchNorm", x);
    return expected;
  }

  static void requireVariance(String operation, Tensor x) {
    if (x.shape().count() == x.shape().extent(1)) {
      throw new IllegalArgumentException(
          operation
              + ": one value a channel in "
              + x.shape()
              + " has no variance; use a larger batch");
    }
  }

  private static void requireAddend(Tensor x, Tensor addend) {
    Pointwise.requireAlike("batchNorm", x, addend);
    if (!addend.shape().equals(x.shape())) {
      throw new IllegalArgumentException(
          "batchNorm: addend " + addend.shape() + " has not the shape of the input " + x.shape());
    }
  }

  static Tensor batchNorm(
      Tensor x,
      Activation activation,
      Tensor weight,
      Tensor bias,
      Tensor mean,
      Tensor variance,
      float epsilon,
      Optional<Tensor> addend) {
    Shape expected = Shape.of(x.shape().extent(1));
    requireParameters("batchNorm", x, expected, weight, bias);
    requireParameters("batchNorm", x, expected, mean, variance);
    addend.ifPresent(summand -> requireAddend(x, summand));
    ChannelScaling given = ChannelScaling.normalizing(weight, bias, mean, variance, epsilon);
    Tensor scale = given.scale();
    Tensor shift = given.shift();
    if (Pointwise.anyRecorded(scale, shift)) {
      int[] perChannel = new int[x.shape().rank() - 1];
      Arrays.fill(perChannel, 1);
      perChannel[0] = expected.extent(0);
      Tensor normalised =
          activation.apply(x).multiplyAdd(scale.reshape(perChannel), shift.reshape(perChannel));
      return addend.map(normalised::add).orElse(normalised);
    }
    Tensor out = Tensor.empty(x.backend(), x.dtype(), x.shape());
    x.backend()
        .channelAffine(
            activation,
            x.operand(),
            scale.operand(),
            shift.operand(),
            addend.map(Tensor::operand),
            out.operand());
    if (x.isRecorded() || addend.filter(Tensor::isRecorded).isPresent()) {
      boolean readsInput = x.isRecorded() && activation != Activation.IDENTITY;
      var op =
          new Op.ChannelAffine(
              activation, Saved.when(readsInput, x), Saved.when(x.isRecorded(), scale));
      attach(out, op, addend, x);
    }
    return out;
  }

  static Tensor attention(Tensor qkv, int heads) {
    Shape shape = qkv.shape();
    qkv.requireReal("attention");
    if (shape.rank() != 3 || heads < 1 || shape.extent(2) % (3 * heads) != 0) {
      throw new IllegalArgumentException(
          "attention: packed projections "
              + shape
              + " must be [B,N,3*D] with D a multiple of "
              + heads
              + " heads");
    }
    int batch = shape.extent(0);
    int tokens = shape.extent(1);
    int head = shape.extent(2) / (3 * heads);
    float scale = (float) (1 / Math.sqrt(head));
    Tensor packed = qkv.reshape(batch, tokens, 3, heads, head);
    Backend backend = qkv.backend();
    Tensor out = Tensor.empty(backend, qkv.dtype(), Shape.of(batch, tokens, heads, head));
    Tensor logSumExp = Tensor.empty(backend, DType.F32, Shape.of(batch, heads, tokens));
    backend.attention(packed.operand(), scale, out.operand(), logSumExp.operand());
    if (packed.isRecorded()) {
      var op =
          new Op.Attention(
              Saved.of(packed.operand()),
              scale,
              Saved.of(out.operand()),
              Saved.of(logSumExp.operand()));
      out.attach(op, packed);
    }
    logSumExp.release();
    return out.reshape(batch, tokens, heads * head);
  }

  static Tensor crossEntropy(Tensor logits, Tensor probabilities) {
    logits.require("crossEntropy", DType.F32);
    Pointwise.requireAlike("crossEntropy", logits, probabilities);
    if (logits.shape().rank() != 2 || !logits.shape().equals(probabilities.shape())) {
      throw new IllegalArgumentException(
          "crossEntropy: logits "
              + logits.shape()
              + " and probabilities "
              + probabilities.shape()
              + " must both be [N,classes]");
    }
    if (probabilities.isRecorded()) {
      throw new IllegalArgumentException(
          "crossEntropy: the probabilities require a gradient, and there is none; detach them");
    }
    Backend backend = logits.backend();
    Tensor loss = Tensor.empty(backend, DType.F32, Shape.of(logits.shape().extent(0)));
    Tensor gradient = Tensor.empty(backend, DType.F32, logits.shape());
    Operand target = probabilities.operand();
    backend.crossEntropy(logits.operand(), target, loss.operand(), gradient.operand());
    if (logits.isRecorded()) {
      loss.attach(new Op.CrossEntropy(Saved.of(gradient.operand())), logits);
    }
    gradient.release();
    return loss;
  }

  static void requireParameters(String operation, Tensor x, Shape expected, Tensor... parameters) {
    for (Tensor parameter : parameters) {
      Pointwise.requireParameter(operation, x, parameter);
      if (!parameter.shape().equals(expected)) {
        throw new IllegalArgumentException(
            operation
                + ": parameter of shape "
                + parameter.shape()
                + " does not fit input "
                + x.shape()
                + ": expected "
                + expected);
      }
    }
  }

  /** The sum of (N, C, ...) over everything but C. */
  static Tensor sumPerChannel(Tensor x) {
    int[] axes = IntStream.range(0, x.shape().rank()).filter(axis -> axis != 1).toArray();
    return x.sum(axes).reshape(-1);
  }
}
