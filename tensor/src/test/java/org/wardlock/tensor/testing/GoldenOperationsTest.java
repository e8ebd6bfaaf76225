package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.SgdSettings;

/** Single operations, their gradients and optimiser steps against PyTorch in double precision. */
class GoldenOperationsTest {
  private static final double FORWARD = 1e-5;
  private static final double BACKWARD = 1e-4;
  private static final double OPTIMIZERS = 1e-5;
  private static final float EPSILON = 1e-5f;
  private static final Device DEVICE = TestDevice.get();

  /**
   * Opened when the first test runs, so that its absence skips tests instead of failing the class.
   */
  private static GoldenFile golden() {
    return GoldenFile.open("golden/ops.safetensors");
  }

  /** One case of the file: its inputs are leaves. */
  private record Inputs(GoldenFile file, String name, Map<String, Tensor> leaves) {
    static Inputs of(GoldenFile file, String name) {
      var leaves = new TreeMap<String, Tensor>();
      for (String input : file.shapesBelow(name + "/in.").keySet()) {
        leaves.put(input, file.tensor(DEVICE, name + "/in." + input).requiresGrad());
      }
      return new Inputs(file, name, leaves);
    }

    Tensor get(String input) {
      return leaves.get(input);
    }

    Tensor constant(String tensor) {
      return file.tensor(DEVICE, name + "/" + tensor);
    }

    Tensor labels() {
      return file.labels(DEVICE, name + "/labels");
    }
  }

  /** Computes a case's output. */
  private interface Operation {
    Tensor apply(Inputs in);
  }

  private static final Map<String, Operation> OPERATIONS =
      Map.ofEntries(
          Map.entry("matmul", in -> in.get("a").matmul(in.get("b"))),
          Map.entry("matmul_batched", in -> in.get("a").matmul(in.get("b"))),
          Map.entry(
              "matmul_transposed", in -> in.get("a").transpose().matmul(in.get("b").transpose())),
          Map.entry("linear", in -> in.get("x").linear(in.get("w"), in.get("b"))),
          Map.entry("broadcast_add", in -> in.get("a").add(in.get("b"))),
          Map.entry("mul_sum", in -> in.get("a").multiply(in.get("b")).sum(0, 2)),
          Map.entry("mean", in -> in.get("a").mean(2, 3)),
          Map.entry("gelu", in -> in.get("x").gelu()),
          Map.entry("relu", in -> in.get("x").relu()),
          Map.entry("softmax", in -> in.get("x").softmax()),
          Map.entry("log_softmax", in -> in.get("x").logSoftmax()),
          Map.entry("layer_norm", in -> in.get("x").layerNorm(in.get("w"), in.get("b"), EPSILON)),
          Map.entry("depthwise_k3", GoldenOperationsTest::depthwise),
          Map.entry("depthwise_k5", GoldenOperationsTest::depthwise),
          Map.entry("depthwise_k7", GoldenOperationsTest::depthwise),
          Map.entry("depthwise_k9", GoldenOperationsTest::depthwise),
          Map.entry("conv_patch", in -> in.get("x").conv2d(in.get("w"), in.get("b"), 4, 0)),
          Map.entry("conv_pointwise", in -> in.get("x").conv2d(in.get("w"), in.get("b"), 1, 0)),
          Map.entry("conv_3x3_s2", in -> in.get("x").conv2d(in.get("w"), in.get("b"), 2, 1)),
          Map.entry("batch_norm_train", GoldenOperationsTest::batchNormTraining),
          Map.entry("batch_norm_eval", GoldenOperationsTest::batchNormEvaluation),
          Map.entry("cross_entropy", in -> crossEntropy(in, 1, 0)),
          Map.entry("cross_entropy_smooth", in -> crossEntropy(in, 0.91f, 0.01f)),
          Map.entry(
              "cross_entropy_soft",
              in -> in.get("x").crossEntropy(in.constant("target")).mean().reshape(1)),
          Map.entry("attention", GoldenOperationsTest::attention),
          Map.entry("lora_linear", GoldenOperationsTest::loraLinear),
          Map.entry("dlr", GoldenOperationsTest::differenceOfLogitsRatio));

  private static Tensor depthwise(Inputs in) {
    return in.get("x").depthwiseConv2d(in.get("w"), in.get("b"));
  }

  private static Tensor batchNormTraining(Inputs in) {
    var normalized = in.get("x").batchNorm(in.get("w"), in.get("b"), EPSILON);
    float perChannel = in.get("x").shape().count() / (float) in.get("w").shape().count();
    float unbiased = perChannel / (perChannel - 1);
    in.file().check(in.name() + "/aux0", normalized.mean().multiply(0.1f), FORWARD);
    in.file()
        .check(in.name() + "/aux1", normalized.variance().affine(0.1f * unbiased, 0.9f), FORWARD);
    return normalized.output();
  }

  private static Tensor batchNormEvaluation(Inputs in) {
    Tensor mean = in.constant("running_mean");
    Tensor variance = in.constant("running_var");
    return in.get("x").batchNorm(in.get("w"), in.get("b"), mean, variance, EPSILON);
  }

