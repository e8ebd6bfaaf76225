package org.wardlock.attacks.extraction;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.data.Augmentation;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.model.Architecture;
import org.wardlock.tensor.Shape;

/** Tiny services, pools and copies. */
final class Theft {
  static final int SIDE = 16;
  static final int CLASSES = 10;
  static final Shape PICTURE = Shape.of(3, SIDE, SIDE);
  static final Architecture COPY =
      Architecture.named("convmixer-8-1-k3-p4").withImageSize(SIDE).withClasses(CLASSES);

  private Theft() {}

  static Dataset pool(int count) {
    return DataSource.parse("shapes:" + SIDE).open(Split.TRAIN, Selection.limit(count, 0));
  }

  /** Says various things. */
  static Classifier service() {
    return FunctionClassifier.network(new Random(5), PICTURE, CLASSES);
  }

  static Extraction.Recipe recipe(int epochs) {
    return new Extraction.Recipe(epochs, 16, 0.01, 0.01, Augmentation.NONE);
  }

  static QueryOracle oracle(Classifier service, QueryLimits limits) {
    return new QueryOracle(service, Disclosure.of(Answers.PROBABILITIES), limits);
  }

  static Inquiry inquiry(QueryOracle oracle, Dataset pool, QueryStrategy strategy, Path folder)
      throws IOException {
    return Inquiry.open(oracle, pool, COPY, strategy, 3, folder, "asked", Map.of("service", "it"));
  }

  static PictureSource source(Dataset pictures) {
    return new PictureSource() {
      @Override
      public int count() {
        return pictures.size();
      }

      @Override
      public Pictures pictures(int start, int end) {
        BatchLoader loader =
            BatchLoader.builder(pictures.slice(start, end)).batchSize(end - start).build();
        try (BatchStream batches = loader.epoch(0)) {
          var batch = batches.next();
          return Pictures.of(Pixels.of(Testing.device(), batch), batch.labels())
              .withIds(batch.ids());
        }
      }
    };
  }

  static float[][] logits(Classifier classifier, Dataset pictures) throws IOException {
    return Rows.toHost(classifier.logits(source(pictures).pictures(0, pictures.size()).images()));
  }

  /** The likeliest class, the first of equal ones. */
  static int best(float... row) {
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }
}
