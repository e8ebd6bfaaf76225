package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.nn.Module;
import org.wardlock.nn.Numbers;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Shared;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.train.CrossEntropyLoss;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** Whole networks against timm's: logits, loss, every gradient, running statistics. */
class GoldenModelsTest {
  private final Device device = Shared.device();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convmixer_h32_l3_k5_p4_32_eval",
        "convmixer_h32_l3_k5_p4_32_train",
        "convmixer_h48_l2_k7_p7_56_relu_train",
        "vit_d192_l1_h3_p16_224",
        "vit_d64_l3_h4_p4_32"
      })
  void computesWhatTimmComputes(String name) throws WeightsException {
    var file = Shared.file("golden/models/" + name + ".safetensors");
    try (Scope _ = Scope.open(name);
        Safetensors golden = Safetensors.open(file)) {
      Map<String, String> about = golden.metadata();
      ParameterSource source = ParameterSource.stored(device, golden.below("w."));
      int classes = Integer.parseInt(about.get("classes"));
      Module model = body(about).build(source, Integer.parseInt(about.get("img")), classes);
      source.requireComplete();
      var trained = TrainableParameters.of(device, source.parameters(), _ -> true);
      Pass pass = about.get("mode").equals("train") ? Pass.TRAINING : Pass.EVALUATION;

      Tensor x = golden.tensor("in.x", device).requiresGrad();
      Tensor logits = model.forward(x, pass);
      assertClose("logits", golden, "out.logits", logits, 1e-4);

      Tensor labels = Shared.labels(golden, "in.labels", device);
      var cross = new CrossEntropyLoss(0);
      Tensor loss = cross.mean(logits, cross.targets(labels, classes));
      assertClose("loss", golden, "out.loss", loss.reshape(1), 1e-4);

      Gradients gradients = loss.backward();
      assertClose("grad.x", golden, "grad.x", gradients.of(x), 1e-3);
      for (Parameter parameter : trained.parameters()) {
        String key = "grad." + parameter.name();
        assertClose(key, golden, key, gradients.of(parameter.tensor()), 1e-3);
      }
      for (Parameter buffer : source.parameters().buffers()) {
        boolean training = pass.isTraining();
        String key = (training ? "after." : "w.") + buffer.name();
        assertClose(key, golden, key, buffer.tensor(), 1e-5);
      }
    }
  }

  private static Body body(Map<String, String> about) {
    int dim = Integer.parseInt(about.get("dim"));
    int depth = Integer.parseInt(about.get("depth"));
    int patch = Integer.parseInt(about.get("patch"));
    if (about.get("arch").equals("vit")) {
      return new VisionTransformer.Size(dim, depth, Integer.parseInt(about.get("heads")), patch);
    }
    var activation = about.get("act").equals("relu") ? Activation.RELU : Activation.GELU;
    return new ConvMixer.Size(dim, depth, Integer.parseInt(about.get("kernel")), patch, activation);
  }

  private void assertClose(
      String what, Safetensors golden, String key, Tensor found, double tolerance)
      throws WeightsException {
    Tensor expected = golden.tensor(key, device).cast(DType.F32);
    assertEquals(expected.shape(), found.shape(), what);
    Numbers.assertClose(what, expected.toFloats(), found.detach().toFloats(), tolerance);
  }
}
