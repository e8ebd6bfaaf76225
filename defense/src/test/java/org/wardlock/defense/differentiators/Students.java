package org.wardlock.defense.differentiators;

import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Small students that have learnt nothing, drawn pictures, and trainers over both. */
final class Students {
  static final Device DEVICE = TestDevice.get();
  static final int SIZE = 16;

  private Students() {}

  static Architecture architecture(String name) {
    return Architecture.named(name).withImageSize(SIZE);
  }

  static ImageClassifier of(String name, long seed) {
    return of(architecture(name), seed);
  }

  static ImageClassifier of(Architecture architecture, long seed) {
    Network network = Network.initial(architecture, DEVICE, seed);
    try {
      return ImageClassifier.copyOf(network);
    } finally {
      network.release();
    }
  }

  static Dataset pictures(int count) {
    return DataSource.parse("shapes:" + SIZE).open(Split.TRAIN, Selection.limit(count, 0));
  }

  /** All pictures as a batch, in the current scope. */
  static Tensor images(Dataset pictures) {
    BatchLoader loader = BatchLoader.builder(pictures).batchSize(pictures.size()).build();
    try (BatchStream batches = loader.epoch(0)) {
      return Pixels.of(DEVICE, batches.next());
    }
  }

  static DifferentiatorTrainer trainer(ImageClassifier student, Dataset pictures, Recipe recipe) {
    return new DifferentiatorTrainer(student, pictures, BatchLoader::builder, recipe, 1);
  }
}
