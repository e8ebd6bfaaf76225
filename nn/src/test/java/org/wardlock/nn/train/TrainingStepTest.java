package org.wardlock.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.nn.Numbers;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.Shared;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.LayerRates;
import org.wardlock.nn.model.Network;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** One step of a run against the same step by hand. */
class TrainingStepTest {
  private static final double RATE = 0.1;
  private static final double DECAY = 0.5;
  private static final long SEED = 6;
  private static final Mixing MIXING = new Mixing(0, 1);

  private final Device device = Shared.device();

  @TempDir Path folder;

  private static BatchLoader loader() {
    return BatchLoader.builder(new TinyPictures(16, TinyRun.SIDE, 1))
        .batchSize(16)
        .seed(SEED)
        .build();
  }

  /** With plain descent a parameter moves by its learning rate times its gradient. */
  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adam"})
  void picturesAreMixedAndRatesShrinkTowardsThem(String optimizer) throws IOException {
    Network stepped = TinyRun.network();
    boolean plain = optimizer.equals("sgd");
    var options =
        TrainingOptions.builder()
            .optimizer(
                plain
                    ? new OptimizerSettings.Sgd(0, false, 0)
                    : OptimizerSettings.Adam.decoupled(0))
            .learningRate(RATE, TrainingOptions.ScheduleShape.CONSTANT)
            .mixing(MIXING)
            .layerDecay(DECAY)
            .build();
    Trainer.builder(stepped, loader(), options, folder).build().run();
    Map<String, float[]> gradients = gradients();
    try (Scope _ = Scope.open("test")) {
      Network before = TinyRun.network();
      Map<String, Tensor> was = before.parameters().state(device);
      var rates = new LayerRates(DECAY);
      for (var parameter : stepped.parameters().learnt()) {
        double rate = RATE * rates.scale(before.architecture().body(), parameter.name());
        float[] gradient = gradients.get(parameter.name());
        float[] expected = was.get(parameter.name()).toFloats();
        for (int i = 0; i < expected.length; i++) {
          // Adam's first step is the gradient over its size
          double move = plain ? gradient[i] : gradient[i] / (Math.abs(gradient[i]) + 1e-8);
          expected[i] -= (float) (rate * move);
        }
        float[] found = parameter.tensor().detach().toFloats();
        Numbers.assertClose(parameter.name(), expected, found, plain ? 1e-5 : 1e-3);
      }
    }
  }

  /** The gradients of a batch mixed by hand, picture by picture. */
  private Map<String, float[]> gradients() {
    Network network = TinyRun.network();
    var gradients = new HashMap<String, float[]>();
    try (Scope _ = Scope.open("by hand");
        var batches = loader().epoch(0)) {
      Batch batch = batches.next();
      Mixing.Mix mix = MIXING.draw(SEED, 0, 0, TinyRun.SIDE);
      float[] pixels = Pixels.inUnitRange(Pixels.bytes(device, batch)).toFloats();
      int plane = TinyRun.SIDE * TinyRun.SIDE;
      int picture = 3 * plane;
      float[] mixed = new float[pixels.length];
      float[] targets = new float[16 * 4];
      for (int n = 0; n < 16; n++) {
        for (int i = 0; i < picture; i++) {
          boolean own = mix.mask()[i % plane] == 1;
          mixed[n * picture + i] = pixels[(own ? n : 15 - n) * picture + i];
        }
        targets[n * 4 + batch.labels()[n]] += mix.share();
        targets[n * 4 + batch.labels()[15 - n]] += 1 - mix.share();
      }
      var trained = TrainableParameters.of(device, network.parameters(), _ -> true);
      Tensor images = Tensor.of(device, Shape.of(16, 3, TinyRun.SIDE, TinyRun.SIDE), mixed);
      Tensor logits = network.logits(images, Pass.TRAINING);
      logits.crossEntropy(Tensor.of(device, Shape.of(16, 4), targets)).mean().backward();
      float[] flat = trained.gradients().toFloats();
      int start = 0;
      for (var parameter : trained.parameters()) {
        int end = start + (int) parameter.shape().count();
        gradients.put(parameter.name(), Arrays.copyOfRange(flat, start, end));
        start = end;
      }
    }
    return gradients;
  }

  @Test
  void theBatchIsMixedAtAll() {
    Mixing.Mix mix = MIXING.draw(SEED, 0, 0, TinyRun.SIDE);
    assertEquals(0.5, mix.share(), 0.49);
    assertArrayEquals(mix.mask(), MIXING.draw(SEED, 0, 0, TinyRun.SIDE).mask());
  }
}
