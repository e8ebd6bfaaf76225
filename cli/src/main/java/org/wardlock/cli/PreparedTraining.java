package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyTransform;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.Trainer;
import org.wardlock.nn.train.TrainingResult;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import picocli.CommandLine;

/**
 * A network that is about to be trained as a plan says.
 *
 * @param facts what decides the bits of the run
 * @param key that it is trained behind, if any; the caller's to close, afterwards
 */
record PreparedTraining(
    TrainingPlan plan, Network network, Map<String, String> facts, Optional<Key> key)
    implements AutoCloseable {

  /** What must be known of the model that comes of it. */
  ModelConfig config() {
    return plan.config(key);
  }

  /** How many numbers are trained, of how many. */
  FineTuning.Counts counts() {
    return plan.counts(network);
  }

  /**
   * Trains into a folder, until it is done or the user interrupts.
   *
   * @param folder which exists
   * @param resume whether to go on from the state saved last
   * @param command which shows how it goes
   */
  TrainingResult run(Path folder, boolean resume, CommandLine command) throws IOException {
    var builder =
        Trainer.builder(network, plan.trainingLoader(), plan.recipe(), folder)
            .validation(plan.validationLoader())
            .tuning(plan.start().tuning())
            .facts(facts);
    if (plan.start().makesAdapter()) {
      builder.finished(state -> plan.start().writeAdapter(folder, network, config(), state));
    }
    Interruption.watch();
    try (Scope _ = Scope.open("train")) {
      if (key.isPresent()) {
        int size = network.architecture().imageSize();
        KeyTransform transform =
            KeyTransform.of(key.get(), Shape.of(3, size, size), network.device());
        builder
            .transform(transform::apply)
            .metadata(Map.of(ModelConfig.KEY_ID, key.get().id().text()));
      }
      try (TrainingConsole listener = new TrainingConsole(command)) {
        Trainer trainer = builder.listener(listener).stopWhen(Interruption::isRequested).build();
        return resume ? trainer.resume() : trainer.run();
      }
    }
  }

  @Override
  public void close() {
    network.release();
  }
}
