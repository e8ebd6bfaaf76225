package org.wardlock.kernels.source.testing;

import static org.wardlock.kernels.source.testing.Agreement.normal;

import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.ChannelScaling;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.LayerNormParameters;
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

  /** Of what is stored with eight bits. */
  double OF_BRAIN_FLOATS = 2e-2;

  /** The device to compute on; may skip the test where there is none. */
  Device device();

  @Property(tries = 25)
  default void attention(
      @ForAll @IntRange(min = 1, max = 2) int pictures,
      @ForAll @IntRange(min = 1, max = 140) int tokens,
      @ForAll @IntRange(min = 1, max = 3) int heads,
      @ForAll @IntRange(min = 1, max = 80) int width,
      @ForAll boolean brain,
      @ForAll long seed) {
    int columns = heads * width;
    compare(
        device -> {
          // tokens outermost: nothing that the kernels see is contiguous
          Tensor x = normal(device, seed, Shape.of(tokens, pictures, 3 * columns)).requiresGrad();
          Tensor out = real(brain, x.permute(1, 0, 2)).attention(heads).cast(DType.F32);
          Tensor g = normal(device, seed + 1, Shape.of(columns, pictures, tokens));
          Gradients gradients = out.multiply(g.permute(1, 2, 0)).sum().backward();
          return List.of(out, gradients.of(x));
        },
        brain,
        OF_DIFFERENCES,
        1);
  }

  @Property(tries = 25)
  default void rows(
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 70) int columns,
      @ForAll boolean brain,
      @ForAll long seed) {
    Shape shape = Shape.of(rows, columns);
    compare(
        device -> {
          Tensor x = normal(device, seed, Shape.of(columns, rows)).requiresGrad();
          Tensor weight = normal(device, seed + 1, Shape.of(columns)).requiresGrad();
          Tensor bias = normal(device, seed + 2, Shape.of(columns)).requiresGrad();
          Tensor rounded = real(brain, x.transpose());
          Tensor normalised = rounded.layerNorm(weight, bias, EPSILON).cast(DType.F32);
          Tensor softmax = rounded.softmax().cast(DType.F32);
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
              normalised,
              softmax,
              loss,
              gradients.of(x),
              unit(gradients.of(weight), rows),
              unit(gradients.of(bias), rows));
        },
        brain,
        OF_DIFFERENCES,
        1);
  }

  @Property(tries = 25)
  default void depthwise(
      @ForAll @IntRange(min = 1, max = 3) int pictures,
      @ForAll @IntRange(min = 1, max = 5) int channels,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 0, max = 6) int reach,
      @ForAll boolean brain,
      @ForAll long seed) {
    int side = 2 * reach + 1;
    compare(
        device -> {
          Tensor x =
              normal(device, seed, Shape.of(channels, pictures, width, height)).requiresGrad();
          Tensor filter =
              normal(device, seed + 1, Shape.of(channels, 1, side, side)).requiresGrad();
          Tensor bias = normal(device, seed + 2, Shape.of(channels)).requiresGrad();
          Tensor given = real(brain, x.permute(1, 0, 3, 2));
          Tensor out = given.depthwiseConv2d(filter, bias).cast(DType.F32);
          Tensor g = normal(device, seed + 3, Shape.of(pictures, channels, height, width));
          Gradients gradients = out.multiply(g).sum().backward();
          return List.of(out, gradients.of(x), gradients.of(filter), gradients.of(bias));
        },
        brain,
        TOLERANCE,
        (long) pictures * height * width);
  }

  @Property(tries = 25)
  default void mixerStage(
      @ForAll @IntRange(min = 2, max = 4) int pictures,
      @ForAll @IntRange(min = 1, max = 5) int channels,
      @ForAll @IntRange(min = 2, max = 18) int side,
      @ForAll @IntRange(min = 0, max = 3) int reach,
      @ForAll Activation activation,
      @ForAll boolean brain,
      @ForAll long seed) {
    // rounding moves values across the kink of RELU
    Assume.that(!brain || activation != Activation.RELU);
    Shape perChannel = Shape.of(channels);
    // without it the scale of a filter would cancel, and its gradient be rounding
    float epsilon = brain ? 1 : EPSILON;
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
          var constant = new ChannelScaling(scale.detach(), shift.detach());
          var fixed =
              new MixerStage(activation, bias, constant, filter.detach(), filterBias, constant);
          Tensor given = real(brain, x.permute(1, 0, 3, 2));
          Tensor affine = given.mixerStage(fixed).cast(DType.F32);
          Tensor normalised = given.mixerStage(stage, epsilon).output().cast(DType.F32);
          Tensor g = normal(device, seed + 6, given.shape());
          Gradients gradients =
              affine.multiply(g).sum().add(normalised.multiply(g).sum()).backward();
          return List.of(
              affine, normalised, gradients.of(x), gradients.of(filter), gradients.of(scale));
        },
        brain,
        OF_DIFFERENCES,
        2L * pictures * side * side);
  }

  /** Linear maps, plain, behind an activation and behind a norm, one added to the other. */
  @Property(tries = 25)
  default void linear(
      @ForAll @IntRange(min = 1, max = 70) int rows,
      @ForAll @IntRange(min = 1, max = 40) int in,
      @ForAll @IntRange(min = 1, max = 70) int out,
      @ForAll boolean brain,
      @ForAll long seed) {
    compare(
        device -> {
          Tensor x = normal(device, seed, Shape.of(in, rows)).requiresGrad();
          Tensor weight = normal(device, seed + 1, Shape.of(out, in)).requiresGrad();
          Tensor bias = normal(device, seed + 2, Shape.of(out)).requiresGrad();
          Tensor ones = normal(device, seed + 3, Shape.of(in));
          Tensor given = real(brain, x.transpose());
          Tensor factor = real(brain, weight);
          Tensor plain = given.linear(factor, bias);
          Tensor activated = given.linear(Activation.GELU, factor, bias);
          var norm = new LayerNormParameters(ones, ones, EPSILON);
          Tensor sum = plain.add(activated).add(given.linear(norm, factor, bias));
          Tensor result = sum.affine(0.5f, 0).cast(DType.F32);
          Tensor g = normal(device, seed + 4, Shape.of(rows, out));
          Gradients gradients = result.multiply(g).sum().backward();
          return List.of(
              result,
              gradients.of(x),
              unit(gradients.of(weight), rows),
              unit(gradients.of(bias), rows),
              sum.mean(0));
        },
        brain,
        OF_DIFFERENCES,
        3);
  }

  /** A sum of so many terms, scaled to the size of one. */
  private static Tensor unit(Tensor sum, int terms) {
    return sum.multiply((float) (1 / Math.sqrt(terms)));
  }

  /**
   * The tensor rounded to bfloat16, if asked for, and in it where the device computes with that.
   */
  private Tensor real(boolean brain, Tensor x) {
    if (!brain) {
      return x;
    }
    Tensor rounded = x.cast(DType.BF16);
    return x.device().equals(device()) ? rounded : rounded.cast(DType.F32);
  }

  private void compare(
      Function<Device, List<Tensor>> computation, boolean brain, double tolerance, long terms) {
    var agreement = new Agreement(device(), computation);
    if (brain) {
      // what cancels is judged as a sum of so many terms of unit size that does not: those of all
      // paths by which a gradient comes
      agreement.check(TestDevice.inDouble(), OF_BRAIN_FLOATS, Math.sqrt(terms));
    } else {
      // sums that cancel are judged beside one term
      agreement.check(TestDevice.inDouble(), tolerance, tolerance == OF_DIFFERENCES ? 1 : 0);
    }
  }
}
