package org.wardlock.tensor.testing;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;

/** Softmax, cross-entropy, layer and batch normalisation. */
interface NormalizationContract extends ContractFamily {
  float EPSILON = 1e-5f;

  // ---- softmax and cross-entropy

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  default void softmax(boolean logarithm) {
    for (Shape shape : rows()) {
      OperationCheck.of(backend(), (logarithm ? "log-softmax " : "softmax ") + shape)
          .inputs(Values.normal(1, shape).map(value -> 5 * value))
          .outputs(shape)
          .expecting(in -> List.of(NormalizationReference.softmax(in.getFirst(), logarithm)))
          .within(Tolerance.ofSum(shape.extent(-1)))
          .fused()
          .independent(true)
          .run((b, in, out) -> b.softmax(in[0], logarithm, out[0]));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  default void softmaxOfLargeAndInfiniteNumbers(boolean logarithm) {
    double infinity = Double.POSITIVE_INFINITY;
    Values x =
        new Values(
            Shape.of(3, 4),
            new double[] {
              1e4, 1e4 - 1, -1e4, 0, -infinity, 0, 1, -infinity, -1e30, -1e30, -1e30, -1e30
            });
    OperationCheck.of(backend(), "softmax of large numbers")
        .inputs(x)
        .outputs(x.shape())
        .expecting(in -> List.of(NormalizationReference.softmax(in.getFirst(), logarithm)))
        .fused()
        .placed(Placement.CONTIGUOUS, Placement.TRANSPOSED)
        .run((b, in, out) -> b.softmax(in[0], logarithm, out[0]));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  default void softmaxBackward(boolean logarithm) {
    for (Shape shape : rows()) {
      Values y = NormalizationReference.softmax(Values.normal(2, shape), logarithm).map(v -> v);
      OperationCheck.of(backend(), "gradient of softmax " + shape)
          .inputs(y, Values.normal(3, shape))
          .outputs(shape)
          .expecting(
              in ->
                  List.of(NormalizationReference.softmaxBackward(in.get(0), in.get(1), logarithm)))
          .within(Tolerance.ofSum(shape.extent(-1)))
          .fused()
          .independent(true, true)
          .run((b, in, out) -> b.softmaxBackward(in[0], in[1], logarithm, out[0]));
    }
  }

  @Test
  default void crossEntropy() {
    for (Shape shape :
        new Shape[] {Shape.of(1, 1), Shape.of(0, 7), Shape.of(5, 10), Shape.of(3, 1000)}) {
      Values labels = Values.integers(4, Shape.of(Math.max(1, shape.extent(0))), shape.extent(1));
      Values oneHot =
          Values.of(shape, i -> i % shape.extent(1) == labels.data()[i / shape.extent(1)] ? 1 : 0);
      Values mixed = Values.uniform(5, shape).map(value -> 2 * value / shape.extent(1));
      for (Values target : List.of(oneHot, mixed)) {
        OperationCheck.of(backend(), "cross-entropy " + shape)
            .inputs(Values.normal(6, shape).map(value -> 3 * value), target)
            .outputs(Shape.of(shape.extent(0)), shape)
            .expecting(in -> NormalizationReference.crossEntropy(in.get(0), in.get(1)))
            .within(Tolerance.ofSum(shape.extent(1)))
            .fused()
            .independent(true, true)
            .run((b, in, out) -> b.crossEntropy(in[0], in[1], out[0], out[1]));
      }
    }
  }

  // ---- layer normalisation

  @Test
  default void layerNorm() {
    for (Shape shape : rows()) {
      Values weight = Values.normal(7, Shape.of(shape.extent(-1)));
      Values bias = Values.normal(8, Shape.of(shape.extent(-1)));
      for (float offset : new float[] {0, 100}) {
        OperationCheck.of(backend(), "layer norm " + shape + " around " + offset)
            .inputs(Values.normal(9, shape).map(value -> value + offset), weight, bias)
            .outputs(shape, shape.without(-1), shape.without(-1))
            .expecting(
                in -> NormalizationReference.layerNorm(in.get(0), in.get(1), in.get(2), EPSILON))
            // an offset of a hundred costs a hundred roundings of the mean
            .within(new Tolerance(Tolerance.ofSum(shape.extent(-1)).bound() * (1 + offset / 10)))
            // rows of equal values have no variance: what is left of them is rounding
            .placed(Placement.DISTINCT)
            .fused()
            .independent(true, false, false)
            .run((b, in, out) -> b.layerNorm(in[0], in[1], in[2], EPSILON, out[0], out[1], out[2]));
      }
    }
  }

  @Test
  default void layerNormBackward() {
    for (Shape shape : rows()) {
      Values x = Values.normal(10, shape);
      Values weight = Values.normal(11, Shape.of(shape.extent(-1)));
      List<Values> forward = NormalizationReference.layerNorm(x, weight, weight, 0.1f);
      Values mean = forward.get(1).map(v -> v);
      Values rstd = forward.get(2).map(v -> v);
      Values g = Values.normal(12, shape);
      OperationCheck.of(backend(), "gradients of layer norm " + shape)
          .inputs(x, weight, mean, rstd, g)
          .outputs(shape, weight.shape(), weight.shape())
          .expecting(
              in ->
                  NormalizationReference.layerNormBackward(
                      in.get(0), in.get(1), in.get(2), in.get(3), in.get(4)))
          .within(Tolerance.ofSum(shape.count()))
          .fused()
          .run(
              (b, in, out) ->
                  b.layerNormBackward(
                      in[0],
                      in[1],
                      in[2],
                      in[3],
                      in[4],
                      Optional.of(out[0]),
                      Optional.of(out[1]),
                      Optional.of(out[2])));
      OperationCheck.of(backend(), "gradient of layer norm towards the input " + shape)
          .inputs(x, weight, mean, rstd, g)
          .outputs(shape)
          .expecting(
              in ->
                  NormalizationReference.layerNormBackward(
                          in.get(0), in.get(1), in.get(2), in.get(3), in.get(4))
                      .subList(0, 1))
          .within(Tolerance.ofSum(shape.extent(-1)))
          .placed(Placement.CONTIGUOUS)
          .independent(true, false, true, true, true)
          .run(
              (b, in, out) ->
                  b.layerNormBackward(
                      in[0],
                      in[1],
                      in[2],
                      in[3],
                      in[4],
                      Optional.of(out[0]),
                      Optional.empty(),
                      Optional.empty()));
    }
  }

  // ---- batch normalisation

  private static Shape[] batches() {
    return new Shape[] {
      Shape.of(2, 1),
      Shape.of(5, 3),
      Shape.of(3, 2, 1, 1),
      Shape.of(4, 6, 9, 7),
      Shape.of(2, 3, 33, 32)
    };
  }

  /** An offset of a thousand deviations, which the variance must not notice. */
  @Test
  default void batchNorm() {
    for (Shape shape : batches()) {
      Values weight = Values.normal(13, Shape.of(shape.extent(1)));
      Values bias = Values.normal(14, Shape.of(shape.extent(1)));
      for (float offset : new float[] {0, 1000}) {
        OperationCheck.of(backend(), "batch norm " + shape + " around " + offset)
            .inputs(Values.normal(15, shape).map(value -> value + offset), weight, bias)
            .outputs(shape, weight.shape(), weight.shape())
            .expecting(
                in -> NormalizationReference.batchNorm(in.get(0), in.get(1), in.get(2), EPSILON))
            .within(new Tolerance(offset == 0 ? 2e-5 : 2e-4))
            .placed(Placement.DISTINCT)
            .fused()
            .run((b, in, out) -> b.batchNorm(in[0], in[1], in[2], EPSILON, out[0], out[1], out[2]));
      }
    }
  }

  @Test
  default void batchNormBackward() {
    for (Shape shape : batches()) {
      Values x = Values.normal(16, shape);
      Values weight = Values.normal(17, Shape.of(shape.extent(1)));
      List<Values> forward = NormalizationReference.batchNorm(x, weight, weight, 0.1f);
      Values mean = forward.get(1).map(v -> v);
      Values variance = forward.get(2).map(v -> v);
      OperationCheck.of(backend(), "gradients of batch norm " + shape)
          .inputs(x, weight, mean, variance, Values.normal(18, shape))
          .outputs(shape, weight.shape(), weight.shape())
          .expecting(
              in ->
                  NormalizationReference.batchNormBackward(
                      in.get(0), in.get(1), in.get(2), in.get(3), 0.1f, in.get(4)))
          .within(Tolerance.ofSum(shape.count()))
          .fused()
          .run(
              (b, in, out) ->
                  b.batchNormBackward(
                      in[0],
                      in[1],
                      in[2],
                      in[3],
                      0.1f,
                      in[4],
                      Optional.of(out[0]),
                      Optional.of(out[1]),
                      Optional.of(out[2])));
    }
  }

  @Test
  default void onlyTheGradientsAskedForAreWritten() {
    Shape shape = Shape.of(4, 3, 5);
    try (var workspace = new Workspace(backend())) {
      Operand x = workspace.put(Values.normal(19, shape), Placement.CONTIGUOUS);
      Operand weight = workspace.put(Values.normal(20, Shape.of(3)), Placement.CONTIGUOUS);
      Operand statistic = workspace.put(Values.uniform(21, Shape.of(3)), Placement.CONTIGUOUS);
      Operand out = workspace.output(Shape.of(3));
      backend()
          .batchNormBackward(
              x,
              weight,
              statistic,
              statistic,
              EPSILON,
              x,
              Optional.empty(),
              Optional.empty(),
              Optional.of(out));
      Values expected = Reference.reduce(ReduceOp.SUM, Values.normal(19, shape), 0, 2);
      Tolerance.OF_FEW.check(
          "bias alone", new Values(Shape.of(3), expected.data()), workspace.get(out));
    }
  }
}
