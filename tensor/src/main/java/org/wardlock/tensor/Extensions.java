package org.wardlock.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Operations with a backward pass of their own: the caller's, and recomputation. */
final class Extensions {
  private Extensions() {}

  static Tensor custom(CustomOp op, Tensor... inputs) {
    List<Tensor> given = List.of(inputs);
    Tensor out;
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open(op.getClass().getSimpleName())) {
      out = op.forward(given.stream().map(Tensor::detach).toList()).detach().keep();
    }
    if (!Pointwise.anyRecorded(inputs)) {
      return out;
    }
    var saved = new ArrayList<Saved>(inputs.length);
    for (Tensor input : inputs) {
      saved.add(Saved.of(input.operand()));
    }
    return out.attach(new Op.Custom(op, List.copyOf(saved), Saved.of(out.operand())), inputs);
  }

  static void customBackward(Op.Custom custom, Tensor g, Backward.Inputs inputs) {
    List<Tensor> given = custom.inputs().stream().map(Saved::get).toList();
    List<Tensor> gradients = custom.op().backward(g, given, custom.output().get());
    if (gradients.size() != inputs.count()) {
      throw new IllegalStateException(
          "custom operation "
              + custom.op().getClass().getName()
              + ": "
              + gradients.size()
              + " gradients for "
              + inputs.count()
              + " inputs");
    }
    for (int i = 0; i < inputs.count(); i++) {
      if (inputs.needs(i)) {
        inputs.add(i, gradients.get(i));
      }
    }
  }

  static Tensor recompute(UnaryOperator<Tensor> function, Tensor x) {
    if (!NoGrad.isRecording()) {
      return function.apply(x);
    }
    // a leaf even where x needs no gradient: the function may read parameters that do
    Tensor input = x.isRecorded() ? x : x.requiresGrad();
    Tensor out;
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("recomputed")) {
      out = function.apply(x.detach()).detach().keep();
    }
    return out.attach(new Op.Recompute(function, Saved.of(x.operand())), input);
  }

  static void recomputeBackward(
      UnaryOperator<Tensor> function, Tensor x, Tensor g, Backward.Inputs inputs) {
    Tensor leaf = x.requiresGrad();
    Tensor out;
    try (NoGrad _ = NoGrad.suspend()) {
      out = function.apply(leaf);
    }
    if (out.tracksGradient()) {
      inputs.addNested(0, out, g, leaf);
    }
  }
}
