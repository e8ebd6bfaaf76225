package org.wardlock.kernels.opencl;

import org.junit.jupiter.api.Test;
import org.wardlock.nn.Module;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Pass;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Body;
import org.wardlock.nn.model.ConvMixer;
import org.wardlock.nn.model.VisionTransformer;
import org.wardlock.nn.train.CrossEntropyLoss;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.GoldenFile;

/** Whole networks on OpenCL against timm's: logits, loss and every gradient. */
class OpenClGoldenModelsTest {
  private static final double FORWARD = 1e-4;
  private static final double BACKWARD = 1e-3;
  private static final int PICTURE = 32;
  private static final int CLASSES = 10;

  @Test
  void convMixerInTraining() throws WeightsException {
    var size = new ConvMixer.Size(32, 3, 5, 4, Activation.GELU);
    check("convmixer_h32_l3_k5_p4_32_train", size, Pass.TRAINING);
  }

  @Test
  void visionTransformer() throws WeightsException {
    check("vit_d64_l3_h4_p4_32", new VisionTransformer.Size(64, 3, 4, 4), Pass.EVALUATION);
  }

  private static void check(String name, Body body, Pass pass) throws WeightsException {
    GoldenFile golden = GoldenFile.open("golden/models/" + name + ".safetensors");
    Device device = OpenClTestDevice.get();
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
