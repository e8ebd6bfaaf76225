package org.wardlock.bench.peers;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.CpuStatus;

/** Wardlock. */
final class WardlockEngine implements Engine {
  /** A model of the same weights that sees each pixel moved by a millionth. */
  static final String MOVED = "moved";

  @Override
  public String description() {
    CpuStatus status = CpuStatus.current();
    return "Wardlock: %s kernels, %d lanes, %d threads; Java %s"
        .formatted(status.kernels(), status.lanes(), status.threads(), Runtime.version());
  }

  @Override
  public List<String> variants(Row row) {
    return List.of("");
  }

  @Override
  public Subject open(Row row, String variant) throws WeightsException {
    return switch (row) {
      case ProductRow product -> WardlockProduct.of(product);
      case ModelRow model -> new WardlockModel(model, variant.equals(MOVED));
    };
  }

  @Override
  public double peak() {
    return CpuStatus.measurePeak();
  }

  /**
   * What lives on the heap after the iterations, less what lived before the model was made, less
   * the model's {@linkplain WardlockModel#stateBytes own}. Whatever an iteration releases stays in
   * the pool, so this is its peak; it also counts what making the model left in the pool.
   */
  @Override
  public long memory(ModelRow row, String variant, double seconds) throws WeightsException {
    CpuStatus.current(); // the backend's own objects are nobody's need
    long before = liveHeap();
    try (var model = new WardlockModel(row, false)) {
      model.run(seconds);
      return liveHeap() - before - model.stateBytes();
    }
  }

  private static long liveHeap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }
}
