package org.wardlock.kernels.source.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.nn.Mode;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Precision;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.CrossEntropyLoss;
import org.wardlock.nn.train.GradientClipping;
import org.wardlock.nn.train.Optimizer;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.RepeatedStep;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.Values;

/**
 * Steps that are repeated have the bits of steps that are run, and steps that keep their weights
 * rounded those of steps that round them in each pass.
 */
public interface RepetitionContract {
  /** The device to compute on; may skip the test where there is none. */
  Device device();

  /** Whether the device repeats steps; else it runs each. */
  boolean repeats();

  /** Enough for a body that is run, noted, recorded and repeated. */
  @ParameterizedTest
  @CsvSource({
    "convmixer-16-2-k3-p4, F32",
    "vit-32-2-h2-p8, F32",
    "convmixer-16-2-k3-p4, BF16",
    "vit-32-2-h1-p8, BF16"
  })
  default void training(String model, Precision precision) {
    int steps = 8;
    var repeated = new Training(device(), model, precision, true);
    var run = new Training(device(), model, precision, false);
    for (int i = 0; i < steps; i++) {
      assertArrayEquals(run.step(i), repeated.step(i), model + ", loss of step " + i);
    }
    assertArrayEquals(run.weights(), repeated.weights(), model);
    assertEquals(repeats(), repeated.step.refusal().isEmpty(), repeated.step.refusal()::toString);
    repeated.step.close();
  }

  /** A network in training, with numbers that change from step to step. */
  final class Training {
    private static final int BATCH = 4;
    private static final int SIDE = 16;
    private static final int CLASSES = 3;

    private final Device device;
    private final Pass pass;
    private final Network network;
    private final TrainableParameters parameters;
    private final Optimizer optimizer;
    private final boolean repeating;
    private final CrossEntropyLoss loss = new CrossEntropyLoss(0.1);
    private final RepeatedStep step = new RepeatedStep("test", this::compute);

    private Training(Device device, String model, Precision precision, boolean repeating) {
      this.device = device;
      this.pass = new Pass(Mode.TRAINING, precision);
      this.repeating = repeating;
      Architecture architecture =
          Architecture.named(model).withImageSize(SIDE).withClasses(CLASSES);
      network = Network.initial(architecture, device, 1);
      parameters = TrainableParameters.of(device, network.parameters(), _ -> true);
      if (repeating) {
        parameters.keepRounded(precision);
      }
      optimizer = OptimizerSettings.Adam.decoupled(0.05).create(parameters);
    }

    /** Makes a step; returns the loss before it. */
    private float[] step(int number) {
      try (Scope _ = Scope.open("step")) {
        optimizer.prepare(number + 1, 0.01 / (number + 1));
        Shape shape = Shape.of(BATCH, 3, SIDE, SIDE);
        Tensor images = Tensor.of(device, shape, Values.normal(number, shape).floats());
        Tensor labels = Tensor.ofInts(device, Shape.of(BATCH), 0, 1, 2, number % CLASSES);
        Tensor targets = loss.targets(labels, CLASSES);
        List<Tensor> results =
            repeating ? step.run(images, targets) : compute(List.of(images, targets));
        return results.getFirst().toFloats();
      }
    }

    private List<Tensor> compute(List<Tensor> inputs) {
      Tensor logits = network.logits(inputs.get(0), pass);
      Tensor mean = loss.mean(logits, inputs.get(1));
      mean.backward();
      new GradientClipping(1).apply(parameters.gradients());
      optimizer.apply();
      parameters.changed();
      return List.of(mean);
    }

    private float[] weights() {
      return parameters.values().toFloats();
    }
  }
}
