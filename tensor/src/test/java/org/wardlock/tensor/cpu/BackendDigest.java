package org.wardlock.tensor.cpu;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import java.util.zip.CRC32;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.cpu.Strided.Lie;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.MixerOperands;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.SgdSettings;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * A checksum of what each operation of a CPU backend computes, one line an operation: for kernels,
 * numbers of threads, vector lengths and compilers to be compared.
 */
final class BackendDigest implements AutoCloseable {
  /** Large enough for several pieces of work, and no multiple of anything. */
  private static final Shape LARGE = Shape.of(3, 7, 41, 53);

  private static final Shape ROWS = Shape.of(301, 197);

  /** Takes a deviation of 100 to 1.5. */
  private static final float MODERATE = 0.015f;

  private final CpuBackend memory;

  /** The same backend, asked for operations: it notes which. */
  private final Backend cpu;

  private final Set<String> called = new HashSet<>();
  private final StringJoiner lines = new StringJoiner("\n");
  private final Random seeds = new Random(5);

  private BackendDigest(CpuKernels kernels, int threads, long earlyWork) {
    memory = new CpuBackend(new CpuSettings(threads, 1 << 28, true, 0, earlyWork), kernels);
    InvocationHandler handler =
        (_, method, operands) -> {
          called.add(method.getName());
          return method.invoke(memory, operands);
        };
    cpu =
        (Backend)
            Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, handler);
  }

  /**
   * Prints the lanes of a vector, and the checksums of the fastest kernels here or of those without
   * the Vector API.
   */
  public static void main(String[] arguments) {
    boolean scalar = arguments.length > 0 && arguments[0].equals("scalar");
    CpuKernels kernels = scalar ? CpuKernels.scalar("asked for") : CpuKernels.vector();
    OtherJvm.print(run(kernels, 2).checksums());
  }

  /**
   * What was computed.
   *
   * @param checksums one line an operation
   * @param called the methods of the backend that computed it
   */
  record Result(String checksums, Set<String> called) {}

  /** Computes every operation. */
  static Result run(CpuKernels kernels, int threads) {
    return run(kernels, threads, 0);
  }

  /** Computes every operation, the first of them by the kernels without the Vector API. */
  static Result run(CpuKernels kernels, int threads, long earlyWork) {
    try (var digest = new BackendDigest(kernels, threads, earlyWork)) {
      digest.addPointwise();
      digest.addReductions();
      digest.addMovement();
      digest.addProducts();
      digest.addNorms();
      digest.addMixers();
      digest.addUpdates();
      return new Result(digest.lines.toString(), Set.copyOf(digest.called));
    }
  }

  @Override
  public void close() {
    memory.close();
  }

  private void addPointwise() {
    Operand x = floats(LARGE, Lie.TRANSPOSED);
    Operand y = floats(LARGE, Lie.CONTIGUOUS);
    Operand repeated = floats(LARGE, Lie.REPEATED);
    Operand out = out(LARGE);
    for (UnaryOp op : UnaryOp.values()) {
      cpu.unary(op, x, out);
      add("unary " + op, out);
      cpu.unaryGradient(op, y, x, out);
      add("gradient of " + op, out);
    }
    for (BinaryOp op : BinaryOp.values()) {
      cpu.binary(op, x, y, out);
      add("binary " + op, out);
      cpu.binary(op, y, repeated, out);
      add("binary repeated " + op, out);
    }
    cpu.affine(y, 0.3f, -2, out);
    add("affine", out);
    cpu.clamp(x, -1, 0.5f, out);
    add("clamp", out);
    cpu.multiplyAdd(x, repeated, y, out);
    add("multiplyAdd", out);
    Operand condition = out(LARGE);
    cpu.binary(BinaryOp.LESS, x, y, condition);
    cpu.where(condition, y, repeated, out);
    add("where", out);
  }

  private void addReductions() {
    Operand x = floats(LARGE, Lie.CONTIGUOUS);
    Operand turned = floats(LARGE, Lie.TRANSPOSED);
    for (int[] axes : new int[][] {{0}, {1}, {3}, {0, 2, 3}, {1, 2}, {0, 1, 2, 3}}) {
      Shape shape = LARGE;
      for (int axis : axes) {
        shape = shape.with(axis, 1);
      }
      Operand out = out(shape);
      for (ReduceOp op : ReduceOp.values()) {
        cpu.reduce(op, x, axes, out);
        add(op + " along " + axes.length + " from " + axes[0], out);
        cpu.reduce(op, turned, axes, out);
        add(op + " turned along " + axes.length + " from " + axes[0], out);
      }
    }
  }

  private void addMovement() {
    Operand x = floats(LARGE, Lie.TRANSPOSED);
    Operand narrow = Strided.empty(memory, DType.BF16, LARGE, Lie.CONTIGUOUS);
    Operand out = out(LARGE);
    cpu.cast(x, narrow);
    cpu.cast(narrow, out);
    add("cast", out);
    cpu.copy(x, out);
    add("copy", out);
    Operand index = Strided.empty(memory, DType.I32, Shape.of(LARGE.extent(2)), Lie.CONTIGUOUS);
    for (int i = 0; i < LARGE.extent(2); i++) {
      ((int[]) Dense.array(index))[i] = i * i % 29;
    }
    cpu.gather(x, 2, index, out);
    add("gather", out);
    cpu.fill(out, 0);
    cpu.scatterAdd(x, 2, index, out);
    add("scatterAdd", out);
    Operand values = out(ROWS.with(1, 9));
    cpu.topK(
        floats(ROWS, Lie.SLICED),
        9,
        values,
        Strided.empty(memory, DType.I32, values.shape(), Lie.CONTIGUOUS));
    add("topK", values);
    addPictures();
  }

  private void addPictures() {
    Operand pictures = Strided.empty(memory, DType.U8, LARGE, Lie.CONTIGUOUS);
    Operand moved = Strided.empty(memory, DType.U8, LARGE, Lie.CONTIGUOUS);
    Operand moves = Strided.empty(memory, DType.I32, Shape.of(LARGE.extent(0), 3), Lie.CONTIGUOUS);
    int[] numbers = {0, 4, 1, -3, 2, 0, 5, -7, 1};
    System.arraycopy(numbers, 0, Dense.array(moves), 0, numbers.length);
    Operand out = out(LARGE);
    cpu.affine(floats(LARGE, Lie.TRANSPOSED), 50, 100, out);
    cpu.cast(out, pictures);
    cpu.movePictures(pictures, moves, moved);
    cpu.cast(moved, out);
    add("movePictures", out);
  }

  /** More taps and positions than a product has in a block, and than a panel without vectors. */
  private void addConvolutions(int stride, Shape result) {
    Operand x = floats(Shape.of(3, 30, 21, 19), Lie.SLICED);
    Operand weight = floats(Shape.of(9, 30, 3, 3), Lie.TRANSPOSED);
    Operand bias = floats(Shape.of(9), Lie.CONTIGUOUS);
    Operand g = floats(result, Lie.SLICED);
    Operand out = out(result);
    cpu.convolution(x, weight, Optional.of(bias), stride, 1, out);
    add("convolution by " + stride, out);
    Operand gradX = out(x.shape());
    cpu.convolutionBackwardInput(g, weight, stride, 1, gradX);
    add("convolutionBackwardInput by " + stride, gradX);
    Operand gradWeight = out(weight.shape());
    cpu.convolutionBackwardWeight(x, g, stride, 1, gradWeight);
    add("convolutionBackwardWeight by " + stride, gradWeight);
  }

  private void addProducts() {
    Operand a = floats(Shape.of(2, 37, 300), Lie.TRANSPOSED);
    Operand b = floats(Shape.of(2, 300, 45), Lie.CONTIGUOUS);
    Operand bias = floats(Shape.of(45), Lie.CONTIGUOUS);
    Operand out = out(Shape.of(2, 37, 45));
    for (Activation activation : Activation.values()) {
      cpu.gemm(a, b, out, new Epilogue.Bias(bias, Epilogue.Along.COLUMNS, activation));
      add("gemm " + activation, out);
    }
    Operand rows = floats(Shape.of(37), Lie.CONTIGUOUS);
    var along = new Epilogue.Bias(rows, Epilogue.Along.ROWS, Activation.IDENTITY);
    cpu.gemm(a, b, out, along);
    add("gemm with a bias along rows", out);
    cpu.gemm(a, b, out, new Epilogue.Accumulate());
    add("gemm accumulated", out);
    Operand sum = out(Shape.of(1, 37, 45));
    cpu.gemm(a, b, sum, Epilogue.NONE);
    add("gemm summed", sum);
    cpu.gemm(a, b, sum, new Epilogue.Accumulate());
    add("gemm summed and accumulated", sum);
    Shape pictures = Shape.of(2, 5, 21, 19);
    Operand x = floats(pictures, Lie.SLICED);
    Operand g = floats(pictures, Lie.CONTIGUOUS);
    Operand filter = floats(Shape.of(5, 1, 5, 5), Lie.CONTIGUOUS);
    Operand like = out(pictures);
    cpu.depthwise(x, filter, Optional.empty(), like);
    add("depthwise", like);
    cpu.depthwiseBackwardInput(g, filter, like);
    add("depthwiseBackwardInput", like);
    Operand gradFilter = out(filter.shape());
    cpu.depthwiseBackwardWeight(x, g, gradFilter);
    add("depthwiseBackwardWeight", gradFilter);
    addConvolutions(1, Shape.of(3, 9, 21, 19));
    addConvolutions(2, Shape.of(3, 9, 11, 10));
    Operand qkv = floats(Shape.of(2, 70, 3, 2, 24), Lie.CONTIGUOUS);
    Operand attended = out(Shape.of(2, 70, 2, 24));
    Operand logSumExp = out(Shape.of(2, 2, 70));
    cpu.attention(qkv, 0.2f, attended, logSumExp);
    add("attention", attended, logSumExp);
    Operand gradQkv = out(qkv.shape());
    Operand gradient = floats(attended.shape(), Lie.SLICED);
    cpu.attentionBackward(qkv, 0.2f, attended, logSumExp, gradient, gradQkv);
    add("attentionBackward", gradQkv);
  }

  private void addNorms() {
    Operand x = floats(ROWS, Lie.TRANSPOSED);
    Operand g = floats(ROWS, Lie.CONTIGUOUS);
    Operand out = out(ROWS);
    Operand again = out(ROWS);
    for (boolean logarithm : new boolean[] {false, true}) {
      cpu.softmax(x, logarithm, out);
      add("softmax " + logarithm, out);
      cpu.softmaxBackward(out, g, logarithm, again);
      add("softmaxBackward " + logarithm, again);
    }
    Operand losses = out(Shape.of(ROWS.extent(0)));
    cpu.crossEntropy(x, g, losses, out);
    add("crossEntropy", losses, out);
    Operand weight = floats(Shape.of(ROWS.extent(1)), Lie.CONTIGUOUS);
    Operand rstd = out(losses.shape());
    cpu.layerNorm(x, weight, weight, 1e-6f, out, losses, rstd);
    add("layerNorm", out, losses, rstd);
    Operand gradWeight = out(weight.shape());
    Operand gradBias = out(weight.shape());
    cpu.layerNormBackward(
        x,
        weight,
        losses,
        rstd,
        g,
        Optional.of(again),
        Optional.of(gradWeight),
        Optional.of(gradBias));
    add("layerNormBackward", again, gradWeight, gradBias);
    for (Shape shape : new Shape[] {LARGE, ROWS}) {
      Shape channels = Shape.of(shape.extent(1));
      Operand pictures = floats(shape, Lie.SLICED);
      Operand scale = floats(channels, Lie.CONTIGUOUS);
      Operand mean = out(channels);
      Operand variance = out(channels);
      Operand like = out(shape);
      cpu.batchNorm(pictures, scale, scale, 1e-5f, like, mean, variance);
      add("batchNorm " + shape, like, mean, variance);
      Operand gradScale = out(channels);
      Operand gradShift = out(channels);
      cpu.batchNormBackward(
          pictures,
          scale,
          mean,
          variance,
          1e-5f,
          floats(shape, Lie.CONTIGUOUS),
          Optional.of(like),
          Optional.of(gradScale),
          Optional.of(gradShift));
      add("batchNormBackward " + shape, like, gradScale, gradShift);
      addActivated(pictures, scale, mean, variance);
    }
  }

  private void addActivated(Operand pictures, Operand scale, Operand mean, Operand variance) {
    Operand first = out(pictures.shape());
    Operand second = out(pictures.shape());
    Operand gradScale = out(scale.shape());
    Operand gradShift = out(scale.shape());
    Operand other = floats(pictures.shape(), Lie.CONTIGUOUS);
    for (Activation activation : Activation.values()) {
      cpu.channelAffine(activation, pictures, scale, scale, Optional.of(other), first);
      cpu.channelAffineBackward(activation, pictures, scale, other, second);
      add("channelAffine " + activation + " " + pictures.shape(), first, second);
    }
    for (UnaryOp function : new UnaryOp[] {UnaryOp.RELU, UnaryOp.GELU}) {
      cpu.activatedBatchNorm(
          function, pictures, scale, scale, 1e-5f, Optional.of(other), first, mean, variance);
      add("activatedBatchNorm " + function, first, mean, variance);
      cpu.activatedBatchNormBackward(
          function,
          pictures,
          scale,
          mean,
          variance,
          1e-5f,
          other,
          Optional.of(second),
          Optional.of(gradScale),
          Optional.of(gradShift));
      add("activatedBatchNormBackward " + function, second, gradScale, gradShift);
    }
  }

  private void addMixers() {
    for (int side : new int[] {5, 16}) {
      Shape shape = Shape.of(3, 19, side, side);
      Operand x = floats(shape, Lie.CONTIGUOUS);
      Operand convolved = out(shape);
      Operand result = out(shape);
      Operand perChannel = floats(Shape.of(19), Lie.CONTIGUOUS);
      Operand filter = floats(Shape.of(19, 1, 5, 5), Lie.CONTIGUOUS);
      for (Activation activation : Activation.values()) {
        var stage =
            new MixerOperands(
                activation,
                perChannel,
                perChannel,
                perChannel,
                filter,
                perChannel,
                perChannel,
                perChannel);
        var found =
            new Operand[] {
              out(Shape.of(19)), out(Shape.of(19)), out(Shape.of(19)), out(Shape.of(19))
            };
        var statistics = new MixerOperands.Statistics(found[0], found[1], found[2], found[3]);
        cpu.mixerStage(stage, 1e-5f, x, convolved, result, statistics);
        add("mixerStage " + activation + shape, convolved, result, found[0], found[3]);
        Operand gradX = out(shape);
        Operand gradFilter = out(filter.shape());
        var gradients =
            new Operand[] {
              out(Shape.of(19)),
              out(Shape.of(19)),
              out(Shape.of(19)),
              out(Shape.of(19)),
              out(Shape.of(19)),
              out(Shape.of(19))
            };
        cpu.mixerStageBackward(
            stage,
            1e-5f,
            x,
            convolved,
            statistics,
            result,
            new MixerOperands.Gradients(
                Optional.of(gradX),
                Optional.of(gradients[0]),
                Optional.of(gradients[1]),
                Optional.of(gradients[2]),
                Optional.of(gradFilter),
                Optional.of(gradients[3]),
                Optional.of(gradients[4]),
                Optional.of(gradients[5])));
        add("mixerStageBackward " + activation + shape, gradX, gradFilter);
        add("mixerStageBackward, channels " + activation + shape, gradients);
        cpu.mixerStageAffine(stage, x, Optional.of(convolved), result);
        cpu.mixerStageAffineBackward(stage, x, convolved, result, gradX);
        add("mixerStageAffine " + activation + shape, convolved, result, gradX);
      }
    }
  }

  private void addUpdates() {
    Operand p = floats(ROWS, Lie.CONTIGUOUS);
    Operand g = floats(ROWS, Lie.TRANSPOSED);
    Operand m = floats(ROWS, Lie.CONTIGUOUS);
    Operand v = out(ROWS);
    cpu.unary(UnaryOp.SQUARE, m, v);
    Operand lr = floats(Shape.of(), Lie.CONTIGUOUS);
    for (boolean nesterov : new boolean[] {false, true}) {
      cpu.sgdStep(new SgdSettings(0.9f, 0.01f, nesterov), p, g, m, lr);
      add("sgdStep " + nesterov, p, m);
    }
    Operand scalars = out(Shape.of(3));
    System.arraycopy(new float[] {0.1f, 0.19f, 0.002f}, 0, Dense.floats(scalars), 0, 3);
    for (boolean decoupled : new boolean[] {false, true}) {
      cpu.adamStep(new AdamSettings(0.9f, 0.999f, 1e-8f, 0.05f, decoupled), p, g, m, v, scalars);
      add("adamStep " + decoupled, p, m, v);
    }
    Operand streams = Strided.random(memory, DType.I64, Shape.of(5), Lie.SLICED, 3);
    Operand random = out(Shape.of(5, 9001));
    for (Distribution distribution : Distribution.values()) {
      cpu.random(distribution, 42, 7, streams, random);
      add("random " + distribution, random);
    }
  }

  private Operand floats(Shape shape, Lie lie) {
    Operand operand = Strided.random(memory, DType.F32, shape, lie, seeds.nextLong());
    float[] values = Dense.floats(operand);
    for (int i = 0; i < operand.storage().size(); i++) {
      values[i] *= MODERATE; // where no function has reached its limits
    }
    return operand;
  }

  private Operand out(Shape shape) {
    return new Operand(memory.allocate(DType.F32, shape.count()), Layout.contiguous(shape));
  }

  private void add(String operation, Operand... results) {
    var checksum = new CRC32();
    for (Operand result : results) {
      for (float value : Strided.values(result)) {
        int bits = Float.floatToIntBits(value);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
          checksum.update(bits >>> shift);
        }
      }
    }
    lines.add(operation + " " + Long.toHexString(checksum.getValue()));
  }
}
