package org.wardlock.nn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.nn.Init;
import org.wardlock.nn.Numbers;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Shared;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/** Optimisers, clipping, losses and schedules against PyTorch's. */
class GoldenTrainingTest {
  private final Device device = Shared.device();

  @ParameterizedTest
  @CsvSource({"sgd", "sgd_nesterov", "adam", "adamw"})
  void fiveStepsOfAnOptimiser(String name) throws WeightsException {
    OptimizerSettings settings =
        switch (name) {
          case "sgd" -> new OptimizerSettings.Sgd(0.9, false, 5e-4);
          case "sgd_nesterov" -> new OptimizerSettings.Sgd(0.9, true, 5e-4);
          case "adam" -> new OptimizerSettings.Adam(0.9, 0.999, 1e-8, 0, false);
          default -> OptimizerSettings.Adam.decoupled(0.05);
        };
    double rate = name.startsWith("sgd") ? 0.1 : 0.01;
    try (Scope _ = Scope.open(name);
        Safetensors golden = Safetensors.open(Shared.file("golden/ops.safetensors"))) {
      ParameterSource source = ParameterSource.initial(device, 0);
      Parameter weight = source.parameter("weight", Shape.of(17, 5), Init.zeros());
      var parameters = TrainableParameters.of(device, source.parameters(), _ -> true);
      Updates.assign(weight.tensor(), golden.tensor("optim/w0", device));
      Optimizer optimizer = settings.create(parameters);
      for (int step = 0; step < 5; step++) {
        Tensor gradient = golden.tensor("optim/g" + step, device);
        weight.tensor().multiply(gradient).sum().backward();
        optimizer.step(step + 1, rate);
      }
      float[] expected = golden.tensor("optim/" + name, device).toFloats();
      Numbers.assertClose(name, expected, weight.tensor().toFloats(), 1e-5);
    }
  }

  @Test
  void clippingScalesToTheNorm() throws WeightsException {
    try (Scope _ = Scope.open("clip");
        Safetensors golden = Safetensors.open(Shared.file("golden/ops.safetensors"))) {
      Tensor gradient = golden.tensor("optim/g0", device).multiply(10);
      new GradientClipping(1).apply(gradient);
      float[] expected = golden.tensor("optim/clip_norm_1.0_grad", device).toFloats();
      Numbers.assertClose("clipped", expected, gradient.toFloats(), 1e-5);
    }
  }

  @Test
  void clippingLeavesSmallGradientsAlone() {
    try (Scope _ = Scope.open("clip")) {
      Tensor gradient = Tensor.of(device, Shape.of(2), 0.3f, -0.4f);
      new GradientClipping(1).apply(gradient);
      assertEquals(List.of(0.3f, -0.4f), List.of(gradient.toFloats()[0], gradient.toFloats()[1]));
    }
  }

  @ParameterizedTest
  @CsvSource({"cross_entropy, 0", "cross_entropy_smooth, 0.1"})
  void crossEntropy(String name, double smoothing) throws WeightsException {
    try (Scope _ = Scope.open(name);
        Safetensors golden = Safetensors.open(Shared.file("golden/ops.safetensors"))) {
      Tensor logits = golden.tensor(name + "/in.x", device).requiresGrad();
      var loss = new CrossEntropyLoss(smoothing);
      Tensor labels = Shared.labels(golden, name + "/labels", device);
      Tensor mean = loss.mean(logits, loss.targets(labels, 10)).reshape(1);
      float[] expected = golden.tensor(name + "/out", device).toFloats();
      Numbers.assertClose("loss", expected, mean.detach().toFloats(), 1e-5);
      Gradients gradients = mean.backward(golden.tensor(name + "/gout", device));
      float[] gradient = golden.tensor(name + "/grad.x", device).toFloats();
      Numbers.assertClose("gradient", gradient, gradients.of(logits).toFloats(), 1e-4);
    }
  }

  @ParameterizedTest
  @CsvSource({"cosine", "onecycle"})
  void scheduleFollowsPyTorch(String name) throws WeightsException {
    try (Scope _ = Scope.open(name);
        Safetensors golden = Safetensors.open(Shared.file("golden/ops.safetensors"))) {
      float[] expected = golden.tensor("schedule/" + name, device).toFloats();
      Schedule schedule =
          name.equals("cosine") ? new Schedule.Cosine(0.1, 20) : new Schedule.OneCycle(0.1, 20);
      for (int step = 0; step < expected.length; step++) {
        assertEquals(expected[step], schedule.rate(step), 1e-5 * expected[step], "step " + step);
      }
    }
  }
}
