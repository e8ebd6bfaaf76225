package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The drawn pictures are to be learnt by a small ConvMixer, and by no linear model: for that see
 * the tests of the data set itself.
 */
class ShapesAccuracyTest {
  @TempDir private Path folder;

  @Test
  void aSmallConvMixerPassesNinetyFivePercent() throws IOException {
    JsonNode answer =
        CommandRun.answer(
            folder,
            List.of("train", "--data", "shapes", "--model", "convmixer-32-2-k5-p2"),
            List.of("--epochs", 4, "--batch", 64, "--lr", 0.01, "--schedule", "onecycle"),
            List.of("--out", folder.resolve("run")));
    double accuracy = answer.get("final").get("val_top1").asDouble();
    assertTrue(accuracy > 0.95, "accuracy on new pictures: " + accuracy);
  }
}
