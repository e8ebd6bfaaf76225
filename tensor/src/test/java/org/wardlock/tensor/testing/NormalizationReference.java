package org.wardlock.tensor.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;

/** Softmax, norms, attention and cross-entropy in double precision, row by row. */
final class NormalizationReference {
  private NormalizationReference() {}

  // ---- softmax

  static Values softmax(Values x, boolean logarithm) {
    return eachRow(x, row -> logarithm ? logSoftmax(row) : exponentials(logSoftmax(row)));
  }

  private static double[] logSoftmax(double... row) {
    double largest = Arrays.stream(row).max().orElse(0);
    double rest = logSumExp(Arrays.stream(row).map(value -> value - largest).toArray());
    return Arrays.stream(row).map(value -> value - largest - rest).toArray();
  }

  private static double logSumExp(double... row) {
    double largest = Arrays.stream(row).max().orElse(0);
    return largest + Math.log(Arrays.stream(row).map(value -> Math.exp(value - largest)).sum());
  }

  private static double[] exponentials(double... row) {
    return Arrays.stream(row).map(Math::exp).toArray();
  }

  static Values softmaxBackward(Values y, Values g, boolean logarithm) {
    int count = Math.max(1, y.shape().extent(-1));
    return Values.of(
        y.shape(),
        i -> {
          double sum = 0;
          for (int j = i / count * count; j < (i / count + 1) * count; j++) {
            sum += logarithm ? g.data()[j] : g.data()[j] * y.data()[j];
          }
          return logarithm
              ? g.data()[i] - Math.exp(y.data()[i]) * sum
              : y.data()[i] * (g.data()[i] - sum);
        });
  }

  /** Loss a row, and its gradient. */
  static List<Values> crossEntropy(Values logits, Values target) {
    int rows = logits.shape().extent(0);
    int classes = logits.shape().extent(1);
    double[] loss = new double[rows];
    double[] gradient = new double[rows * classes];
    for (int row = 0; row < rows; row++) {
      double[] log = logSoftmax(row(logits, row, classes));
      double[] wanted = row(target, row, classes);
      double total = Arrays.stream(wanted).sum();
      for (int k = 0; k < classes; k++) {
        loss[row] -= wanted[k] * log[k];
        gradient[row * classes + k] = Math.exp(log[k]) * total - wanted[k];
      }
    }
    return List.of(new Values(Shape.of(rows), loss), new Values(logits.shape(), gradient));
  }

  // ---- norms

  /** Mean and variance, divisor n. */
  record Moments(double mean, double variance) {
    static Moments of(double... values) {
      double mean = Arrays.stream(values).sum() / values.length;
      double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
      return new Moments(mean, squares / values.length);
    }
  }

  /** Output, mean and reciprocal deviation. */
  static List<Values> layerNorm(Values x, Values weight, Values bias, float epsilon) {
    int count = x.shape().extent(-1);
    List<Moments> moments = moments(x, count);
    Values out =
        Values.of(
            x.shape(),
            i -> {
              Moments m = moments.get(i / count);
              double normalised = (x.data()[i] - m.mean()) / Math.sqrt(m.variance() + epsilon);
              return normalised * weight.data()[i % count] + bias.data()[i % count];
            });
    Shape perRow = x.shape().without(-1);
    return List.of(
        out,
        Values.of(perRow, row -> moments.get(row).mean()),
        Values.of(perRow, row -> 1 / Math.sqrt(moments.get(row).variance() + epsilon)));
  }

  /** Gradients towards x, weight and bias, from the statistics as given. */
  static List<Values> layerNormBackward(
      Values x, Values weight, Values mean, Values rstd, Values g) {
    int count = x.shape().extent(-1);
    int rows = x.data().length / Math.max(1, count);
    double[] gradX = new double[x.data().length];
    double[] gradWeight = new double[count];
    double[] gradBias = new double[count];
    for (int row = 0; row < rows; row++) {
      double[] normalised = new double[count];
      double sum = 0;
      double dot = 0;
      for (int i = 0; i < count; i++) {
        int at = row * count + i;
        normalised[i] = (x.data()[at] - mean.data()[row]) * rstd.data()[row];
        gradWeight[i] += g.data()[at] * normalised[i];
        gradBias[i] += g.data()[at];
        sum += g.data()[at] * weight.data()[i];
        dot += g.data()[at] * weight.data()[i] * normalised[i];
      }
      for (int i = 0; i < count; i++) {
        double h = g.data()[row * count + i] * weight.data()[i];
        gradX[row * count + i] = rstd.data()[row] * (h - sum / count - normalised[i] * dot / count);
      }
    }
    return List.of(
        new Values(x.shape(), gradX),
        new Values(Shape.of(count), gradWeight),
        new Values(Shape.of(count), gradBias));
  }

