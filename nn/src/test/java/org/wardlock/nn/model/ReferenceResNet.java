package org.wardlock.nn.model;

import java.util.Arrays;
import java.util.Map;
import org.wardlock.nn.model.ResNet.Family;

/** A residual network in double, as loops over one picture at a time; slow and plain. */
final class ReferenceResNet {
  private static final double EPSILON = 1e-5;

  private final ResNet.Size size;
  private final Map<String, double[]> weights;
  private final boolean training;

  /**
   * A network.
   *
   * @param training whether norms use the statistics of the batch
   */
  ReferenceResNet(ResNet.Size size, Map<String, double[]> weights, boolean training) {
    this.size = size;
    this.weights = weights;
    this.training = training;
  }

  /** Planes of one size: values[picture][channel][row * side + column]. */
  private record Planes(double[][][] values, int side) {
    int channels() {
      return values[0].length;
    }
  }

  /** From pictures[picture][channel][pixel] to logits[picture][class]. */
  double[][] logits(double[][][] pictures, int side, int classes) {
    Family family = size.family();
    var x = new Planes(pictures, side);
    x = convolve(x, "conv1", family.width(), family.stemKernel(), family.shrinksFirst() ? 2 : 1);
    x = relu(normalize(x, "bn1"));
    x = family.shrinksFirst() ? pool(x) : x;
    for (int stage = 0; stage < size.blocks().size(); stage++) {
      for (int i = 0; i < size.blocks().get(stage); i++) {
        String name = "layer" + (stage + 1) + "." + i + ".";
        x = block(x, name, family.width() << stage, i == 0 && stage > 0 ? 2 : 1);
      }
    }
    double[] weight = weights.get(size.head() + ".weight");
    double[] bias = weights.get(size.head() + ".bias");
    var logits = new double[pictures.length][classes];
    for (int n = 0; n < pictures.length; n++) {
      for (int k = 0; k < classes; k++) {
        logits[n][k] = bias[k];
        for (int c = 0; c < x.channels(); c++) {
          double mean = Arrays.stream(x.values()[n][c]).average().orElseThrow();
          logits[n][k] += weight[k * x.channels() + c] * mean;
        }
      }
    }
    return logits;
  }

  private Planes block(Planes x, String name, int width, int stride) {
    int out = width * size.family().expansion();
    Planes y = x;
    if (size.family() == Family.BOTTLENECK) {
      y = relu(normalize(convolve(y, name + "conv1", width, 1, 1), name + "bn1"));
      y = relu(normalize(convolve(y, name + "conv2", width, 3, stride), name + "bn2"));
      y = normalize(convolve(y, name + "conv3", out, 1, 1), name + "bn3");
    } else {
      y = relu(normalize(convolve(y, name + "conv1", width, 3, stride), name + "bn1"));
      y = normalize(convolve(y, name + "conv2", out, 3, 1), name + "bn2");
    }
    Planes beside = x;
    if (stride > 1 || x.channels() != out) {
      beside =
          size.family() == Family.CIFAR
              ? everySecond(x, out)
              : normalize(
                  convolve(x, name + "downsample.0", out, 1, stride), name + "downsample.1");
    }
    for (int n = 0; n < y.values().length; n++) {
      for (int c = 0; c < out; c++) {
        for (int i = 0; i < y.values()[n][c].length; i++) {
          y.values()[n][c][i] += beside.values()[n][c][i];
        }
      }
    }
    return relu(y);
  }

  private Planes convolve(Planes x, String name, int out, int kernel, int stride) {
    double[] weight = weights.get(name + ".weight");
    int side = (x.side() - 1) / stride + 1;
    var result = new double[x.values().length][out][side * side];
    for (int n = 0; n < result.length; n++) {
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < side * side; i++) {
          for (int tap = 0; tap < x.channels() * kernel * kernel; tap++) {
            int channel = tap / (kernel * kernel);
            int row = i / side * stride + tap / kernel % kernel - kernel / 2;
            int column = i % side * stride + tap % kernel - kernel / 2;
            if (row >= 0 && row < x.side() && column >= 0 && column < x.side()) {
              result[n][o][i] +=
                  weight[o * x.channels() * kernel * kernel + tap]
                      * x.values()[n][channel][row * x.side() + column];
            }
          }
        }
      }
    }
    return new Planes(result, side);
  }

  private Planes normalize(Planes x, String name) {
    int pixels = x.side() * x.side();
    var result = new double[x.values().length][x.channels()][pixels];
    for (int c = 0; c < x.channels(); c++) {
      double mean = 0;
      double variance = 0;
      double count = (double) x.values().length * pixels;
      for (double[][] picture : x.values()) {
        mean += Arrays.stream(picture[c]).sum() / count;
      }
      for (double[][] picture : x.values()) {
        double centre = mean;
        variance += Arrays.stream(picture[c]).map(v -> (v - centre) * (v - centre)).sum() / count;
      }
      if (!training) {
        mean = weights.get(name + ".running_mean")[c];
        variance = weights.get(name + ".running_var")[c];
      }
      double scale = weights.get(name + ".weight")[c] / Math.sqrt(variance + EPSILON);
      for (int n = 0; n < result.length; n++) {
        for (int i = 0; i < pixels; i++) {
          result[n][c][i] = (x.values()[n][c][i] - mean) * scale + weights.get(name + ".bias")[c];
        }
      }
    }
    return new Planes(result, x.side());
  }

  private static Planes relu(Planes x) {
    for (double[][] picture : x.values()) {
      for (double[] plane : picture) {
        Arrays.setAll(plane, i -> Math.max(plane[i], 0));
      }
    }
    return x;
  }

  private static Planes pool(Planes x) {
    int side = (x.side() - 1) / 2 + 1;
    var result = new double[x.values().length][x.channels()][side * side];
    for (int n = 0; n < result.length; n++) {
      for (int c = 0; c < x.channels(); c++) {
        for (int i = 0; i < side * side; i++) {
          for (int tap = 0; tap < 9; tap++) {
            int row = i / side * 2 + tap / 3 - 1;
            int column = i % side * 2 + tap % 3 - 1;
            if (row >= 0 && row < x.side() && column >= 0 && column < x.side()) {
              double value = x.values()[n][c][row * x.side() + column];
              result[n][c][i] = Math.max(result[n][c][i], value);
            }
          }
        }
      }
    }
    return new Planes(result, side);
  }

  private static Planes everySecond(Planes x, int out) {
    int side = (x.side() - 1) / 2 + 1;
    var result = new double[x.values().length][out][side * side];
    int before = (out - x.channels()) / 2;
    for (int n = 0; n < result.length; n++) {
      for (int c = 0; c < x.channels(); c++) {
        for (int i = 0; i < side * side; i++) {
          int row = i / side * 2;
          int column = i % side * 2;
          result[n][before + c][i] = x.values()[n][c][row * x.side() + column];
        }
      }
    }
    return new Planes(result, side);
  }
}
