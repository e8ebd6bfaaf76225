package org.wardlock.cli;

import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.model.Architecture;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;

/**
 * A data set's pictures as an attack takes them.
 *
 * @param targeted whether each shall be taken for the class after its own instead of any other
 */
record DatasetPictures(Dataset dataset, Architecture architecture, Device device, boolean targeted)
    implements PictureSource {
  @Override
  public int count() {
    return dataset.size();
  }

  /** Of all of them: (N, channels, height, width). */
  Shape shape() {
    int size = architecture.imageSize();
    int channels = architecture.preprocessing().statistics().channels();
    return Shape.of(dataset.size(), channels, size, size);
  }

  @Override
  public Pictures pictures(int start, int end) {
    BatchLoader loader =
        Loaders.of(dataset.slice(start, end), architecture).batchSize(end - start).build();
    try (BatchStream batches = loader.epoch(0)) {
      Batch batch = batches.next();
      Pictures pictures =
          Pictures.of(Pixels.of(device, batch), batch.labels()).withIds(batch.ids());
      return targeted ? pictures.withTargets(following(batch.labels())) : pictures;
    }
  }

  private int[] following(int... labels) {
    int[] targets = new int[labels.length];
    for (int i = 0; i < labels.length; i++) {
      targets[i] = (labels[i] + 1) % architecture.classes();
    }
    return targets;
  }
}