  /** Output, mean and variance. */
  static List<Values> batchNorm(Values x, Values weight, Values bias, float epsilon) {
    Values byChannel = channelFirst(x);
    int count = byChannel.shape().extent(1);
    List<Moments> moments = moments(byChannel, count);
    Values out =
        Values.of(
            byChannel.shape(),
            i -> {
              int channel = i / count;
              Moments m = moments.get(channel);
              double normalised =
                  (byChannel.data()[i] - m.mean()) / Math.sqrt(m.variance() + epsilon);
              return normalised * weight.data()[channel] + bias.data()[channel];
            });
    Shape channels = Shape.of(x.shape().extent(1));
    return List.of(
        channelSecond(out, x.shape()),
        Values.of(channels, channel -> moments.get(channel).mean()),
        Values.of(channels, channel -> moments.get(channel).variance()));
  }

  /** Gradients towards x, weight and bias, from the statistics as given. */
  static List<Values> batchNormBackward(
      Values x, Values weight, Values mean, Values variance, float epsilon, Values g) {
    Values byChannel = channelFirst(x);
    Values upstream = channelFirst(g);
    int channels = byChannel.shape().extent(0);
    int count = byChannel.shape().extent(1);
    double[] gradX = new double[x.data().length];
    double[] gradWeight = new double[channels];
    double[] gradBias = new double[channels];
    for (int channel = 0; channel < channels; channel++) {
      double rstd = 1 / Math.sqrt(variance.data()[channel] + epsilon);
      double[] normalised = new double[count];
      for (int i = 0; i < count; i++) {
        int at = channel * count + i;
        normalised[i] = (byChannel.data()[at] - mean.data()[channel]) * rstd;
        gradWeight[channel] += upstream.data()[at] * normalised[i];
        gradBias[channel] += upstream.data()[at];
      }
      for (int i = 0; i < count; i++) {
        double centred =
            upstream.data()[channel * count + i]
                - gradBias[channel] / count
                - normalised[i] * gradWeight[channel] / count;
        gradX[channel * count + i] = weight.data()[channel] * rstd * centred;
      }
    }
    return List.of(
        channelSecond(new Values(byChannel.shape(), gradX), x.shape()),
        new Values(Shape.of(channels), gradWeight),
        new Values(Shape.of(channels), gradBias));
  }

  // ---- attention

  /** Output (B, N, heads, d) and log-sum-exp (B, heads, N) from (B, N, 3, heads, d). */
  static List<Values> attention(Values qkv, float scale) {
    var heads = new AttentionHeads(qkv);
    double[] out = new double[qkv.data().length / 3];
    double[] sums = new double[out.length / Math.max(1, heads.depth)];
    heads.forEach(
        (batch, head) -> {
          for (int n = 0; n < heads.tokens; n++) {
            double[] scores = heads.scores(batch, head, n, scale);
            double[] weights = exponentials(logSoftmax(scores));
            sums[(batch * heads.heads + head) * heads.tokens + n] = logSumExp(scores);
            for (int d = 0; d < heads.depth; d++) {
              for (int m = 0; m < heads.tokens; m++) {
                out[heads.packed(batch, n, head, d)] += weights[m] * heads.at(batch, m, 2, head, d);
              }
            }
          }
        });
    int[] extents = {heads.batch, heads.tokens, heads.heads, heads.depth};
    return List.of(
        new Values(Shape.of(extents), out),
        new Values(Shape.of(heads.batch, heads.heads, heads.tokens), sums));
  }

