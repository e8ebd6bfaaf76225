package org.wardlock.tensor.testing;

import static org.wardlock.tensor.testing.ActivationReference.apply;
import static org.wardlock.tensor.testing.ActivationReference.gradient;
import static org.wardlock.tensor.testing.ActivationReference.plus;
import static org.wardlock.tensor.testing.ActivationReference.scaled;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/** Batch normalisation between an activation and a shortcut. */
interface ActivatedNormContract extends ContractFamily {
  float EPSILON = 0.1f;

  private static Shape[] batches() {
    // planes of one value, of less than a vector, and of more than goes through at a time
    return new Shape[] {
      Shape.of(5, 3),
      Shape.of(3, 2, 1, 1),
      Shape.of(4, 6, 9, 7),
      Shape.of(2, 3, 47, 45),
      Shape.of(7, 40, 5, 5)
    };
  }

  private static Values perChannel(long seed, Shape shape) {
    return Values.normal(seed, Shape.of(shape.extent(1)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {"RELU", "GELU"})
  default void activatedBatchNorm(Activation activation) {
    UnaryOp function = UnaryOp.of(activation).orElseThrow();
    for (Shape shape : batches()) {
      Values weight = perChannel(31, shape);
      for (boolean shortcut : new boolean[] {false, true}) {
        OperationCheck.of(backend(), activation + ", batch norm " + shape + " " + shortcut)
            .inputs(
                Values.normal(32, shape), weight, perChannel(33, shape), Values.normal(34, shape))
            .outputs(shape, weight.shape(), weight.shape())
            .expecting(
                in -> {
                  Values activated = apply(activation, in.get(0));
                  List<Values> normalised =
                      NormalizationReference.batchNorm(activated, in.get(1), in.get(2), EPSILON);
                  Values out = normalised.get(0);
                  return List.of(
                      shortcut ? plus(out, in.get(3)) : out, normalised.get(1), normalised.get(2));
                })
            .within(new Tolerance(2e-5))
            .fused()
            .run(
                (b, in, out) -> {
                  Optional<Operand> addend = shortcut ? Optional.of(in[3]) : Optional.empty();
                  b.activatedBatchNorm(
                      function, in[0], in[1], in[2], EPSILON, addend, out[0], out[1], out[2]);
                });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {"RELU", "GELU"})
  default void activatedBatchNormBackward(Activation activation) {
    UnaryOp function = UnaryOp.of(activation).orElseThrow();
    for (Shape shape : batches()) {
      Values x = Values.normal(35, shape);
      Values weight = perChannel(36, shape);
      List<Values> forward =
          NormalizationReference.batchNorm(apply(activation, x), weight, weight, EPSILON);
      Values mean = forward.get(1).map(value -> (float) value);
      Values variance = forward.get(2).map(value -> (float) value);
      OperationCheck.of(backend(), "gradients of " + activation + ", batch norm " + shape)
          .inputs(x, weight, mean, variance, Values.normal(37, shape))
          .outputs(shape, weight.shape(), weight.shape())
          .expecting(
              in -> {
                List<Values> normalised =
                    NormalizationReference.batchNormBackward(
                        apply(activation, in.get(0)),
                        in.get(1),
                        in.get(2),
                        in.get(3),
                        EPSILON,
                        in.get(4));
                return List.of(
                    gradient(activation, in.get(0), normalised.get(0)),
                    normalised.get(1),
                    normalised.get(2));
              })
          .within(Tolerance.ofSum(shape.count()))
          .fused()
          .run(
              (b, in, out) ->
                  b.activatedBatchNormBackward(
                      function,
                      in[0],
                      in[1],
                      in[2],
                      in[3],
                      EPSILON,
                      in[4],
                      Optional.of(out[0]),
                      Optional.of(out[1]),
                      Optional.of(out[2])));
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void channelAffine(Activation activation) {
    for (Shape shape : batches()) {
      for (boolean shortcut : new boolean[] {false, true}) {
        OperationCheck.of(backend(), activation + ", channel affine " + shape + " " + shortcut)
            .inputs(
                Values.normal(38, shape),
                perChannel(39, shape),
                perChannel(40, shape),
                Values.normal(41, shape))
            .outputs(shape)
            .expecting(
                in -> {
                  Values out = scaled(apply(activation, in.get(0)), in.get(1), in.get(2));
                  return List.of(shortcut ? plus(out, in.get(3)) : out);
                })
            .within(Tolerance.OF_FEW)
            .fused()
            .run(
                (b, in, out) -> {
                  Optional<Operand> addend = shortcut ? Optional.of(in[3]) : Optional.empty();
                  b.channelAffine(activation, in[0], in[1], in[2], addend, out[0]);
                });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void channelAffineBackward(Activation activation) {
    for (Shape shape : batches()) {
      Values none = perChannel(1, shape).map(_ -> 0);
      OperationCheck.of(backend(), "gradient of " + activation + ", channel affine " + shape)
          .inputs(Values.normal(42, shape), perChannel(43, shape), Values.normal(44, shape))
          .outputs(shape)
          .expecting(
              in -> List.of(gradient(activation, in.get(0), scaled(in.get(2), in.get(1), none))))
          .within(Tolerance.OF_FEW)
          .fused()
          .run((b, in, out) -> b.channelAffineBackward(activation, in[0], in[1], in[2], out[0]));
    }
  }
}
