package org.wardlock.bench.peers;

import java.util.List;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.CpuStatus;

/** Wardlock. */
final class WardlockEngine implements Engine {
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
}
