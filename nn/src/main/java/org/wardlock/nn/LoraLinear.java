package org.wardlock.nn;

import java.util.ArrayList;
import java.util.List;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A linear layer with a low-rank change beside it (LoRA, Hu et al. 2022): {@code linear(x) + scale
 * * (x A^T) B^T}. A starts as PyTorch's layers do, B at 0, so that at first nothing changes. Where
 * only some slices of the rows are changed, each has factors of its own and all are computed as
 * one: the As one below the other, each B at its rows.
 */
public final class LoraLinear implements LinearMap {
  private final Linear layer;
  private final List<Slice> slices;
  private final LoraSettings settings;

  /** Factors of the rows from {@code first} on: a is (rank, in), b (rows, rank). */
  private record Slice(int first, Parameter a, Parameter b) {}

  private LoraLinear(Linear layer, List<Slice> slices, LoraSettings settings) {
    this.layer = layer;
    this.slices = slices;
    this.settings = settings;
  }

  /** A linear layer, changed if the source says that such layers are. */
  static LinearMap of(ParameterSource source, LoraTarget target, int in, int out) {
    return of(source, target, new Linear(source, in, out));
  }

  /** The same of a layer that has been made from the source. */
  static LinearMap of(ParameterSource source, LoraTarget target, Linear layer) {
    return source
        .lora()
        .filter(settings -> settings.targets().contains(target))
        .<LinearMap>map(settings -> beside(layer, source, target, settings))
        .orElse(layer);
  }

  private static LoraLinear beside(
      Linear layer, ParameterSource source, LoraTarget target, LoraSettings settings) {
    int rank = settings.rank();
    int in = layer.inputs();
    int rows = layer.outputs() / target.slices();
    if (rank > Math.min(in, rows)) {
      throw new IllegalArgumentException(
          "LoRA rank %d: more than the %d x %d of %s; choose at most %d"
              .formatted(rank, rows, in, target, Math.min(in, rows)));
    }
    var slices = new ArrayList<Slice>();
    for (int slice : target.changed()) {
      ParameterSource lora = LoraNames.below(source, target.sliceName(slice));
      slices.add(
          new Slice(
              slice * rows,
              lora.factor(LoraNames.A, Shape.of(rank, in), Init.uniform(in)),
              lora.factor(LoraNames.B, Shape.of(rows, rank), Init.zeros())));
    }
    return new LoraLinear(layer, List.copyOf(slices), settings);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    try (Scope _ = Scope.open("low-rank change")) {
      return layer.forward(x, pass).add(change(x, pass)).keep();
    }
  }

  @Override
  public Tensor forward(Activation activation, Tensor x, Pass pass) {
    try (Scope _ = Scope.open("low-rank change")) {
      return forward(activation.apply(x), pass).keep();
    }
  }

  @Override
  public Tensor forward(LayerNorm norm, Tensor x, Pass pass) {
    try (Scope _ = Scope.open("low-rank change")) {
      return forward(norm.forward(x, pass), pass).keep();
    }
  }

  private Tensor change(Tensor x, Pass pass) {
    Tensor seen = x;
    if (pass.isTraining() && settings.dropout() > 0) {
      Chance chance =
          pass.chance()
              .orElseThrow(
                  () ->
                      new IllegalStateException("LoRA's dropout: the pass has no random numbers"));
      // the name's hash is fixed by the Java language, and tells the layers apart
      int purpose = slices.getFirst().a().name().hashCode();
      seen = chance.dropout(x, settings.dropout(), purpose);
    }
    int out = layer.outputs();
    Tensor down = Tensor.concatenate(0, tensors(slices.stream().map(Slice::a).toList(), x));
    Tensor[] up = tensors(slices.stream().map(Slice::b).toList(), x);
    for (int i = 0; i < up.length; i++) {
      int first = slices.get(i).first();
      up[i] = up[i].pad(0, first, out - first - up[i].shape().extent(0));
    }
    Tensor inner = seen.matmul(down.transpose()).multiply(settings.scale());
    return inner.matmul(Tensor.concatenate(1, up).transpose());
  }

  private static Tensor[] tensors(List<Parameter> parameters, Tensor x) {
    return parameters.stream().map(each -> each.tensor(x.dtype())).toArray(Tensor[]::new);
  }
}
