package org.wardlock.bench.peers;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.List;

/** ONNX Runtime, which knows forward passes of models alone. */
final class OnnxEngine implements Engine {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
  private final int threads;

  /**
   * Starts ONNX Runtime.
   *
   * @param threads within an operation
   */
  OnnxEngine(int threads) throws OrtException {
    this.threads = threads;
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
  }

  @Override
  public String description() {
    return "ONNX Runtime %s, %d threads within operations, 1 between, sequential, all optimisations, %s"
        .formatted(environment.getVersion(), threads, OrtEnvironment.getAvailableProviders());
  }

  @Override
  public List<String> variants(Row row) {
    return row instanceof ModelRow model && model.mode() == ModelRow.Mode.FORWARD
        ? OnnxExport.variants(model.architecture())
        : List.of();
  }

  @Override
  public Subject open(Row row, String variant) throws Exception {
    if (row instanceof ModelRow model) {
      return new OnnxModel(environment, options, model, variant);
    }
    throw new IllegalArgumentException(row.label() + ": ONNX Runtime computes models alone");
  }

  @Override
  public long memory(ModelRow row, String variant, double seconds) {
    throw new UnsupportedOperationException("memory is compared with PyTorch alone");
  }
}
