package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.defense.compress.CompressionFolder;
import org.wardlock.defense.compress.JpegTables;
import org.wardlock.defense.compress.JpegTransform;
import org.wardlock.defense.compress.RandomLevels;
import org.wardlock.nn.train.Trainer;
import org.wardlock.nn.train.TrainingResult;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import picocli.CommandLine;

/**
 * The fine-tuning of one classifier on compressed pictures.
 *
 * @param plan of every level
 * @param made where the levels are
 * @param number of the level
 * @param randomLevels share of pictures at any level
 */
record CompressTraining(
    TrainingPlan plan, CompressionFolder made, int number, double randomLevels) {

  /** Trains into the level's folder, from the state saved last. */
  TrainingResult run(CommandLine command) throws IOException {
    int size = plan.start().architecture().imageSize();
    Shape shape = Shape.of(3, size, size);
    JpegTables own = made.tables(number);
    Path folder = made.member(number);
    try (Scope _ = Scope.open("compress train");
        PreparedTraining prepared = plan.prepare(Optional.empty());
        JpegTransform transform =
            JpegTransform.of(own, made.tables().subsampling(), shape, plan.device());
        RandomLevels random =
            RandomLevels.of(
                levels(), number, randomLevels, made.tables().subsampling(), shape, plan.device());
        TrainingConsole listener = new TrainingConsole(command)) {
      Trainer.Builder builder =
          Trainer.builder(prepared.network(), plan.trainingLoader(), plan.recipe(), folder)
              .validation(plan.validationLoader())
              .tuning(plan.start().tuning())
              .facts(facts(prepared, own))
              .transform(transform::apply)
              .listener(listener)
              .stopWhen(Interruption::isRequested);
      if (randomLevels > 0) {
        builder.randomTransform(random);
      }
      return builder.build().resume();
    }
  }

  private List<JpegTables> levels() {
    var levels = new ArrayList<JpegTables>();
    for (int level = 0; level < made.levels().size(); level++) {
      levels.add(made.tables(level));
    }
    return levels;
  }

  private Map<String, String> facts(PreparedTraining prepared, JpegTables own) {
    var facts = new HashMap<>(prepared.facts());
    facts.put("compression", own + " " + made.tables().subsampling());
    if (randomLevels > 0) {
      facts.put("random levels", randomLevels + " of " + levels());
    }
    return facts;
  }
}
