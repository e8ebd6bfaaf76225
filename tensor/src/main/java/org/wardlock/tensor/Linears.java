package org.wardlock.tensor;

import java.util.List;
import java.util.Optional;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * Linear maps along the last axis; behind an activation or a layer norm the tape keeps what went
 * into that, and what came out is made again for the gradient: memory is dearer than a pass of
 * arithmetic beside two products.
 */
final class Linears {
  private Linears() {}

  static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    require(x, weight);
    int in = weight.shape().extent(1);
    int out = weight.shape().extent(0);
    Tensor product =
        Products.batched(
            rows(x),
            weight.transpose().reshape(1, in, out),
            Products.Bias.COLUMNS,
            Optional.of(bias));
    return product.reshape(x.shape().with(-1, out).toArray());
  }

  /** {@code linear(activation(x))}. */
  static Tensor linear(Activation activation, Tensor x, Tensor weight, Tensor bias) {
    Optional<UnaryOp> function = UnaryOp.of(activation);
    if (function.isEmpty()) {
      return linear(x, weight, bias);
    }
    require(x, weight);
    Tensor product;
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("activated linear map")) {
      product = linear(activation.apply(x), weight, bias).keep();
    }
    if (!Pointwise.anyRecorded(x, weight, bias)) {
      return product;
    }
    boolean readsX = x.isRecorded() || weight.isRecorded();
    var op =
        new Op.ActivatedLinear(
            function.get(), Saved.when(readsX, x), Saved.when(x.isRecorded(), weight));
    return product.attach(op, x, weight, bias);
  }

  /** {@code linear(layerNorm(x))}. */
  static Tensor linear(LayerNormParameters norm, Tensor x, Tensor weight, Tensor bias) {
    require(x, weight);
    try (Scope _ = Scope.open("normalised linear map")) {
      Tensor product;
      Normalization.Rows rows;
      try (NoGrad _ = NoGrad.enter()) {
        rows = Normalization.rows(x, norm);
        product = linear(rows.output(), weight, bias);
      }
      if (!Pointwise.anyRecorded(x, norm.weight(), norm.bias(), weight, bias)) {
        return product.keep();
      }
      boolean normalised = x.isRecorded() || norm.weight().isRecorded();
      boolean towardsNorm = normalised || norm.bias().isRecorded();
      boolean readsX = normalised || weight.isRecorded();
      var op =
          new Op.NormalizedLinear(
              new Op.LayerNorm(
                  Saved.when(readsX, x),
                  Saved.when(readsX, norm.weight()),
                  Saved.when(normalised, rows.mean()),
                  Saved.when(normalised, rows.rstd())),
              Saved.when(weight.isRecorded(), norm.bias()),
              norm.epsilon(),
              Saved.when(towardsNorm, weight));
      return product.attach(op, x, norm.weight(), norm.bias(), weight, bias).keep();
    }
  }

  static void backward(Op.ActivatedLinear op, Tensor g, Backward.Inputs inputs) {
    boolean readsOutput = op.function().gradientReads() == UnaryOp.Reads.OUTPUT;
    Tensor x = inputs.needs(0) || inputs.needs(1) ? op.x().get() : g;
    boolean again = inputs.needs(1) || inputs.needs(0) && readsOutput;
    Tensor activated = again ? Pointwise.unary(op.function(), x) : x;
    if (inputs.needs(1)) {
      inputs.add(1, towardsWeight(g, activated, inputs.gradientType(1)));
    }
    if (again && !(inputs.needs(0) && readsOutput)) {
      activated.release();
    }
    if (inputs.needs(0)) {
      Tensor gradient = towardsInput(g, op.weight().get());
      Operand towards = gradient.operand();
      Tensor saved = rows(readsOutput ? activated : x);
      g.backend().unaryGradient(op.function(), saved.operand(), towards, towards);
      inputs.add(0, gradient.reshape(x.shape().toArray()));
    }
    if (inputs.needs(2)) {
      inputs.add(2, towardsBias(g));
    }
  }

  static void backward(Op.NormalizedLinear op, Tensor g, Backward.Inputs inputs) {
    if (inputs.needs(3)) {
      var norm = new LayerNormParameters(op.norm().weight().get(), op.bias().get(), op.epsilon());
      Normalization.Rows again = Normalization.rows(op.norm().x().get(), norm);
      inputs.add(3, towardsWeight(g, again.output(), inputs.gradientType(3)));
      List.of(again.output(), again.mean(), again.rstd()).forEach(Tensor::release);
    }
    if (inputs.needs(0) || inputs.needs(1) || inputs.needs(2)) {
      Tensor gradient = towardsInput(g, op.weight().get());
      Tensor towards = gradient.reshape(g.shape().with(-1, gradient.shape().extent(-1)).toArray());
      GradientRules.layerNorm(op.norm(), towards, inputs);
    }
    if (inputs.needs(4)) {
      inputs.add(4, towardsBias(g));
    }
  }

  private static Tensor towardsWeight(Tensor g, Tensor input, DType type) {
    int out = g.shape().extent(-1);
    int in = input.shape().extent(-1);
    // views hold shares too, and the input is to be given up as soon as it has been read
    try (Scope _ = Scope.open("weight's gradient")) {
      Tensor gradient =
          Products.product(rows(g).transpose(), rows(input), Shape.of(1, out, in), type);
      return gradient.reshape(out, in).keep();
    }
  }

  private static Tensor towardsBias(Tensor g) {
    return rows(g).sum(0, 1).reshape(-1);
  }

  /** (1, rows, in). */
  private static Tensor towardsInput(Tensor g, Tensor weight) {
    int out = weight.shape().extent(0);
    int in = weight.shape().extent(1);
    Shape shape = Shape.of(1, Products.rowCount(g.shape()), in);
    return Products.product(rows(g), weight.reshape(1, out, in), shape, g.dtype());
  }

  /** (1, rows, last extent). */
  private static Tensor rows(Tensor x) {
    return x.reshape(1, Products.rowCount(x.shape()), x.shape().extent(-1));
  }

  private static void require(Tensor x, Tensor weight) {
    if (weight.shape().rank() != 2 || x.shape().rank() < 1) {
      throw new IllegalArgumentException(
          "linear: weight "
              + weight.shape()
              + " must be (out, in), input "
              + x.shape()
              + " must end with in");
    }
    Products.requireInner(
        "linear", x.shape(), weight.shape(), x.shape().extent(-1), weight.shape().extent(1));
  }
}
