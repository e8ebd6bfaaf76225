package org.wardlock.cli;

import org.wardlock.data.BatchLoader;
import org.wardlock.data.Dataset;
import org.wardlock.data.Preprocess;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Preprocessing;

/** Brings a data set's pictures to the size a network takes. */
final class Loaders {
  private Loaders() {}

  static BatchLoader.Builder of(Dataset dataset, Architecture architecture) {
    Preprocessing pictures = architecture.preprocessing();
    return BatchLoader.builder(dataset)
        .preprocess(
            Preprocess.of(pictures.imageSize(), pictures.cropFraction(), pictures.interpolation()));
  }
}
