package org.wardlock.kernels.source.testing;

import org.wardlock.nn.Module;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Precision;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Body;
import org.wardlock.nn.train.CrossEntropyLoss;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.GoldenFile;

/** A network with golden values from timm. */
final class GoldenModel {
  /** How far results may be off. */
  private enum Bound {
    FORWARD(1e-4, 2e-2),
    BACKWARD(1e-3, 3e-2),
    /** Sums over all positions, which norms behind them make nearly cancel. */
    BIASES(1e-3, 1e-1);

    private final double ofFloats;
    private final double ofMixed;

    Bound(double ofFloats, double ofMixed) {
      this.ofFloats = ofFloats;
      this.ofMixed = ofMixed;
    }

    double of(Pass pass) {
      return pass.precision() == Precision.F32 ? ofFloats : ofMixed;
    }
  }

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
      Tensor given = x.cast(pass.precision().type());
      Tensor logits = model.forward(given, pass).cast(DType.F32);
      golden.check("out.logits", logits, Bound.FORWARD.of(pass));
      var cross = new CrossEntropyLoss(0);
      Tensor targets = cross.targets(golden.labels(device, "in.labels"), CLASSES);
      Tensor loss = cross.mean(logits, targets);
      golden.check("out.loss", loss, Bound.FORWARD.of(pass));

      Gradients gradients = loss.backward();
      golden.check("grad.x", gradients.of(x), Bound.BACKWARD.of(pass));
      for (Parameter parameter : trained.parameters()) {
        Bound bound = parameter.name().endsWith(".bias") ? Bound.BIASES : Bound.BACKWARD;
        golden.check("grad." + parameter.name(), gradients.of(parameter.tensor()), bound.of(pass));
      }
    }
  }
}
