package org.wardlock.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import java.io.IOException;
import java.util.List;

/** A product by PyTorch. */
final class TorchProduct implements Engine.Subject {
  private static final String MATRICES = "matmul";
  private static final String CONVOLUTION = "conv2d";
  private static final int REPEATS = 4;

  private final NDList inputs = new NDList();
  private final TorchProgram program;

  TorchProduct(PtNDManager manager, ProductRow row, String variant) throws IOException {
    boolean convolution = variant.equals(CONVOLUTION);
    add(manager, "x", row.input(), features(row, row.in(), convolution));
    add(
        manager,
        "w",
        row.weight(),
        convolution ? new Shape(row.out(), row.in(), 1, 1) : new Shape(row.out(), row.in()));
    add(manager, "g", row.gradient(), features(row, row.out(), convolution));
    Shape result =
        switch (row.phase()) {
          case FORWARD -> features(row, row.out(), false);
          case INPUT_GRADIENT -> features(row, row.in(), false);
          case WEIGHT_GRADIENT -> new Shape(row.out(), row.in());
        };
    inputs.add(named(manager.zeros(result), "c"));
    program = new TorchProgram(manager, function(row, convolution), false, false);
  }

  /** The ways to ask PyTorch for a row. */
  static List<String> variants(ProductRow row) {
    return row.pointwise() ? List.of(MATRICES, CONVOLUTION) : List.of(MATRICES);
  }

  private static Shape features(ProductRow row, int width, boolean convolution) {
    if (!row.pointwise()) {
      return new Shape((long) row.batch() * row.places(), width);
    }
    return convolution
        ? new Shape(row.batch(), width, row.places(), 1)
        : new Shape(row.batch(), width, row.places());
  }

  private void add(PtNDManager manager, String name, float[] values, Shape shape) {
    inputs.add(named(TorchEngine.array(manager, values, shape), name));
  }

  private static NDArray named(NDArray array, String name) {
    array.setName(name);
    return array;
  }

  /** Products write to {@code c}, so that PyTorch need not allocate; convolutions cannot. */
  private static String function(ProductRow row, boolean convolution) {
    String expression =
        convolution ? convolution(row.phase()) : row.pointwise() ? batched(row) : plain(row);
    return """
    def forward(self: __torch__.Program, x: Tensor, w: Tensor, g: Tensor, c: Tensor) -> Tensor:
      r = c
      for i in range(%d):
        r = %s
      return r
    """
        .formatted(REPEATS, expression);
  }

  private static String plain(ProductRow row) {
    return switch (row.phase()) {
      case FORWARD -> "torch.mm(x, torch.t(w), out=c)";
      case INPUT_GRADIENT -> "torch.mm(g, w, out=c)";
      case WEIGHT_GRADIENT -> "torch.mm(torch.t(g), x, out=c)";
    };
  }

  private static String batched(ProductRow row) {
    return switch (row.phase()) {
      case FORWARD -> "torch.bmm(torch.expand(w, [%d, -1, -1]), x, out=c)".formatted(row.batch());
      case INPUT_GRADIENT ->
          "torch.bmm(torch.expand(torch.t(w), [%d, -1, -1]), g, out=c)".formatted(row.batch());
      case WEIGHT_GRADIENT -> "torch.sum(torch.bmm(g, torch.transpose(x, 1, 2)), [0])";
    };
  }

  private static String convolution(Phase phase) {
    return switch (phase) {
      case FORWARD -> "torch.conv2d(x, w)";
      case INPUT_GRADIENT -> backward("True, False", 0);
      case WEIGHT_GRADIENT -> backward("False, True", 1);
    };
  }

  private static String backward(String mask, int index) {
    return "(torch.convolution_backward(g, x, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, [%s, False]))[%d]"
        .formatted(mask, index);
  }

  @Override
  public void run() {
    program.call(inputs).close();
  }

  @Override
  public int iterations() {
    return REPEATS;
  }

  @Override
  public float[] outcome() {
    try (NDList result = program.call(inputs)) {
      return result.singletonOrThrow().toFloatArray();
    }
  }

  @Override
  public void close() {
    program.close();
    inputs.close();
  }
}
