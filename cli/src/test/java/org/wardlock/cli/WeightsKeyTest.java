package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights know the key they were trained behind, also away from their run's folder. */
class WeightsKeyTest {
  @TempDir private Path folder;

  @Test
  void anotherKeyIsRefused() throws IOException {
    Path right = Tiny.key(folder.resolve("right"), "shuffle", 4);
    Path wrong = Tiny.key(folder.resolve("wrong"), "shuffle", 4);
    Path run = Tiny.train(folder.resolve("run"), 1, Tiny.with(right));
    Path weights = Files.copy(run.resolve("model.safetensors"), folder.resolve("weights"));
    List<Object> evaluate =
        List.of("evaluate", Tiny.NETWORK, Tiny.DATA, "--weights", weights, "--classes", 10);
    CommandRun.of(evaluate, Tiny.with(right)).assertDone();
    CommandRun.of(evaluate, Tiny.with(wrong)).assertRefused(weights, "key");
  }
}
