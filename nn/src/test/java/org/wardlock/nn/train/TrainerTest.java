package org.wardlock.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.nn.Shared;
import org.wardlock.nn.evaluate.Evaluator;
import org.wardlock.nn.files.WriteException;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class TrainerTest {
  private static final CheckpointInterval OFTEN = new CheckpointInterval.Steps(3);
  private static final int STEPS = TinyRun.EPOCHS * 7;

  @TempDir static Path undisturbed;
  @TempDir Path folder;

  private static TrainingResult result;

  @BeforeAll
  static void train() throws IOException {
    result = TinyRun.trainer(undisturbed, OFTEN).build().run();
  }

  /** Says stop once so many steps are done. */
  private static final class Stop implements TrainingListener {
    private final int after;
    private boolean reached;

    private Stop(int after) {
      this.after = after;
    }

    @Override
    public void stepped(long step, long steps, double loss) {
      reached = step >= after;
    }

    TrainingResult run(Path folder) throws IOException {
      var trainer = TinyRun.trainer(folder, OFTEN).listener(this).stopWhen(() -> reached).build();
      return trainer.run();
    }
  }

  private void assertSameEnd() throws IOException {
    assertEquals(
        -1,
        Files.mismatch(
            undisturbed.resolve(Trainer.WEIGHTS_FILE), folder.resolve(Trainer.WEIGHTS_FILE)));
  }

  @Test
  void targetsStandInForLabels() throws IOException {
    CrossEntropyLoss smoothing = new CrossEntropyLoss(0.1);
    TrainingTargets same =
        (device, batch) ->
            smoothing.targets(Tensor.ofInts(device, Shape.of(batch.size()), batch.labels()), 4);
    TinyRun.trainer(folder, OFTEN).targets(same).build().run();
    assertSameEnd();
    TrainingTargets nothing =
        (device, batch) -> Tensor.full(device, Shape.of(batch.size(), 4), 0.25f);
    Path other = Files.createDirectory(folder.resolve("other"));
    List<EpochMetrics> epochs =
        TinyRun.trainer(other, OFTEN).targets(nothing).build().run().epochs();
    assertEquals(Math.log(4), epochs.getLast().loss(), 0.1, "nothing is to be learnt");
  }

  @Test
  void aRunLearnsAndSaysSo() throws IOException {
    assertTrue(result.completed());
    assertEquals(STEPS, result.steps());
    List<EpochMetrics> epochs = result.epochs();
    assertEquals(TinyRun.EPOCHS, epochs.size());
    assertTrue(epochs.getLast().loss() < epochs.getFirst().loss(), epochs::toString);
    assertTrue(epochs.getLast().trainTop1() > 0.6, epochs::toString);
    JsonNode json = new ObjectMapper().readTree(undisturbed.resolve(Trainer.METRICS_FILE).toFile());
    assertEquals(TinyRun.EPOCHS, json.get("epochs").size());
    assertEquals(epochs.get(1).loss(), json.get("epochs").get(1).get("loss").asDouble());
    assertEquals(
        epochs.getLast().valTop1().orElseThrow(), json.get("final").get("val_top1").asDouble());
  }

  @Test
  void theStoredWeightsAreThoseThatWereEvaluated() throws IOException {
    try (Safetensors weights = Safetensors.open(undisturbed.resolve(Trainer.WEIGHTS_FILE));
        ImageClassifier classifier =
            ImageClassifier.load(TinyRun.network().architecture(), Shared.device(), weights)) {
      var evaluation = new Evaluator(TinyRun.validation()).evaluate(classifier);
      assertEquals(40, evaluation.images());
      assertEquals(result.epochs().getLast().valTop1().orElseThrow(), evaluation.top1());
      assertEquals(1, evaluation.top5());
    }
  }

  @Test
  void theSameRunEndsWithTheSameBits() throws IOException {
    TinyRun.trainer(folder, new CheckpointInterval.Minutes(60)).build().run();
    assertSameEnd();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6, 7, 8, 13, 21})
  void aStoppedRunGoesOnToTheSameBits(int steps) throws IOException {
    var first = new Stop(steps).run(folder);
    assertFalse(first.completed());
    assertEquals(steps, first.steps());
    var second = TinyRun.trainer(folder, OFTEN).build().resume();
    assertTrue(second.completed());
    for (int epoch = 0; epoch < TinyRun.EPOCHS; epoch++) {
      EpochMetrics expected = result.epochs().get(epoch);
      EpochMetrics found = second.epochs().get(epoch);
      assertEquals(expected.loss(), found.loss());
      assertEquals(expected.trainTop1(), found.trainTop1());
      assertEquals(expected.valTop1(), found.valTop1());
    }
    assertSameEnd();
  }

  @Test
  void aRunStoppedWhileItEvaluatesGoesOnToTheSameBits() throws IOException {
    // asked after each of the 7 steps of an epoch, then before each of 3 batches, then after them
    var asked = new AtomicInteger();
    var trainer =
        TinyRun.trainer(folder, OFTEN).stopWhen(() -> asked.incrementAndGet() > 8).build();
    assertEquals(7, trainer.run().steps());
    assertTrue(TinyRun.trainer(folder, OFTEN).build().resume().completed());
    assertSameEnd();
  }

  @Test
  void twoGenerationsStay() throws IOException {
    assertEquals(
        List.of("latest", "step-18", "step-21"), names(undisturbed.resolve("checkpoints")));
    assertEquals(
        List.of(
            "SHA256SUMS",
            "average.safetensors",
            "network.safetensors",
            "optimizer.safetensors",
            "state.json"),
        names(undisturbed.resolve("checkpoints").resolve("step-21")));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aFinishedRunResumesToItself() throws IOException {
    TinyRun.trainer(folder, OFTEN).build().run();
    Files.delete(folder.resolve(Trainer.WEIGHTS_FILE));
    assertTrue(TinyRun.trainer(folder, OFTEN).build().resume().completed());
    assertSameEnd();
  }

  @Test
  void aFolderWithARunIsNotOverwritten() throws IOException {
    stopAfter(4);
    var error =
        assertThrows(CheckpointException.class, () -> TinyRun.trainer(folder, OFTEN).build().run());
    assertTrue(error.getMessage().contains("holds a run already"), error::getMessage);
  }

  private void stopAfter(int steps) throws IOException {
    new Stop(steps).run(folder);
  }

  @Test
  void aRunOfSomethingElseIsNotResumed() throws IOException {
    stopAfter(4);
    var other = TinyRun.trainer(folder, OFTEN).facts(Map.of("seed", "6", "data", "tiny")).build();
    var error = assertThrows(CheckpointException.class, other::resume);
    assertEquals(
        "checkpoint "
            + folder.resolve("checkpoints").resolve("step-4")
            + ": seed was 5 when the run began, and is 6 now: resume with the same, or begin a new run",
        error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"network.safetensors", "state.json", "SHA256SUMS", "latest"})
  void aDamagedStateGivesWayToTheOneBefore(String damaged) throws IOException {
    stopAfter(5);
    Path checkpoints = folder.resolve("checkpoints");
    Path file =
        damaged.equals("latest")
            ? checkpoints.resolve("latest")
            : checkpoints.resolve("step-5").resolve(damaged);
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 0x10;
    Files.write(file, content);
    var warnings = new ArrayList<String>();
    var listener =
        new TrainingListener() {
          @Override
          public void warned(String message) {
            warnings.add(message);
          }
        };
    TinyRun.trainer(folder, OFTEN).listener(listener).build().resume();
    assertSameEnd();
    if (!damaged.equals("latest")) {
      assertEquals(1, warnings.size());
      assertTrue(warnings.getFirst().contains("step-5: file "), warnings::toString);
      assertTrue(warnings.getFirst().contains("going on from"), warnings::toString);
    }
  }

  @Test
  void withNoWholeStateLeftThereIsOneError() throws IOException {
    stopAfter(2);
    Files.delete(folder.resolve("checkpoints").resolve("step-2").resolve("network.safetensors"));
    var error =
        assertThrows(
            CheckpointException.class, () -> TinyRun.trainer(folder, OFTEN).build().resume());
    assertTrue(error.getMessage().contains("no whole state is left: "), error::getMessage);
    assertTrue(error.getMessage().contains("network.safetensors"), error::getMessage);
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
    Path blocker = Files.createFile(folder.resolve("checkpoints"));
    var error = assertThrows(WriteException.class, () -> new Stop(4).run(folder));
    assertEquals(
        "checkpoint "
            + blocker.resolve("step-3")
            + ": cannot be written: a file of that name is in the way; what was saved before stays",
        error.getMessage());
  }

  @Test
  void aLossThatIsNoNumberStopsTheRun() {
    var options =
        TrainingOptions.builder()
            .epochs(3)
            .optimizer(new OptimizerSettings.Sgd(0.9, false, 0))
            .learningRate(1e30, TrainingOptions.ScheduleShape.CONSTANT)
            .build();
    var trainer = Trainer.builder(TinyRun.network(), TinyRun.training(), options, folder).build();
    var error = assertThrows(TrainingException.class, trainer::run);
    assertTrue(error.getMessage().contains("lower the learning rate"), error::getMessage);
    assertFalse(Files.exists(folder.resolve(Trainer.WEIGHTS_FILE)));
  }

  @Test
  void frozenParametersStayAsTheyWere() throws IOException {
    var network = TinyRun.network();
    float[] before = network.parameters().all().getFirst().tensor().toFloats();
    String frozen = network.parameters().all().getFirst().name();
    var trainer =
        Trainer.builder(network, TinyRun.training(), TrainingOptions.builder().build(), folder)
            .trained(parameter -> !parameter.name().equals(frozen))
            .build();
    trainer.run();
    assertArrayEquals(before, network.parameters().all().getFirst().tensor().toFloats());
  }
}
