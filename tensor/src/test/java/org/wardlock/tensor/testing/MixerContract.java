package org.wardlock.tensor.testing;

import static org.wardlock.tensor.testing.ActivationReference.apply;
import static org.wardlock.tensor.testing.ActivationReference.gradient;
import static org.wardlock.tensor.testing.ActivationReference.plus;
import static org.wardlock.tensor.testing.ActivationReference.scaled;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.MixerOperands;
import org.wardlock.tensor.spi.Operand;

/** The stage between two pointwise convolutions of a ConvMixer. */
interface MixerContract extends ContractFamily {
  float EPSILON = 0.1f;

  /** A batch and the side of its filters. */
  record Extents(Shape shape, int kernel) {}

  private static Extents[] extents() {
    // planes of one value, of less than a vector and of more, and channels beyond one group
    return new Extents[] {
      new Extents(Shape.of(3, 2, 1, 1), 3),
      new Extents(Shape.of(4, 6, 9, 7), 3),
      new Extents(Shape.of(2, 3, 5, 21), 5),
      new Extents(Shape.of(3, 19, 16, 16), 5),
      new Extents(Shape.of(2, 40, 6, 6), 11)
    };
  }

  /** x, then the parameters in the order of {@link MixerOperands}. */
  private static List<Values> inputs(long seed, Extents extents) {
    int channels = extents.shape().extent(1);
    Shape perChannel = Shape.of(channels);
    var inputs = new ArrayList<Values>();
    inputs.add(Values.normal(seed, extents.shape()));
    for (int i = 1; i < 8; i++) {
      Shape filter = Shape.of(channels, 1, extents.kernel(), extents.kernel());
      inputs.add(Values.normal(seed + i, i == 4 ? filter : perChannel));
    }
    return inputs;
  }

  private static MixerOperands operands(Activation activation, Operand... in) {
    return new MixerOperands(activation, in[1], in[2], in[3], in[4], in[5], in[6], in[7]);
  }

  private static Values biased(List<Values> in) {
    Values ones = in.get(1).map(_ -> 1);
    return scaled(in.get(0), ones, in.get(1));
  }

