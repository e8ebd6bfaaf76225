package org.wardlock.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * A function of some tensors whose gradient is checked, at points where it has one.
 *
 * @param name for messages
 * @param inputs how the values of each input are drawn
 * @param function of tensors with these values
 */
public record DifferentiableCase(
    String name, List<Input> inputs, Function<List<Tensor>, Tensor> function) {

  /** Draws the values of an input of a shape. */
  public record Input(Shape shape, Values values) {
    /** Values for every element. */
    public float[] draw(SplittableRandom random) {
      return values.draw(Math.toIntExact(shape.count()), random);
    }
  }

  /** How values are drawn. */
  public interface Values {
    float[] draw(int count, SplittableRandom random);
  }

  /** Normal numbers. */
  static Input normal(int... extents) {
    return each(random -> (float) random.nextGaussian(), extents);
  }

  /** Numbers between 0.5 and 2. */
  static Input positive(int... extents) {
    return each(random -> (float) random.nextDouble(0.5, 2), extents);
  }

  /** Numbers at least 0.1 away from every multiple of a quarter: where kinks and steps are. */
  static Input offGrid(int... extents) {
    return each(random -> random.nextInt(-8, 8) / 4f + 0.125f, extents);
  }

  /** Numbers that differ from each other, and from those of {@link #offGrid}, by at least 0.05. */
  static Input distinct(int... extents) {
    return new Input(
        Shape.of(extents),
        (count, random) -> {
          var ranks = new ArrayList<Integer>();
          for (int i = 0; i < count; i++) {
            ranks.add(i);
          }
          for (int i = count - 1; i > 0; i--) {
            Collections.swap(ranks, i, random.nextInt(i + 1));
          }
          float[] values = new float[count];
          for (int i = 0; i < count; i++) {
            values[i] = (ranks.get(i) - count / 2) / 4f;
          }
          return values;
        });
  }

  private static Input each(Function<SplittableRandom, Float> value, int... extents) {
    return new Input(
        Shape.of(extents),
        (count, random) -> {
          float[] values = new float[count];
          for (int i = 0; i < count; i++) {
            values[i] = value.apply(random);
          }
          return values;
        });
  }

  /** Every recorded operation, with every input it has a gradient for. */
  public static List<DifferentiableCase> all() {
    var cases = new ArrayList<DifferentiableCase>();
    addPointwise(cases);
    addMovement(cases);
    addReductions(cases);
    addProducts(cases);
    addNormalizations(cases);
    addExtensions(cases);
    addEmpty(cases);
    return List.copyOf(cases);
  }

  private static void addPointwise(List<DifferentiableCase> cases) {
    add(cases, "leaf", in -> in.get(0), normal(3));
    for (UnaryOp op : UnaryOp.values()) {
      Input x =
          switch (op) {
            case SQRT, LOG, RECIPROCAL -> positive(3, 5);
            case ABS, SIGN, FLOOR, ROUND, RELU -> offGrid(3, 5);
            default -> normal(3, 5);
          };
      add(cases, op.name(), in -> in.get(0).map(op), x);
    }
    add(cases, "affine", in -> in.get(0).affine(-3, 2), normal(2, 3));
    add(cases, "clamp", in -> in.get(0).clamp(-0.5f, 1), offGrid(4, 5));
    add(cases, "add", in -> in.get(0).add(in.get(1)), normal(3, 1, 5), normal(4, 1));
    add(cases, "subtract", in -> in.get(0).subtract(in.get(1)), normal(4, 1), normal(3, 1, 5));
    add(cases, "multiply", in -> in.get(0).multiply(in.get(1)), normal(3, 1, 5), normal(4, 1));
    add(cases, "divide", in -> in.get(0).divide(in.get(1)), normal(3, 1, 5), positive(4, 1));
    add(cases, "square by itself", in -> in.get(0).multiply(in.get(0)), normal(7));
    add(cases, "maximum", in -> in.get(0).maximum(in.get(1)), offGrid(3, 5), distinct(5));
    add(cases, "minimum", in -> in.get(0).minimum(in.get(1)), offGrid(3, 5), distinct(3, 1));
    add(
        cases,
        "multiplyAdd",
        in -> in.get(0).multiplyAdd(in.get(1), in.get(2)),
        normal(3, 1, 2),
        normal(4, 1),
        normal(2));
    add(
        cases,
        "where",
        in -> {
          Tensor choice = Tensor.of(in.get(0).device(), Shape.of(2, 3), 1, 0, 0, 1, 1, 0);
          return choice.where(in.get(0), in.get(1));
        },
        normal(2, 3),
        normal(3));
  }

  private static void addMovement(List<DifferentiableCase> cases) {
    add(cases, "reshape", in -> in.get(0).reshape(6, -1), normal(3, 4, 2));
    add(
        cases,
        "reshape of a transposed view",
        in -> in.get(0).transpose().reshape(-1),
        normal(3, 4));
    add(cases, "permute", in -> in.get(0).permute(2, 0, 1), normal(2, 3, 4));
    add(cases, "slice", in -> in.get(0).slice(1, 1, 3), normal(2, 4, 3));
    add(cases, "expand", in -> in.get(0).expand(Shape.of(4, 2, 3)), normal(2, 1));
    add(cases, "copy", in -> in.get(0).transpose().copy(), normal(2, 3));
    add(
        cases,
        "concatenate",
        in -> Tensor.concatenate(1, in.get(0), in.get(1), in.get(0)),
        normal(2, 3),
        normal(2, 2));
    add(cases, "pad", in -> in.get(0).pad(0, 1, 2), normal(2, 3));
    add(
        cases,
        "gather",
        in -> in.get(0).gather(1, index(in.get(0), 2, 0, 2, 1, 2)),
        normal(2, 3, 2));
    add(
        cases,
        "scatterAdd",
        in -> in.get(0).scatterAdd(1, index(in.get(0), 1, 1, 4), 5),
        normal(2, 3));
    add(
        cases,
        "two uses",
        in -> in.get(0).slice(0, 0, 2).add(in.get(0).slice(0, 1, 3)),
        normal(3, 2));
  }

  private static Tensor index(Tensor like, int... values) {
    return Tensor.ofInts(like.device(), Shape.of(values.length), values);
  }

  private static void addReductions(List<DifferentiableCase> cases) {
    add(cases, "sum", in -> in.get(0).sum(0, 2), normal(2, 3, 4));
    add(cases, "sum of all", in -> in.get(0).sum(), normal(2, 3));
    add(cases, "mean", in -> in.get(0).mean(1), normal(2, 4, 3));
    add(cases, "max", in -> in.get(0).max(1), distinct(3, 4, 2));
    add(cases, "min", in -> in.get(0).min(0, 2), distinct(3, 4, 2));
  }

  private static void addProducts(List<DifferentiableCase> cases) {
    add(cases, "matmul", in -> in.get(0).matmul(in.get(1)), normal(3, 4), normal(4, 5));
    add(
        cases,
        "matmul over broadcast batches",
        in -> in.get(0).matmul(in.get(1)),
        normal(2, 1, 3, 4),
        normal(3, 4, 2));
    add(
        cases,
        "matmul of a batch by one matrix",
        in -> in.get(0).matmul(in.get(1).transpose()),
        normal(2, 3, 4),
        normal(5, 4));
    add(
        cases,
        "linear",
        in -> in.get(0).linear(in.get(1), in.get(2)),
        normal(2, 3, 4),
        normal(5, 4),
        normal(5));
    for (Activation activation : Activation.values()) {
      add(
          cases,
          "linear behind " + activation,
          in -> in.get(0).linear(activation, in.get(1), in.get(2)),
          normal(2, 3, 4),
          normal(5, 4),
          normal(5));
    }
    add(
        cases,
        "linear behind a layer norm",
        in ->
            in.get(0)
                .linear(new LayerNormParameters(in.get(1), in.get(2), 1e-3f), in.get(3), in.get(4)),
        normal(2, 3, 4),
        normal(4),
        normal(4),
        normal(5, 4),
        normal(5));
    add(
        cases,
        "conv2d over overlapping windows",
        in -> in.get(0).conv2d(in.get(1), in.get(2), 2, 1),
        normal(2, 3, 6, 5),
        normal(4, 3, 3, 3),
        normal(4));
    add(
        cases,
        "conv2d over windows with gaps",
        in -> in.get(0).conv2d(in.get(1), 3, 0),
        normal(1, 2, 7, 8),
        normal(3, 2, 2, 2));
    add(
        cases,
        "conv2d of patches",
        in -> in.get(0).conv2d(in.get(1), in.get(2), 2, 0),
        normal(2, 3, 4, 6),
        normal(4, 3, 2, 2),
        normal(4));
    add(
        cases,
        "conv2d of points",
        in -> in.get(0).conv2d(in.get(1), in.get(2), 1, 0),
        normal(2, 3, 2, 2),
        normal(4, 3, 1, 1),
        normal(4));
    add(
        cases,
        "depthwiseConv2d",
        in -> in.get(0).depthwiseConv2d(in.get(1), in.get(2)),
        normal(2, 3, 4, 5),
        normal(3, 1, 3, 3),
        normal(3));
  }

  /** Nothing but the pictures has a gradient, as when they are attacked. */
  private static Tensor constantNorm(Activation activation, Tensor x, Tensor addend) {
    Tensor some = Tensor.of(x.device(), Shape.of(4), 0.5f, -1.5f, 2, 0.25f);
    Tensor positive = Tensor.of(x.device(), Shape.of(4), 0.5f, 1.5f, 2, 0.25f);
    return x.batchNorm(activation, some, some, some, positive, 1e-3f, Optional.of(addend));
  }

  private static void addNormalizations(List<DifferentiableCase> cases) {
    add(cases, "softmax", in -> in.get(0).softmax(), normal(3, 5));
    add(cases, "logSoftmax", in -> in.get(0).logSoftmax(), normal(3, 5));
    add(
        cases,
        "layerNorm",
        in -> in.get(0).layerNorm(in.get(1), in.get(2), 1e-3f),
        normal(2, 3, 5),
        normal(5),
        normal(5));
    add(
        cases,
        "batchNorm of a batch",
        in -> in.get(0).batchNorm(in.get(1), in.get(2), 1e-3f).output(),
        normal(3, 4, 2, 2),
        normal(4),
        normal(4));
    add(
        cases,
        "batchNorm with given statistics",
        in -> in.get(0).batchNorm(in.get(1), in.get(2), in.get(3), in.get(4), 1e-3f),
        normal(3, 4, 2, 2),
        normal(4),
        normal(4),
        normal(4),
        positive(4));
    for (Activation activation : Activation.values()) {
      add(
          cases,
          "batchNorm of a batch behind " + activation + " with a shortcut",
          in ->
              in.get(0)
                  .batchNorm(activation, in.get(1), in.get(2), 1e-3f, Optional.of(in.get(3)))
                  .output(),
          normal(3, 4, 2, 2),
          normal(4),
          normal(4),
          normal(3, 4, 2, 2));
      add(
          cases,
          "batchNorm with given statistics behind " + activation,
          in ->
              in.get(0)
                  .batchNorm(
                      activation,
                      in.get(1),
                      in.get(2),
                      in.get(3),
                      in.get(4),
                      1e-3f,
                      Optional.of(in.get(5))),
          normal(3, 4, 2, 2),
          normal(4),
          normal(4),
          normal(4),
          positive(4),
          normal(3, 4, 2, 2));
      add(
          cases,
          "batchNorm with constant statistics behind " + activation,
          in -> constantNorm(activation, in.get(0), in.get(1)),
          normal(3, 4, 2, 2),
          normal(3, 4, 2, 2));
    }
    addMixers(cases);
    add(cases, "attention", in -> in.get(0).attention(2), normal(2, 5, 3 * 2 * 3));
    add(
        cases,
        "crossEntropy",
        in -> {
          Tensor target =
              Tensor.of(in.get(0).device(), Shape.of(2, 3), 0, 1, 0, 0.25f, 0.5f, 0.25f);
          return in.get(0).crossEntropy(target);
        },
        normal(2, 3));
  }

  private static void addMixers(List<DifferentiableCase> cases) {
    for (Activation activation : Activation.values()) {
      add(
          cases,
          "mixer stage of a batch, " + activation,
          in -> in.get(0).mixerStage(mixer(activation, in), 1e-3f).output(),
          normal(3, 4, 3, 2),
          normal(4),
          normal(4),
          normal(4),
          normal(4, 1, 3, 3),
          normal(4),
          normal(4),
          normal(4));
      add(
          cases,
          "mixer stage with given statistics, " + activation,
          in -> in.get(0).mixerStage(mixer(activation, in)),
          normal(2, 4, 3, 2),
          normal(4),
          normal(4),
          normal(4),
          normal(4, 1, 3, 3),
          normal(4),
          normal(4),
          normal(4));
      add(
          cases,
          "mixer stage with constant parameters, " + activation,
          in -> in.get(0).mixerStage(constantMixer(activation, in.get(0))),
          normal(2, 4, 3, 2));
    }
  }

  private static MixerStage mixer(Activation activation, List<Tensor> in) {
    return new MixerStage(
        activation,
        in.get(1),
        new ChannelScaling(in.get(2), in.get(3)),
        in.get(4),
        in.get(5),
        new ChannelScaling(in.get(6), in.get(7)));
  }

  private static MixerStage constantMixer(Activation activation, Tensor x) {
    Tensor some = Tensor.of(x.device(), Shape.of(4), 0.5f, -1.5f, 2, 0.25f);
    Tensor filter = Tensor.range(x.device(), 36).affine(0.1f, -1.5f).reshape(4, 1, 3, 3);
    var scaling = new ChannelScaling(some, some);
    return new MixerStage(activation, some, scaling, filter, some, scaling);
  }

  private static void addExtensions(List<DifferentiableCase> cases) {
    add(
        cases,
        "custom",
        in -> Tensor.apply(new Product(), in.get(0), in.get(1)),
        normal(2, 3),
        normal(2, 3));
    add(
        cases,
        "recomputed",
        in -> in.get(0).recomputed(x -> x.multiply(in.get(1)).exp()),
        normal(2, 3),
        normal(3));
  }

  /** Extents of 0: an empty batch, a sum over nothing, a part that was cut to nothing. */
  private static void addEmpty(List<DifferentiableCase> cases) {
    for (int[] e : new int[][] {{0, 4, 5}, {3, 0, 5}, {3, 4, 0}}) {
      String extents = " of extents " + e[0] + ", " + e[1] + ", " + e[2];
      Function<List<Tensor>, Tensor> matmul = in -> in.get(0).matmul(in.get(1));
      add(cases, "matmul" + extents, matmul, normal(e[0], e[1]), normal(e[1], e[2]));
      add(cases, "matmul by one" + extents, matmul, normal(2, e[0], e[1]), normal(e[1], e[2]));
      add(cases, "matmul of one" + extents, matmul, normal(e[0], e[1]), normal(2, e[1], e[2]));
      add(
          cases,
          "linear" + extents,
          in -> in.get(0).linear(in.get(1), in.get(2)),
          normal(2, e[0], e[1]),
          normal(e[2], e[1]),
          normal(e[2]));
    }
    add(
        cases,
        "matmul of no batch by one matrix",
        in -> in.get(0).matmul(in.get(1)),
        normal(0, 3, 4),
        normal(1, 4, 2));
    add(
        cases,
        "matmul of one matrix by no batch",
        in -> in.get(0).matmul(in.get(1)),
        normal(1, 3, 4),
        normal(0, 4, 2));
    add(
        cases,
        "conv2d of no pictures",
        in -> in.get(0).conv2d(in.get(1), in.get(2), 2, 1),
        normal(0, 3, 6, 5),
        normal(4, 3, 3, 3),
        normal(4));
    add(
        cases,
        "depthwiseConv2d of no pictures",
        in -> in.get(0).depthwiseConv2d(in.get(1), in.get(2)),
        normal(0, 3, 4, 5),
        normal(3, 1, 3, 3),
        normal(3));
    add(cases, "softmax of no rows", in -> in.get(0).softmax(), normal(0, 5));
    add(
        cases,
        "layerNorm of no rows",
        in -> in.get(0).layerNorm(in.get(1), in.get(2), 1e-3f),
        normal(2, 0, 5),
        normal(5),
        normal(5));
    add(cases, "attention of no pictures", in -> in.get(0).attention(2), normal(0, 5, 3 * 2 * 3));
    add(
        cases,
        "crossEntropy of no rows",
        in -> in.get(0).crossEntropy(Tensor.zeros(in.get(0).device(), Shape.of(0, 3))),
        normal(0, 3));
    add(cases, "add to nothing", in -> in.get(0).add(in.get(1)), normal(3, 0), normal(3, 1));
    add(cases, "slice to nothing", in -> in.get(0).slice(1, 2, 2), normal(2, 4, 3));
    add(cases, "pad nothing", in -> in.get(0).pad(0, 1, 2), normal(0, 3));
    add(
        cases,
        "concatenate nothing",
        in -> Tensor.concatenate(1, in.get(0), in.get(1)),
        normal(2, 0),
        normal(2, 3));
    add(cases, "sum of nothing", in -> in.get(0).sum(1), normal(2, 0, 3));
    add(cases, "gather nothing", in -> in.get(0).gather(1, index(in.get(0))), normal(2, 3));
    add(
        cases,
        "scatterAdd nothing",
        in -> in.get(0).scatterAdd(1, index(in.get(0)), 4),
        normal(2, 0));
  }

  private static final class Product implements CustomOp {
    @Override
    public Tensor forward(List<Tensor> inputs) {
      return inputs.get(0).multiply(inputs.get(1));
    }

    @Override
    public List<Tensor> backward(Tensor g, List<Tensor> inputs, Tensor output) {
      return List.of(g.multiply(inputs.get(1)), g.multiply(inputs.get(0)));
    }
  }

  private static void add(
      List<DifferentiableCase> cases,
      String name,
      Function<List<Tensor>, Tensor> function,
      Input... inputs) {
    cases.add(new DifferentiableCase(name, List.of(inputs), function));
  }

  @Override
  public String toString() {
    return name;
  }
}
