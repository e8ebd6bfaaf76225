package org.wardlock.kernels.source.testing;

import static org.wardlock.kernels.source.testing.Agreement.normal;

import java.util.List;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.ChannelScaling;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.MixerStage;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/**
 * The fused kernels, forwards and backwards, in random extents around the sizes of their tiles,
 * from views that are not contiguous: against composed operations in double precision, and twice.
 * Views of any kind through the primitives are the contract's.
 */
public interface FusedKernelsContract {
  float EPSILON = 0.01f;
  double TOLERANCE = 2e-5;

  /** Of sums that cancel. */
  double OF_DIFFERENCES = 1e-4;

  /** The device to compute on; may skip the test where there is none. */
  Device device();

  @Property(tries = 25)
  default void attention(
      @ForAll @IntRange(min = 1, max = 2) int pictures,
      @ForAll @IntRange(min = 1, max = 140) int tokens,
      @ForAll @IntRange(min = 1, max = 3) int heads,
      @ForAll @IntRange(min = 1, max = 80) int width,
      @ForAll long seed) {
    int columns = heads * width;
    compare(
        device -> {
          // tokens outermost: nothing that the kernels see is contiguous
          Tensor x = normal(device, seed, Shape.of(tokens, pictures, 3 * columns)).requiresGrad();
          Tensor out = x.permute(1, 0, 2).attention(heads);
          Tensor g = normal(device, seed + 1, Shape.of(columns, pictures, tokens));
          Gradients gradients = out.multiply(g.permute(1, 2, 0)).sum().backward();
          return List.of(out, gradients.of(x));
        },
        OF_DIFFERENCES);
  }

  @Property(tries = 25)
  default void rows(
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 70) int columns,
      @ForAll long seed) {
    Shape shape = Shape.of(rows, columns);
    compare(
        device -> {
          Tensor x = normal(device, seed, Shape.of(columns, rows)).requiresGrad();
          Tensor weight = normal(device, seed + 1, Shape.of(columns)).requiresGrad();
          Tensor bias = normal(device, seed + 2, Shape.of(columns)).requiresGrad();
          Tensor normalised = x.transpose().layerNorm(weight, bias, EPSILON);
          Tensor softmax = x.transpose().softmax();
          Tensor target = normal(device, seed + 3, shape).softmax();
          Tensor loss = x.transpose().crossEntropy(target);
          Tensor g = normal(device, seed + 4, shape);
          Gradients gradients =
              normalised
                  .multiply(g)
                  .sum()
                  .add(softmax.multiply(g).sum())
                  .add(loss.sum())
                  .backward();
          return List.of(
              normalised, softmax, loss, gradients.of(x), gradients.of(weight), gradients.of(bias));
        },
        OF_DIFFERENCES);
  }

  @Property(tries = 25)
  default void depthwise(
      @ForAll @IntRange(min = 1, max = 3) int pictures,
      @ForAll @IntRange(min = 1, max = 5) int channels,
      @ForAll @IntRange(min = 1, max = 18) int height,
      @ForAll @IntRange(min = 1, max = 18) int width,
      @ForAll @IntRange(min = 0, max = 4) int reach,
      @ForAll long seed) {
    int side = 2 * reach + 1;
    compare(
        device -> {
          Tensor x =
              normal(device, seed, Shape.of(channels, pictures, width, height)).requiresGrad();
          Tensor filter =
              normal(device, seed + 1, Shape.of(channels, 1, side, side)).requiresGrad();
          Tensor bias = normal(device, seed + 2, Shape.of(channels)).requiresGrad();
          Tensor out = x.permute(1, 0, 3, 2).depthwiseConv2d(filter, bias);
          Tensor g = normal(device, seed + 3, Shape.of(pictures, channels, height, width));
          Gradients gradients = out.multiply(g).sum().backward();
          return List.of(out, gradients.of(x), gradients.of(filter), gradients.of(bias));
        },
        TOLERANCE);
  }

  @Property(tries = 25)
  default void mixerStage(
      @ForAll @IntRange(min = 2, max = 4) int pictures,
      @ForAll @IntRange(min = 1, max = 5) int channels,
      @ForAll @IntRange(min = 2, max = 18) int side,
      @ForAll @IntRange(min = 0, max = 3) int reach,
      @ForAll Activation activation,
      @ForAll long seed) {
    Shape perChannel = Shape.of(channels);
    Shape filterShape = Shape.of(channels, 1, 2 * reach + 1, 2 * reach + 1);
    compare(
        device -> {
          Tensor x = normal(device, seed, Shape.of(channels, pictures, side, side)).requiresGrad();
          Tensor scale = normal(device, seed + 1, perChannel).requiresGrad();
          Tensor shift = normal(device, seed + 2, perChannel).requiresGrad();
          Tensor filter = normal(device, seed + 3, filterShape).requiresGrad();
          Tensor bias = normal(device, seed + 4, perChannel);
          Tensor filterBias = normal(device, seed + 5, perChannel);
          var scaling = new ChannelScaling(scale, shift);
          var stage = new MixerStage(activation, bias, scaling, filter, filterBias, scaling);
          Tensor given = x.permute(1, 0, 3, 2);
          Tensor affine = given.mixerStage(stage);
          Tensor normalised = given.mixerStage(stage, EPSILON).output();
          Tensor g = normal(device, seed + 6, given.shape());
          Gradients gradients =
              affine.multiply(g).sum().add(normalised.multiply(g).sum()).backward();
          return List.of(
              affine, normalised, gradients.of(x), gradients.of(filter), gradients.of(scale));
        },
        OF_DIFFERENCES);
  }

  private void compare(Function<Device, List<Tensor>> computation, double tolerance) {
    new Agreement(device(), computation).check(TestDevice.inDouble(), tolerance);
  }
}
