package org.wardlock.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.Optional;

/** PyTorch by DJL. */
final class TorchEngine implements Engine {
  private final ai.djl.engine.Engine engine = ai.djl.engine.Engine.getEngine("PyTorch");
  private final PtNDManager manager = (PtNDManager) engine.newBaseManager();

  /**
   * Starts PyTorch.
   *
   * @param threads within an operation
   */
  TorchEngine(int threads) {
    JniUtils.setNumThreads(threads);
  }

  @Override
  public String description() {
    return "PyTorch %s, DJL %s, %d threads within operations, %s"
        .formatted(
            engine.getVersion(),
            Optional.ofNullable(ai.djl.engine.Engine.getDjlVersion()).orElse("unknown"),
            JniUtils.getNumThreads(),
            JniUtils.getFeatures());
  }

  @Override
  public List<String> variants(Row row) {
    return switch (row) {
      case ProductRow product -> TorchProduct.variants(product);
      case ModelRow model -> TorchModel.variants(model);
    };
  }

  @Override
  public Subject open(Row row, String variant) throws Exception {
    return switch (row) {
      case ProductRow product -> new TorchProduct(manager, product, variant);
      case ModelRow model -> new TorchModel(manager, model, variant);
    };
  }

  @Override
  public long memory(ModelRow row, String variant, double seconds) throws Exception {
    try (var model = new TorchModel(manager, row, variant)) {
      return ProcessMemory.growth(model, seconds);
    }
  }

  /** An array in memory of PyTorch's own, aligned as it likes; DJL's would lie in Java's. */
  static NDArray array(NDManager manager, float[] values, Shape shape) {
    try (NDArray array = manager.create(values, shape)) {
      return array.duplicate();
    }
  }
}
