package org.wardlock.nn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.nn.Chance;
import org.wardlock.nn.Shared;
import org.wardlock.nn.evaluate.Evaluator;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/** Pictures that chance changes in training, and in training alone. */
class RandomTransformTest {
  private static final int PURPOSE = 7;

  @TempDir private static Path whole;
  private static TrainingResult result;

  @TempDir private Path folder;

  @BeforeAll
  static void train() throws IOException {
    result = run(whole).build().run();
  }

  private static Trainer.Builder run(Path folder) {
    return TinyRun.trainer(folder, new CheckpointInterval.Steps(3))
        .randomTransform(RandomTransformTest::darken);
  }

  /** Each picture by a factor of its own. */
  private static Tensor darken(Tensor images, Chance chance) {
    int count = images.shape().extent(0);
    Tensor factors =
        Tensor.random(Distribution.UNIFORM, chance.seed(), PURPOSE, chance.streams(), 1)
            .reshape(count, 1, 1, 1);
    return images.multiply(factors);
  }

  @Test
  void aStoppedRunGoesOnToTheSameBits() throws IOException {
    // in the middle of the second epoch
    long[] steps = {0};
    TrainingListener counting =
        new TrainingListener() {
          @Override
          public void stepped(long step, long all, double loss) {
            steps[0] = step;
          }
        };
    assertFalse(
        run(folder).listener(counting).stopWhen(() -> steps[0] >= 10).build().run().completed());
    assertTrue(run(folder).build().resume().completed());
    assertEquals(
        -1,
        Files.mismatch(whole.resolve(Trainer.WEIGHTS_FILE), folder.resolve(Trainer.WEIGHTS_FILE)));
  }

  @Test
  void itChangesWhatIsLearnt() throws IOException {
    TinyRun.trainer(folder, new CheckpointInterval.Minutes(60)).build().run();
    assertNotEquals(
        -1,
        Files.mismatch(whole.resolve(Trainer.WEIGHTS_FILE), folder.resolve(Trainer.WEIGHTS_FILE)));
  }

  @Test
  void validationSeesPicturesAsTheyAre() throws IOException {
    try (Safetensors weights = Safetensors.open(whole.resolve(Trainer.WEIGHTS_FILE));
        ImageClassifier classifier =
            ImageClassifier.load(TinyRun.network().architecture(), Shared.device(), weights)) {
      assertEquals(
          Optional.of(new Evaluator(TinyRun.validation()).evaluate(classifier).top1()),
          result.epochs().getLast().valTop1().stream().boxed().findFirst());
    }
  }
}