  private static Tensor crossEntropy(Inputs in, float on, float off) {
    Tensor x = in.get("x");
    Tensor target = in.labels().oneHot(x.shape().extent(1), on, off);
    return x.crossEntropy(target).mean().reshape(1);
  }

  private static Tensor attention(Inputs in) {
    Tensor packed = in.get("x").linear(in.get("wqkv"), in.get("bqkv"));
    return packed.attention(4).linear(in.get("wo"), in.get("bo"));
  }

  private static Tensor loraLinear(Inputs in) {
    Tensor down = in.get("x").matmul(in.get("A").transpose());
    Tensor update = down.matmul(in.get("B").transpose()).multiply(16f / 8);
    return in.get("x").linear(in.get("w"), in.get("b")).add(update);
  }

  /**
   * -(z_y - largest other) / (z_1 - z_3 + 1e-12), where z_k is the k-th largest (Croce and Hein
   * 2020).
   */
  private static Tensor differenceOfLogitsRatio(Inputs in) {
    Tensor x = in.get("x");
    int[] labels = in.labels().toInts();
    int[] order = x.topK(3).indices().toInts();
    int[] other = new int[labels.length];
    for (int i = 0; i < other.length; i++) {
      other[i] = order[3 * i] == labels[i] ? order[3 * i + 1] : order[3 * i];
    }
    Tensor margin = entries(x, labels, 1, 0).subtract(entries(x, other, 1, 0));
    Tensor range = entries(x, order, 3, 0).subtract(entries(x, order, 3, 2)).add(1e-12f);
    return margin.divide(range).negate();
  }

  /** x[i, columns[stride * i + offset]]. */
  private static Tensor entries(Tensor x, int[] columns, int stride, int offset) {
    int[] index = new int[x.shape().extent(0)];
    for (int i = 0; i < index.length; i++) {
      index[i] = i * x.shape().extent(1) + columns[stride * i + offset];
    }
    return x.reshape(-1).gather(0, Tensor.ofInts(DEVICE, Shape.of(index.length), index));
  }

  static Stream<String> operations() {
    return OPERATIONS.keySet().stream().sorted();
  }

  @Test
  void everyCaseOfTheFileIsChecked() {
    Set<String> cases = new TreeSet<>();
    for (String name : golden().names()) {
      cases.add(name.substring(0, name.indexOf('/')));
    }
    // schedules have no tensors in them: nn checks those
    cases.removeAll(Set.of("optim", "schedule"));
    assertEquals(new TreeSet<>(OPERATIONS.keySet()), cases);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void forwardAndBackwardAreThoseOfPyTorch(String name) {
    GoldenFile file = golden();
    try (Scope _ = Scope.open(name)) {
      Inputs in = Inputs.of(file, name);
      Tensor out = OPERATIONS.get(name).apply(in);
      file.check(name + "/out", out, FORWARD);
      Gradients gradients =
          out.backward(file.tensor(DEVICE, name + "/gout").reshape(out.shape().toArray()));
      in.leaves()
          .forEach(
              (input, leaf) -> file.check(name + "/grad." + input, gradients.of(leaf), BACKWARD));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sgdStepsAreThoseOfPyTorch(boolean nesterov) {
    GoldenFile file = golden();
    try (Scope _ = Scope.open("sgd")) {
      var settings = new SgdSettings(0.9f, 5e-4f, nesterov);
      Tensor parameter = file.tensor(DEVICE, "optim/w0");
      Tensor momentum = Tensor.zeros(DEVICE, parameter.shape());
      for (int step = 0; step < 5; step++) {
        Tensor gradient = file.tensor(DEVICE, "optim/g" + step);
        Updates.sgd(settings, parameter, gradient, momentum, Tensor.scalar(DEVICE, 0.1f));
      }
      file.check(nesterov ? "optim/sgd_nesterov" : "optim/sgd", parameter, OPTIMIZERS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void adamStepsAreThoseOfPyTorch(boolean decoupled) {
    GoldenFile file = golden();
    try (Scope _ = Scope.open("adam")) {
      float decay = decoupled ? 0.05f : 0;
      var settings = new AdamSettings(0.9f, 0.999f, 1e-8f, decay, decoupled);
      Tensor parameter = file.tensor(DEVICE, "optim/w0");
      Tensor first = Tensor.zeros(DEVICE, parameter.shape());
      Tensor second = Tensor.zeros(DEVICE, parameter.shape());
      for (int step = 1; step <= 5; step++) {
        Tensor gradient = file.tensor(DEVICE, "optim/g" + (step - 1));
        float correction1 = (float) (1 - Math.pow(0.9, step));
        float correction2 = (float) (1 - Math.pow(0.999, step));
        Tensor scalars = Tensor.of(DEVICE, Shape.of(3), 0.01f, correction1, correction2);
        Updates.adam(settings, parameter, gradient, first, second, scalars);
      }
      file.check(decoupled ? "optim/adamw" : "optim/adam", parameter, OPTIMIZERS);
    }
  }
}