  /** Output, what was convolved, and the statistics. */
  private static List<Values> forward(Activation activation, List<Values> in) {
    List<Values> inner =
        NormalizationReference.batchNorm(
            apply(activation, biased(in)), in.get(2), in.get(3), EPSILON);
    Values z = inner.get(0);
    Values convolved = Reference.depthwise(z, in.get(4), Optional.of(in.get(5)));
    List<Values> outer =
        NormalizationReference.batchNorm(
            apply(activation, convolved), in.get(6), in.get(7), EPSILON);
    return List.of(
        plus(outer.get(0), z), convolved, inner.get(1), inner.get(2), outer.get(1), outer.get(2));
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void mixerStage(Activation activation) {
    for (Extents extents : extents()) {
      List<Values> in = inputs(51, extents);
      Shape perChannel = in.get(1).shape();
      OperationCheck.of(backend(), activation + ", mixer stage " + extents)
          .inputs(in.toArray(Values[]::new))
          .outputs(extents.shape(), extents.shape(), perChannel, perChannel, perChannel, perChannel)
          .expecting(seen -> forward(activation, seen))
          .within(new Tolerance(4e-5))
          .fused()
          .run(
              (b, seen, out) ->
                  b.mixerStage(
                      operands(activation, seen),
                      EPSILON,
                      seen[0],
                      out[1],
                      out[0],
                      new MixerOperands.Statistics(out[2], out[3], out[4], out[5])));
    }
  }

  /** In the order of {@link MixerOperands.Gradients}. */
  private static List<Values> backward(Activation activation, List<Values> in) {
    Values convolved = in.get(9);
    Values g = in.get(8);
    List<Values> outer = normBackward(activation, convolved, in.get(6), in.get(12), in.get(13), g);
    Values towardsConvolved = outer.get(0);
    Values biased = biased(in);
    Values z = normalized(apply(activation, biased), in);
    int kernel = in.get(4).shape().extent(2);
    Values towardsFilter = Reference.depthwiseBackwardWeight(z, towardsConvolved, kernel);
    Values towardsZ = plus(Reference.depthwiseBackwardInput(towardsConvolved, in.get(4)), g);
    List<Values> inner =
        normBackward(activation, biased, in.get(2), in.get(10), in.get(11), towardsZ);
    return List.of(
        inner.get(0),
        perChannel(inner.get(0)),
        inner.get(1),
        inner.get(2),
        towardsFilter,
        perChannel(towardsConvolved),
        outer.get(1),
        outer.get(2));
  }

  /** By the statistics that were saved, whatever they are. */
  private static Values normalized(Values activated, List<Values> in) {
    double[] mean = in.get(10).data();
    double[] variance = in.get(11).data();
    Values scale =
        Values.of(in.get(2).shape(), i -> in.get(2).data()[i] / Math.sqrt(variance[i] + EPSILON));
    Values shift = Values.of(scale.shape(), i -> in.get(3).data()[i] - mean[i] * scale.data()[i]);
    return scaled(activated, scale, shift);
  }

  private static List<Values> normBackward(
      Activation activation, Values x, Values scale, Values mean, Values variance, Values g) {
    List<Values> towards =
        NormalizationReference.batchNormBackward(
            apply(activation, x), scale, mean, variance, EPSILON, g);
    return List.of(gradient(activation, x, towards.get(0)), towards.get(1), towards.get(2));
  }

  private static Values perChannel(Values x) {
    int channels = x.shape().extent(1);
    long size = x.shape().count() / ((long) x.shape().extent(0) * channels);
    double[] sums = new double[channels];
    for (int i = 0; i < x.data().length; i++) {
      sums[(int) (i / size % channels)] += x.data()[i];
    }
    return Values.of(Shape.of(channels), i -> sums[i]);
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void mixerStageBackward(Activation activation) {
    for (Extents extents : extents()) {
      var in = new ArrayList<>(inputs(61, extents));
      List<Values> left = forward(activation, in);
      in.add(Values.normal(70, extents.shape()));
      left.subList(1, 6).forEach(values -> in.add(values.map(value -> (float) value)));
      // without an activation the norms take the biases away again: their gradients are rounding
      List<Integer> compared =
          activation == Activation.IDENTITY
              ? List.of(0, 2, 3, 4, 6, 7)
              : List.of(0, 1, 2, 3, 4, 5, 6, 7);
      OperationCheck.of(backend(), "gradients of " + activation + ", mixer stage " + extents)
          .inputs(in.toArray(Values[]::new))
          .outputs(compared.stream().map(input -> in.get(input).shape()).toArray(Shape[]::new))
          .expecting(
              seen -> {
                List<Values> gradients = backward(activation, seen);
                return compared.stream().map(gradients::get).toList();
              })
          .within(Tolerance.ofSum(4 * extents.shape().count()))
          .fused()
          .run(
              (b, seen, out) -> {
                List<Optional<Operand>> wanted =
                    IntStream.range(0, 8)
                        .mapToObj(compared::indexOf)
                        .map(at -> at < 0 ? Optional.<Operand>empty() : Optional.of(out[at]))
                        .toList();
                b.mixerStageBackward(
                    operands(activation, seen),
                    EPSILON,
                    seen[0],
                    seen[9],
                    new MixerOperands.Statistics(seen[10], seen[11], seen[12], seen[13]),
                    seen[8],
                    new MixerOperands.Gradients(
                        wanted.get(0),
                        wanted.get(1),
                        wanted.get(2),
                        wanted.get(3),
                        wanted.get(4),
                        wanted.get(5),
                        wanted.get(6),
                        wanted.get(7)));
              });
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void mixerStageAffine(Activation activation) {
    for (Extents extents : extents()) {
      for (boolean kept : new boolean[] {false, true}) {
        Shape shape = extents.shape();
        OperationCheck.of(backend(), activation + ", affine mixer stage " + extents + " " + kept)
            .inputs(inputs(71, extents).toArray(Values[]::new))
            .outputs(kept ? new Shape[] {shape, shape} : new Shape[] {shape})
            .expecting(
                in -> {
                  Values z = scaled(apply(activation, biased(in)), in.get(2), in.get(3));
                  Values convolved = Reference.depthwise(z, in.get(4), Optional.of(in.get(5)));
                  Values out = plus(scaled(apply(activation, convolved), in.get(6), in.get(7)), z);
                  return kept ? List.of(out, convolved) : List.of(out);
                })
            .within(Tolerance.ofSum(4096))
            .independent(true, false, false, false, false, false, false, false)
            .fused()
            .run(
                (b, in, out) ->
                    b.mixerStageAffine(
                        operands(activation, in),
                        in[0],
                        kept ? Optional.of(out[1]) : Optional.empty(),
                        out[0]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void mixerStageAffineBackward(Activation activation) {
    for (Extents extents : extents()) {
      var in = new ArrayList<>(inputs(81, extents));
      in.add(Values.normal(90, extents.shape()));
      in.add(Values.normal(91, extents.shape()));
      OperationCheck.of(backend(), "gradient of " + activation + ", affine mixer stage " + extents)
          .inputs(in.toArray(Values[]::new))
          .outputs(extents.shape())
          .expecting(
              seen -> {
                Values none = seen.get(1).map(_ -> 0);
                Values g = seen.get(8);
                Values towardsConvolved =
                    gradient(activation, seen.get(9), scaled(g, seen.get(6), none));
                Values towardsZ =
                    plus(Reference.depthwiseBackwardInput(towardsConvolved, seen.get(4)), g);
                return List.of(
                    gradient(activation, biased(seen), scaled(towardsZ, seen.get(2), none)));
              })
          .within(Tolerance.ofSum(4096))
          .independent(true, false, false, false, false, false, false, false, true, true)
          .fused()
          .run(
              (b, seen, out) ->
                  b.mixerStageAffineBackward(
                      operands(activation, seen), seen[0], seen[9], seen[8], out[0]));
    }
  }
}
