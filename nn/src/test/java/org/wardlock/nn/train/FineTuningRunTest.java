package org.wardlock.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.wardlock.data.Augmentation;
import org.wardlock.data.BatchLoader;
import org.wardlock.nn.LoraSettings;
import org.wardlock.nn.LoraTarget;
import org.wardlock.nn.NormStatistics;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Shared;
import org.wardlock.nn.evaluate.Evaluator;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.model.Part;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Runs that change a part of given weights: what changes, what does not, and going on. */
class FineTuningRunTest {
  private static final Architecture MIXER = TinyRun.network().architecture();
  private static final Architecture VIT =
      Architecture.named("vit-16-2-h2-p4").withImageSize(TinyRun.SIDE).withClasses(4);
  private static final Set<Part> ENDS = EnumSet.of(Part.PATCH_EMBED, Part.HEAD);
  private static final LoraSettings LORA =
      new LoraSettings(2, 4, 0.2, EnumSet.allOf(LoraTarget.class));

  private final Device device = Shared.device();

  @TempDir Path folder;

  static Stream<Arguments> tunings() {
    var ends = new FineTuning(ENDS, Optional.empty(), NormStatistics.REFRESHED);
    var frozen = new FineTuning(ENDS, Optional.empty(), NormStatistics.FROZEN);
    var head = new FineTuning(Set.of(Part.HEAD), Optional.empty(), NormStatistics.FROZEN);
    var lora = new FineTuning(ENDS, Optional.of(LORA), NormStatistics.REFRESHED);
    return Stream.of(
        Arguments.of("ends", MIXER, ends),
        Arguments.of("ends, statistics frozen", MIXER, frozen),
        Arguments.of("head", MIXER, head),
        Arguments.of("low rank", VIT, lora));
  }

  /** A file of weights that tell 7 classes apart: a new head is needed for 4. */
  private Path base(Architecture architecture) throws IOException {
    Path file = folder.resolve("base.safetensors");
    if (!Files.exists(file)) {
      try (Scope _ = Scope.open("base")) {
        Network network = Network.initial(architecture.withClasses(7), device, 1);
        Safetensors.write(file, network.parameters().state(device), Map.of());
      }
    }
    return file;
  }

  /** Every kind of chance, in pictures and in batches. */
  private static BatchLoader training() {
    return BatchLoader.builder(new TinyPictures(100, TinyRun.SIDE, 1))
        .batchSize(16)
        .shuffle(true)
        .augmentation(Augmentation.parse("crop,flip,rand-augment,erase", TinyRun.SIDE))
        .seed(5)
        .workers(2)
        .build();
  }

