package org.wardlock.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.wardlock.tensor.testing.TestDevice;

/**
 * The gradient of every recorded operation, along one random direction, against the central
 * difference. The tensors hold doubles: the difference is sharp, and so is the tolerance.
 */
class GradientProperties {
  private static final Device DEVICE = TestDevice.inDouble();

  /**
   * Powers of two, so that they are the same numbers in every precision. The first is short enough
   * nearly always; a kink between its points, such as ReLU's, or a steep bend lies outside those of
   * the others but rarely. A gradient that is wrong agrees with none.
   */
  private static final float[] STEPS = {0x1p-16f, 0x1p-20f, 0x1p-25f};

  /**
   * Truncation of the difference is its step squared; constants such as 1/n reach the gradient as
   * floats.
   */
  private static final double TOLERANCE = 1e-6;

  private static final List<DifferentiableCase> CASES = DifferentiableCase.all();

  @Property(tries = 10)
  void gradientsTowardsOneInputAreDirectionalDerivatives(@ForAll long seed) {
    for (DifferentiableCase c : CASES) {
      for (int input = 0; input < c.inputs().size(); input++) {
        try (Scope _ = Scope.open(c.name())) {
          Point point = Point.draw(c, new SplittableRandom(seed));
          double analytic = point.directionalGradient(input);
          double numeric = 0;
          for (float step : STEPS) {
            numeric = point.difference(input, step);
            if (agree(analytic, numeric)) {
              break;
            }
          }
          assertTrue(
              agree(analytic, numeric),
              c.name()
                  + " towards input "
                  + input
                  + ": gradient says "
                  + analytic
                  + ", difference "
                  + numeric);
        }
      }
    }
  }

  private static boolean agree(double analytic, double numeric) {
    double scale = Math.max(1e-2, Math.max(Math.abs(analytic), Math.abs(numeric)));
    return Math.abs(analytic - numeric) <= TOLERANCE * scale;
  }

  /** What is computed for one input does not depend on which others ask for a gradient. */
  @Property(tries = 3)
  void allInputsTogetherGetTheGradientsTheyGetAlone(@ForAll long seed) {
    for (DifferentiableCase c : CASES) {
      try (Scope _ = Scope.open(c.name())) {
        Point point = Point.draw(c, new SplittableRandom(seed));
        List<Tensor> leaves = point.inputs.stream().map(Tensor::requiresGrad).toList();
        Tensor out = c.function().apply(leaves);
        Gradients together = out.backward(point.seed(out));
        for (int input = 0; input < leaves.size(); input++) {
          assertArrayEquals(
              point.gradient(input).toFloats(),
              together.of(leaves.get(input)).toFloats(),
              c.name() + " towards input " + input);
        }
      }
    }
  }

  /** A new operation fails here until a case above has it on its tape. */
  @Example
  void everyOperationIsChecked() {
    Set<Class<?>> missing = new HashSet<>(Arrays.asList(Op.class.getPermittedSubclasses()));
    // rounds, so that no difference can tell: below
    missing.remove(Op.Cast.class);
    for (DifferentiableCase c : CASES) {
      try (Scope _ = Scope.open(c.name())) {
        Point point = Point.draw(c, new SplittableRandom(1));
        Tensor out = c.function().apply(point.inputs.stream().map(Tensor::requiresGrad).toList());
        removeRecorded(out.node(), missing);
      }
    }
    assertEquals(Set.of(), missing, "operations that no case of DifferentiableCase records");
  }

  private static void removeRecorded(Node node, Set<Class<?>> missing) {
    missing.remove(node.op.getClass());
    for (Node input : node.inputs) {
      if (input != null) {
        removeRecorded(input, missing);
      }
    }
  }

  @Example
  void castsPassTheGradientUnrounded() {
    try (Scope _ = Scope.open("cast")) {
      Tensor x = Tensor.of(DEVICE, Shape.of(3), 1.001f, -2.002f, 3).requiresGrad();
      Tensor out = x.cast(DType.BF16).cast(DType.F32);
      float[] seed = {3, -5, 7};
      Gradients gradients = out.backward(Tensor.of(DEVICE, Shape.of(3), seed));
      assertArrayEquals(seed, gradients.of(x).toFloats());
    }
  }

