package org.wardlock.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.AttackRun;
import org.wardlock.attacks.evaluation.Records;
import org.wardlock.attacks.evaluation.RunListener;
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
        Pictures clean = pictures.pictures(start + i, start + i + 1);
        float[] before = clean.images().toFloats();
        float[] after = batch.images().slice(0, i, i + 1).toFloats();
        figures.add(
            new HtmlPage.Figure(
                List.of(
                    new HtmlPage.Picture(image(before, clean.images()), "clean picture"),
                    new HtmlPage.Picture(image(after, clean.images()), "adversarial picture"),
                    new HtmlPage.Picture(
                        image(difference(before, after), clean.images()), "difference")),
                "%s, taken for %s".formatted(name(outcome.label()), name(outcome.prediction()))));
      }
    }
  }

  private String name(int label) {
    return dataset.classes().get(label);
  }

  /** The change, with the radius stretched to the whole range around grey. */
  private float[] difference(float[] before, float[] after) {
    float[] shown = new float[before.length];
    for (int i = 0; i < shown.length; i++) {
      double part = (after[i] - before[i]) / (2 * threat.radius().toDouble());
      shown[i] = (float) Math.clamp(0.5 + part, 0, 1);
    }
    return shown;
  }

  private static BufferedImage image(float[] planes, Tensor like) {
    int height = like.shape().extent(2);
    int width = like.shape().extent(3);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int plane = height * width;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        int rgb =
            level(planes[at]) << 16
                | level(planes[plane + at]) << 8
                | level(planes[2 * plane + at]);
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  private static int level(float value) {
    return Math.round(value * 255);
  }
}
