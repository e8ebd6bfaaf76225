package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

  /** As its run's folder is: what was made without a key answers wrongly behind any. */
  @Test
  void weightsOfOursThatWereMadeWithoutAKeyAreRefusedOne() throws IOException {
    Path key = Tiny.key(folder.resolve("key"), "shuffle", 4);
    Path run = Tiny.train(folder.resolve("plain"), 1);
    Path weights = Files.copy(run.resolve("model.safetensors"), folder.resolve("plain-weights"));
    List<Object> named = List.of(Tiny.NETWORK, Tiny.DATA, "--weights", weights);
    Refusal.expect(
        folder,
        List.of("evaluate", named, Tiny.with(key)),
        weights,
        "for a model trained without one");
    Path out = folder.resolve("attacked");
    List<Object> attack = List.of("attack", named, "--attack", "fgsm", "--eps", "1/255");
    Refusal.expect(folder, List.of(attack, Tiny.with(key), "--out", out), weights, "expected none");
    CommandRun.of("evaluate", named).assertDone();
    Path trained = folder.resolve("trained");
    CommandRun.of("train", named, Tiny.recipe(1), Tiny.with(key), "--out", trained).assertDone();
    CommandRun.of("evaluate", Tiny.DATA, "--model", trained, Tiny.with(key)).assertDone();
  }

  @Test
  void ofWeightsOfOthersNothingTellsWhetherAKeyFits() throws IOException {
    Path key = Tiny.key(folder.resolve("any"), "shuffle", 4);
    Path run = Tiny.train(folder.resolve("published"), 1);
    Path weights = ForeignWeights.copy(run.resolve("model.safetensors"), folder.resolve("foreign"));
    List<Object> evaluate = List.of("evaluate", Tiny.NETWORK, Tiny.DATA, "--weights", weights);
    CommandRun behind = CommandRun.of(evaluate, Tiny.with(key));
    assertEquals(0, behind.status(), behind.err());
    behind.assertComplaint("warning: " + weights, "nothing tells whether --key fits");
    CommandRun.of(evaluate).assertDone();
  }
}
