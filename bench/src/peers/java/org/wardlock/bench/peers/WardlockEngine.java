package org.wardlock.bench.peers;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.CpuStatus;

/** Wardlock. */
final class WardlockEngine implements Engine {
  private long liveAtFirst;

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
      case ModelRow model -> new WardlockModel(model);
    };
  }

  @Override
  public double peak() {
    return CpuStatus.measurePeak();
  }

  @Override
  public void beginMemory() {
    liveAtFirst = liveHeap();
  }

  @Override
  public long memoryGrowth() {
    return liveHeap() - liveAtFirst;
  }

  /**
   * Released memory stays in a pool, so what lives after a step is what the step needed at most.
   */
  private static long liveHeap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }
}
