package org.wardlock.kernels.source.testing;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.nn.Mode;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Precision;
import org.wardlock.nn.model.ConvMixer;
import org.wardlock.nn.model.VisionTransformer;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Device;

/** Whole networks on a GPU against timm's: logits, loss and every gradient. */
public interface GoldenModelsContract {
  /** The device to compute on; may skip the test where there is none. */
  Device device();

  @ParameterizedTest
  @EnumSource
  default void convMixerInTraining(Precision precision) throws WeightsException {
    var size = new ConvMixer.Size(32, 3, 5, 4, Activation.GELU);
    var pass = new Pass(Mode.TRAINING, precision);
    GoldenModel.check(device(), "convmixer_h32_l3_k5_p4_32_train", size, pass);
  }

  @ParameterizedTest
  @EnumSource
  default void visionTransformer(Precision precision) throws WeightsException {
    var size = new VisionTransformer.Size(64, 3, 4, 4);
    var pass = new Pass(Mode.EVALUATION, precision);
    GoldenModel.check(device(), "vit_d64_l3_h4_p4_32", size, pass);
  }
}
