package org.wardlock.bench.peers;

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
}