  @Example
  void halfPrecisionMayBeUsedInSeveralWays() {
    try (Scope _ = Scope.open("cast")) {
      Tensor x = Tensor.of(DEVICE, Shape.of(3), 1, 2, 3).requiresGrad();
      Tensor half = x.cast(DType.BF16);
      Tensor rows = half.reshape(1, 3).expand(Shape.of(2, 3)).cast(DType.F32);
      Tensor picked = half.gather(0, Tensor.ofInts(DEVICE, Shape.of(2), 2, 2)).cast(DType.F32);
      Gradients gradients = rows.sum().add(picked.sum()).backward();
      assertArrayEquals(new float[] {2, 2, 4}, gradients.of(x).toFloats());
    }
  }

  @Example
  void gradientsEndAtIntegers() {
    try (Scope _ = Scope.open("cast")) {
      Tensor x = Tensor.of(DEVICE, Shape.of(3), 1.5f, 2.5f, 3.5f).requiresGrad();
      Tensor rounded = x.cast(DType.I32).cast(DType.F32);
      Gradients gradients = rounded.multiply(x).sum().backward();
      assertArrayEquals(rounded.toFloats(), gradients.of(x).toFloats());
      assertThrows(IllegalStateException.class, () -> rounded.sum().backward());
    }
  }

  @Example
  void targetsOfCrossEntropyCannotBeLearnt() {
    try (Scope _ = Scope.open("cross-entropy")) {
      Tensor x = Tensor.zeros(DEVICE, Shape.of(1, 2)).requiresGrad();
      Tensor t = Tensor.full(DEVICE, Shape.of(1, 2), 0.5f).requiresGrad();
      assertThrows(IllegalArgumentException.class, () -> x.crossEntropy(t));
      x.crossEntropy(t.detach());
    }
  }

  /** Where a case is evaluated, and the direction it is differentiated in. */
  private record Point(
      DifferentiableCase function, List<Tensor> inputs, List<Tensor> directions, long weights) {
    static Point draw(DifferentiableCase c, SplittableRandom random) {
      var inputs = new ArrayList<Tensor>();
      var directions = new ArrayList<Tensor>();
      for (DifferentiableCase.Input input : c.inputs()) {
        inputs.add(Tensor.of(DEVICE, input.shape(), input.draw(random)));
        directions.add(normal(input.shape(), random.nextLong()));
      }
      return new Point(c, inputs, directions, random.nextLong());
    }

    private static Tensor normal(Shape shape, long seed) {
      var random = new SplittableRandom(seed);
      float[] values = new float[Math.toIntExact(shape.count())];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return Tensor.of(DEVICE, shape, values);
    }

    /** The scalar that is differentiated is the sum of the output times these. */
    Tensor seed(Tensor out) {
      return normal(out.shape(), weights);
    }

    Tensor gradient(int input) {
      var arguments = new ArrayList<>(inputs);
      Tensor leaf = arguments.get(input).requiresGrad();
      arguments.set(input, leaf);
      Tensor out = function.function().apply(arguments);
      return out.backward(seed(out)).of(leaf);
    }

    double directionalGradient(int input) {
      return gradient(input).multiply(directions.get(input)).sum().item();
    }

    /** Subtracted and divided on the device: only the result is rounded to a float. */
    double difference(int input, float step) {
      Tensor difference = displaced(input, step).subtract(displaced(input, -step));
      return difference.multiply(1 / (2 * step)).item();
    }

    private Tensor displaced(int input, float step) {
      var arguments = new ArrayList<>(inputs);
      arguments.set(input, inputs.get(input).add(directions.get(input).multiply(step)));
      Tensor out = function.function().apply(arguments);
      return out.multiply(seed(out)).sum();
    }
  }
}