  /** The gradient towards qkv, from output and log-sum-exp as given. */
  static Values attentionBackward(Values qkv, float scale, Values out, Values logSumExp, Values g) {
    var heads = new AttentionHeads(qkv);
    double[] gradient = new double[qkv.data().length];
    heads.forEach(
        (batch, head) -> {
          for (int n = 0; n < heads.tokens; n++) {
            double[] scores = heads.scores(batch, head, n, scale);
            double sum = logSumExp.data()[(batch * heads.heads + head) * heads.tokens + n];
            double inner = 0;
            for (int d = 0; d < heads.depth; d++) {
              int at = heads.packed(batch, n, head, d);
              inner += g.data()[at] * out.data()[at];
            }
            for (int m = 0; m < heads.tokens; m++) {
              double weight = Math.exp(scores[m] - sum);
              double towardsWeight = 0;
              for (int d = 0; d < heads.depth; d++) {
                double upstream = g.data()[heads.packed(batch, n, head, d)];
                towardsWeight += upstream * heads.at(batch, m, 2, head, d);
                gradient[heads.index(batch, m, 2, head, d)] += weight * upstream;
              }
              double towardsScore = weight * (towardsWeight - inner) * scale;
              for (int d = 0; d < heads.depth; d++) {
                gradient[heads.index(batch, n, 0, head, d)] +=
                    towardsScore * heads.at(batch, m, 1, head, d);
                gradient[heads.index(batch, m, 1, head, d)] +=
                    towardsScore * heads.at(batch, n, 0, head, d);
              }
            }
          }
        });
    return new Values(qkv.shape(), gradient);
  }

  /** Packed projections by index. */
  private static final class AttentionHeads {
    /** What is done for each head of each batch entry. */
    interface Action {
      void apply(int batch, int head);
    }

    private final Values qkv;
    private final int batch;
    private final int tokens;
    private final int heads;
    private final int depth;

    AttentionHeads(Values qkv) {
      this.qkv = qkv;
      this.batch = qkv.shape().extent(0);
      this.tokens = qkv.shape().extent(1);
      this.heads = qkv.shape().extent(3);
      this.depth = qkv.shape().extent(4);
    }

    void forEach(Action action) {
      for (int b = 0; b < batch; b++) {
        for (int head = 0; head < heads; head++) {
          action.apply(b, head);
        }
      }
    }

    int index(int b, int token, int which, int head, int d) {
      return (((b * tokens + token) * 3 + which) * heads + head) * depth + d;
    }

    double at(int b, int token, int which, int head, int d) {
      return qkv.data()[index(b, token, which, head, d)];
    }

    /** An index of (B, N, heads, d). */
    int packed(int b, int token, int head, int d) {
      return ((b * tokens + token) * heads + head) * depth + d;
    }

    double[] scores(int b, int head, int query, float scale) {
      double[] scores = new double[tokens];
      for (int key = 0; key < tokens; key++) {
        for (int d = 0; d < depth; d++) {
          scores[key] += scale * at(b, query, 0, head, d) * at(b, key, 1, head, d);
        }
      }
      return scores;
    }
  }

  // ---- rows

  private static Values eachRow(Values x, UnaryOperator<double[]> function) {
    int count = x.shape().extent(-1);
    double[] result = new double[x.data().length];
    for (int start = 0; start < result.length; start += count) {
      double[] row = function.apply(Arrays.copyOfRange(x.data(), start, start + count));
      System.arraycopy(row, 0, result, start, count);
    }
    return new Values(x.shape(), result);
  }

  private static double[] row(Values x, int row, int count) {
    return Arrays.copyOfRange(x.data(), row * count, (row + 1) * count);
  }

  private static List<Moments> moments(Values x, int count) {
    var moments = new ArrayList<Moments>();
    for (int row = 0; row * count < x.data().length; row++) {
      moments.add(Moments.of(row(x, row, count)));
    }
    return moments;
  }

  /** (N, C, ...) as (C, N * ...). */
  private static Values channelFirst(Values x) {
    Values moved = x.view(swapped(x.shape()));
    int channels = x.shape().extent(1);
    return new Values(
        Shape.of(channels, channels == 0 ? 0 : moved.data().length / channels), moved.data());
  }

  private static Values channelSecond(Values byChannel, Shape shape) {
    Values moved = new Values(swapped(shape).shape(), byChannel.data());
    return moved.view(swapped(moved.shape()));
  }

  private static Layout swapped(Shape shape) {
    int[] order = new int[shape.rank()];
    Arrays.setAll(order, i -> i < 2 ? 1 - i : i);
    return Layout.contiguous(shape).permute(order);
  }
}
