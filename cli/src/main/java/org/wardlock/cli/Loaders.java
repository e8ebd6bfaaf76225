package org.wardlock.cli;

import org.wardlock.data.BatchLoader;
import org.wardlock.data.Dataset;
import org.wardlock.nn.model.Architecture;
import org.wardlock.tensor.CpuStatus;

/**
 * Brings a data set's pictures to the size a network takes, on as many threads as compute: what
 * they give does not depend on their number.
 */
final class Loaders {
  private Loaders() {}

  static BatchLoader.Builder of(Dataset dataset, Architecture architecture) {
    return BatchLoader.builder(dataset)
        .preprocess(architecture.preprocessing().pictures())
        .workers(CpuStatus.current().threads());
  }
}
