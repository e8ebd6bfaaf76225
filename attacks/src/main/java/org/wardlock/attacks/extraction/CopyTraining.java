package org.wardlock.attacks.extraction;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.wardlock.data.BatchLoader;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.CheckpointInterval;
import org.wardlock.nn.train.Trainer;
import org.wardlock.nn.train.TrainingListener;
import org.wardlock.nn.train.TrainingResult;
import org.wardlock.tensor.CpuStatus;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;

/**
 * Trains a network to say what a service said, in a folder of its own: a training that was killed
 * goes on from its last saved state, to the same bits.
 *
 * @param recipe of the training
 * @param seed of order and augmentation
 * @param checkpoints how often its state is saved
 */
public record CopyTraining(Extraction.Recipe recipe, long seed, CheckpointInterval checkpoints) {
  /**
   * Trains until it is done, or told to stop.
   *
   * @param network that becomes the copy
   * @param pictures that it learns from
   * @param folder made if missing; afterwards it holds the weights, as {@link Trainer} writes them
   * @param begun what the network was before, for a resumption to be refused if it was another
   * @param listener is told how it goes
   * @param stop asked after each step
   */
  public TrainingResult run(
      Network network,
      StolenPictures pictures,
      Path folder,
      Map<String, String> begun,
      TrainingListener listener,
      BooleanSupplier stop)
      throws IOException {
    var facts = new LinkedHashMap<>(begun);
    facts.put("seed", Long.toString(seed));
    facts.put("answers", pictures.identity().digest());
    facts.put("augment", recipe.augmentation().toString());
    BatchLoader loader =
        BatchLoader.builder(pictures)
            .preprocess(network.architecture().preprocessing().pictures())
            .batchSize(recipe.batchSize())
            .seed(seed)
            .shuffle(true)
            .augmentation(recipe.augmentation())
            .workers(CpuStatus.current().threads())
            .movesOnDevice(!network.device().equals(Device.CPU))
            .build();
    try (Scope _ = Scope.open("copy")) {
      return Trainer.builder(
              network, loader, recipe.options(checkpoints), Files.createDirectories(folder))
          .targets(pictures)
          .facts(facts)
          .listener(listener)
          .stopWhen(stop)
          .build()
          .resume();
    }
  }
}
