package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.tensor.Backends;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DifferentiableCase;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/**
 * The gradients of the CPU's own backward passes, against those of the composed ones in double
 * precision. In a JVM of its own, whose CPU has kernels of one kind for work of every size.
 */
class CpuGradientsTest {
  private static final double TOLERANCE = 1e-4;
  private static final int DRAWS = 3;

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void areThoseOfDoublePrecision(String kernels) throws IOException, InterruptedException {
    String found = OtherJvm.run(Comparison.class, "-ea", kernels);
    assertEquals(DifferentiableCase.all().size() + " cases compared", found.strip());
  }

  /** Prints a line for every gradient that differs, and how many functions were compared. */
  static final class Comparison {
    private Comparison() {}

    public static void main(String[] arguments) {
      CpuKernels kernels =
          arguments[0].equals("vector") ? CpuKernels.vector() : CpuKernels.scalar("asked for");
      Backends.register(new CpuBackend(new CpuSettings(2, 1 << 28, true, 0, 0), kernels));
      int compared = 0;
      for (DifferentiableCase c : DifferentiableCase.all()) {
        for (int draw = 0; draw < DRAWS; draw++) {
          compare(c, draw);
        }
        compared++;
      }
      System.out.println(compared + " cases compared");
    }

    private static void compare(DifferentiableCase c, long seed) {
      List<float[]> expected = gradients(c, TestDevice.inDouble(), seed);
      List<float[]> found = gradients(c, Device.CPU, seed);
      for (int input = 0; input < expected.size(); input++) {
        double difference = difference(expected.get(input), found.get(input));
        if (!(difference <= TOLERANCE)) {
          System.out.println(c + " towards input " + input + " differs by " + difference);
        }
      }
    }

    private static List<float[]> gradients(DifferentiableCase c, Device device, long seed) {
      var random = new SplittableRandom(seed);
      try (Scope _ = Scope.open(c.name())) {
        var leaves = new ArrayList<Tensor>();
        for (DifferentiableCase.Input input : c.inputs()) {
          leaves.add(Tensor.of(device, input.shape(), input.draw(random)).requiresGrad());
        }
        Tensor out = c.function().apply(leaves);
        Gradients gradients = out.backward(normal(device, out.shape(), random));
        return leaves.stream().map(leaf -> gradients.of(leaf).toFloats()).toList();
      }
    }

    private static Tensor normal(Device device, Shape shape, SplittableRandom random) {
      float[] values = new float[Math.toIntExact(shape.count())];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return Tensor.of(device, shape, values);
    }

    /** The largest difference, relative to the largest value. */
    private static double difference(float[] expected, float[] found) {
      double largest = 1e-2;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      double difference = 0;
      for (int i = 0; i < expected.length; i++) {
        difference = Math.max(difference, Math.abs((double) expected[i] - found[i]));
      }
      return difference / largest;
    }
  }
}
