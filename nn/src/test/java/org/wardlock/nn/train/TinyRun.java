package org.wardlock.nn.train;

import java.nio.file.Path;
import java.util.Map;
import org.wardlock.data.Augmentation;
import org.wardlock.data.BatchLoader;
import org.wardlock.nn.Shared;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;

/**
 * A run with everything that has a state: batch normalisation, momentum, averages, a schedule; and
 * with chance in its pictures.
 */
final class TinyRun {
  static final int SIDE = 16;
  static final int EPOCHS = 3;

  private TinyRun() {}

  static Network network() {
    Architecture architecture =
        Architecture.named("convmixer-16-2-k3-p4").withImageSize(SIDE).withClasses(4);
    return Network.initial(architecture, Shared.device(), 1);
  }

  static BatchLoader training() {
    return BatchLoader.builder(new TinyPictures(100, SIDE, 1))
        .batchSize(16)
        .shuffle(true)
        .augmentation(Augmentation.parse("crop,erase-0.5", SIDE))
        .seed(5)
        .build();
  }

  static BatchLoader validation() {
    return BatchLoader.builder(new TinyPictures(40, SIDE, 2)).batchSize(16).build();
  }

  static TrainingOptions.Builder options(CheckpointInterval interval) {
    return TrainingOptions.builder()
        .epochs(EPOCHS)
        .optimizer(OptimizerSettings.Adam.decoupled(0.05))
        .learningRate(0.02, TrainingOptions.ScheduleShape.ONECYCLE)
        .clipping(1)
        .labelSmoothing(0.1)
        .layerDecay(0.9)
        .averaging(0.9)
        .checkpoints(interval);
  }

  static Trainer.Builder trainer(Path folder, CheckpointInterval interval) {
    return Trainer.builder(network(), training(), options(interval).build(), folder)
        .validation(validation())
        .facts(Map.of("seed", "5", "data", "tiny"));
  }
}
