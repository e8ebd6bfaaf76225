package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.AttackRun;
import org.wardlock.attacks.evaluation.Records;
import org.wardlock.attacks.evaluation.RunListener;
import org.wardlock.cli.report.HtmlPage;
import org.wardlock.cli.report.Strips;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** Attacks of the demo, all on the same pictures. */
final class DemoAttacks {
  private static final int BATCH = 50;
  private static final int SHOWN = 6;

  private final Threat threat;
  private final long seed;
  private final PrintWriter console;
  private final Dataset dataset;
  private final DatasetPictures pictures;

  DemoAttacks(DemoModels models, Threat threat, int count, long seed, PrintWriter console) {
    this.threat = threat;
    this.seed = seed;
    this.console = console;
    dataset = Selection.limit(count, seed).of(models.validation());
    pictures = new DatasetPictures(dataset, models.architecture(), models.device(), false);
  }

  /**
   * What an attack came to.
   *
   * @param title for people
   * @param figures of pictures that were broken
   */
  record Outcome(String title, AttackReport report, List<HtmlPage.Figure> figures) {}

  Outcome run(String title, Classifier classifier, Attack attack) throws IOException {
    var figures = new ArrayList<HtmlPage.Figure>();
    RunListener collector =
        new RunListener() {
          @Override
          public void batchDone(int done, int robust, AttackResult batch) {
            collect(batch, done - batch.pictures().size(), figures);
          }
        };
    AttackRun run = new AttackRun(classifier, threat, List.of(attack), seed, BATCH);
    AttackReport report = run.run(pictures, Records.inMemory(), collector);
    console.printf(
        Locale.ROOT,
        "%s: %.1f %% left of %.1f %%%n",
        title,
        100 * report.robustAccuracy(),
        100 * report.cleanAccuracy());
    return new Outcome(title, report, List.copyOf(figures));
  }

  private void collect(AttackResult batch, int start, List<HtmlPage.Figure> figures) {
    try (Scope _ = Scope.open("figures")) {
      for (int i = 0; i < batch.pictures().size() && figures.size() < SHOWN; i++) {
        PictureOutcome outcome = batch.pictures().get(i);
        if (outcome.brokenBy().isEmpty()) {
          continue;
        }
        Tensor clean = pictures.pictures(start + i, start + i + 1).images();
        figures.add(
            Strips.of(
                clean.toFloats(),
                batch.images().slice(0, i, i + 1).toFloats(),
                clean.shape().extent(2),
                clean.shape().extent(3),
                0.5 / threat.radius().toDouble(),
                "%s, taken for %s".formatted(name(outcome.label()), name(outcome.prediction()))));
      }
    }
  }

  private String name(int label) {
    return dataset.classes().get(label);
  }
}