  private Path run(Architecture architecture, FineTuning tuning, String name, int stopAfter)
      throws IOException {
    Path out = Files.createDirectories(folder.resolve(name));
    try (Safetensors stored = Safetensors.open(base(architecture))) {
      Network network = Network.adapt(architecture, device, stored, tuning.lora(), true, 5);
      var config = new ModelConfig(architecture, List.of(), Optional.empty());
      String digest = Checksums.of(base(architecture));
      var steps = new long[1];
      var listener =
          new TrainingListener() {
            @Override
            public void stepped(long step, long all, double loss) {
              steps[0] = step;
            }
          };
      Trainer.builder(
              network,
              training(),
              TinyRun.options(new CheckpointInterval.Steps(4))
                  .mixing(new Mixing(0.8, 1))
                  .layerDecay(0.75)
                  .warmUpSteps(3)
                  .build(),
              out)
          .tuning(tuning)
          .validation(TinyRun.validation())
          .finished(
              state ->
                  new Adapter(out, digest, config, tuning.lora())
                      .write(tuning.changed(network, state)))
          .listener(listener)
          .stopWhen(() -> steps[0] == stopAfter)
          .build()
          .resume();
      network.release();
    }
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tunings")
  void aStoppedRunGoesOnToTheSameBits(String name, Architecture architecture, FineTuning tuning)
      throws IOException {
    Path whole = run(architecture, tuning, "whole", -1);
    run(architecture, tuning, "stopped", 6);
    assertFalse(Adapter.isIn(folder.resolve("stopped")));
    Path stopped = run(architecture, tuning, "stopped", 13);
    assertFalse(Adapter.isIn(stopped));
    run(architecture, tuning, "stopped", -1);
    for (String file : List.of(Adapter.TENSORS, Adapter.DESCRIPTION)) {
      assertEquals(-1, Files.mismatch(whole.resolve(file), stopped.resolve(file)), file);
    }
  }

  /** What is stored, and that it is what training evaluated. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("tunings")
  void anAdapterHoldsWhatChangedAndNothingElse(
      String name, Architecture architecture, FineTuning tuning) throws IOException {
    Path out = run(architecture, tuning, "run", -1);
    var expected = new TreeSet<String>();
    Network named = Network.initial(architecture, device, 1);
    boolean refreshed = tuning.statistics() == NormStatistics.REFRESHED;
    for (var parameter : named.parameters().all()) {
      boolean trained = tuning.learnt().contains(Part.of(architecture.body(), parameter.name()));
      if (parameter.isBuffer() ? refreshed : trained) {
        expected.add(parameter.name());
      }
    }
    if (refreshed) {
      named.parameters().counters().forEach(counter -> expected.add(counter.name()));
    }
    named.release();
    try (Scope _ = Scope.open("test");
        Safetensors base = Safetensors.open(base(architecture));
        Safetensors changed = Safetensors.open(out.resolve(Adapter.TENSORS))) {
      var found = new TreeSet<>(changed.names());
      // queries and values of two blocks, and three further layers
      assertEquals(
          tuning.lora().isPresent() ? 2 * 2 * (2 + 3) : 0,
          found.stream().filter(tensor -> tensor.contains(".lora.")).count());
      found.removeIf(tensor -> tensor.contains(".lora."));
      assertEquals(expected, found);
      for (String tensor : changed.names()) {
        if (base.names().contains(tensor) && base.shape(tensor).equals(changed.shape(tensor))) {
          boolean counter = tensor.endsWith("num_batches_tracked");
          assertTrue(counter || differs(base, changed, tensor), tensor + " was trained");
        }
      }
    }
    double top1;
    try (ImageClassifier classifier = Adapter.open(out).classifier(base(architecture), device)) {
      top1 = new Evaluator(TinyRun.validation()).evaluate(classifier).top1();
    }
    var metrics = new ObjectMapper().readTree(out.resolve(Trainer.METRICS_FILE).toFile());
    assertEquals(metrics.get("final").get("val_top1").asDouble(), top1);
  }

  private boolean differs(Weights base, Weights changed, String name) throws IOException {
    Tensor before = base.tensor(name, device);
    Tensor after = changed.tensor(name, device);
    return !Arrays.equals(before.toFloats(), after.toFloats());
  }

  /** Frozen statistics compute in training what evaluation computes. */
  @Test
  void frozenStatisticsStayAsTheyAre() {
    try (Scope _ = Scope.open("test")) {
      for (String name : List.of("convmixer-8-1-k3-p4", "resnet20")) {
        Network network = Network.initial(Architecture.named(name), device, 1);
        Tensor x = Tensor.full(device, Shape.of(2, 3, 32, 32), 0.3f);
        var pass = Pass.TRAINING.with(NormStatistics.FROZEN);
        float[] before = network.logits(x, Pass.EVALUATION).toFloats();
        assertArrayEquals(before, network.logits(x, pass).toFloats(), 1e-5f);
        for (var buffer : network.parameters().buffers()) {
          float expected = buffer.name().endsWith("running_var") ? 1 : 0;
          for (float value : buffer.tensor().toFloats()) {
            assertEquals(expected, value, buffer.name());
          }
        }
        assertTrue(
            network.parameters().counters().stream().allMatch(counter -> counter.value() == 0));
      }
    }
  }

  /** A saved state of a run that changes little is little. */
  @Test
  void statesHoldOnlyWhatChanges() throws IOException {
    var head = new FineTuning(Set.of(Part.HEAD), Optional.empty(), NormStatistics.FROZEN);
    Path out = run(MIXER, head, "run", -1);
    Path state = out.resolve(Trainer.CHECKPOINTS_FOLDER).resolve("step-21");
    try (Safetensors network = Safetensors.open(state.resolve("network.safetensors"))) {
      assertTrue(network.names().contains("head.weight"));
      assertFalse(network.names().contains("blocks.0.1.weight"));
    }
  }
}
