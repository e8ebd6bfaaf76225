package org.wardlock.kernels.source.testing;

import org.wardlock.nn.Module;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Pass;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Body;
import org.wardlock.nn.train.CrossEntropyLoss;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.GoldenFile;

/** A network with golden values from timm. */
final class GoldenModel {
  private static final double FORWARD = 1e-4;
  private static final double BACKWARD = 1e-3;
  private static final int PICTURE = 32;
  private static final int CLASSES = 10;

  private GoldenModel() {}

  /**
   * Builds a network of the stored weights, and compares all that follows from the stored input.
   */
  static void check(Device device, String name, Body body, Pass pass) throws WeightsException {
    GoldenFile golden = GoldenFile.open("golden/models/" + name + ".safetensors");
    try (Scope _ = Scope.open(name);
        Safetensors weights = Safetensors.open(golden.path())) {
      ParameterSource source = ParameterSource.stored(device, weights.below("w."));
      Module model = body.build(source, PICTURE, CLASSES);
      source.requireComplete();
      var trained = TrainableParameters.of(device, source.parameters(), _ -> true);

      Tensor x = golden.tensor(device, "in.x").requiresGrad();
      Tensor logits = model.forward(x, pass);
      golden.check("out.logits", logits, FORWARD);
      var cross = new CrossEntropyLoss(0);
      Tensor targets = cross.targets(golden.labels(device, "in.labels"), CLASSES);
      Tensor loss = cross.mean(logits, targets);
      golden.check("out.loss", loss, FORWARD);

      Gradients gradients = loss.backward();
      golden.check("grad.x", gradients.of(x), BACKWARD);
      for (Parameter parameter : trained.parameters()) {
        golden.check("grad." + parameter.name(), gradients.of(parameter.tensor()), BACKWARD);
      }
    }
  }
}
