package org.wardlock.kernels.cuda.tensorcore;

import java.util.Arrays;
import org.wardlock.kernels.source.KernelArguments;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/**
 * Self-attention of bf16 by tensor_attention.cu, for heads of 32 or 64 elements and up to 256
 * tokens: a head lies whole in a block's shared memory, and all scores of a query in registers. No
 * two warps add to one place, so that bits repeat.
 */
final class TensorAttention {
  private static final String FAMILY = "tensor_attention";

  // as in tensor_attention.cu
  private static final int FORWARD_THREADS = 128;
  private static final int BACKWARD_THREADS = 256;
  private static final int ROWS = 16;
  private static final int[] MOST_KEYS = {80, 208, 256};

  private static final int COPY_BYTES = 16;

  private final TensorCores cores;
  private final int largestSharedBytes;

  TensorAttention(TensorCores cores, int largestSharedBytes) {
    this.cores = cores;
    this.largestSharedBytes = largestSharedBytes;
  }

  /** Computes attention, or nothing if it is not one for tensor cores: says which. */
  boolean forward(Operand qkv, float scale, Operand out, Operand logSumExp) {
    int tokens = tokens(qkv);
    int width = width(qkv);
    int sharedBytes = 2 * headBytes(tokens, width);
    if (!isKnown(qkv, out, logSumExp) || sharedBytes > largestSharedBytes) {
      return false;
    }
    int keys = Arrays.stream(MOST_KEYS).filter(most -> tokens <= most).findFirst().orElseThrow();
    KernelArguments arguments = start(qkv, scale).dense(out).dense(logSumExp);
    cores.launch(
        FAMILY,
        "attention" + width + "Keys" + keys,
        sharedBytes,
        blocks(qkv),
        FORWARD_THREADS,
        arguments);
    return true;
  }

  /** Computes its gradient, or nothing: says which. */
  boolean backward(
      Operand qkv, float scale, Operand out, Operand logSumExp, Operand g, Operand gradQkv) {
    int tokens = tokens(qkv);
    int width = width(qkv);
    int sharedBytes = 4 * headBytes(tokens, width) + 2 * rows(tokens) * Float.BYTES;
    if (!isKnown(qkv, out, logSumExp)
        || !lies(g, 4)
        || gradQkv.dtype() != DType.BF16
        || sharedBytes > largestSharedBytes) {
      return false;
    }
    Layout upstream = g.layout();
    KernelArguments arguments =
        start(qkv, scale)
            .dense(out)
            .dense(logSumExp)
            .dense(g)
            .number(Math.toIntExact(upstream.stride(0)))
            .number(Math.toIntExact(upstream.stride(1)))
            .number(Math.toIntExact(upstream.stride(2)))
            .dense(gradQkv);
    cores.launch(
        FAMILY, "attentionBackward" + width, sharedBytes, blocks(qkv), BACKWARD_THREADS, arguments);
    return true;
  }

  private static boolean isKnown(Operand qkv, Operand out, Operand logSumExp) {
    int width = width(qkv);
    return lies(qkv, 5)
        && out.dtype() == DType.BF16
        && logSumExp.dtype() == DType.F32
        && (width == 32 || width == 64)
        && tokens(qkv) <= MOST_KEYS[MOST_KEYS.length - 1]
        && qkv.shape().count() > 0;
  }

  /** Whether an operand is bf16 with rows that can be copied 16 bytes at a time. */
  private static boolean lies(Operand operand, int rank) {
    Layout layout = operand.layout();
    boolean fits =
        operand.dtype() == DType.BF16
            && layout.stride(rank - 1) == 1
            && layout.offset() * Short.BYTES % COPY_BYTES == 0;
    for (int axis = 0; axis < rank - 1; axis++) {
      fits &= layout.stride(axis) * Short.BYTES % COPY_BYTES == 0;
    }
    return fits;
  }

  private static KernelArguments start(Operand qkv, float scale) {
    Layout layout = qkv.layout();
    return new KernelArguments()
        .number(tokens(qkv))
        .number(qkv.shape().extent(3))
        .number(scale)
        .dense(qkv)
        .number(Math.toIntExact(layout.stride(0)))
        .number(Math.toIntExact(layout.stride(1)))
        .number(Math.toIntExact(layout.stride(2)))
        .number(Math.toIntExact(layout.stride(3)));
  }

  private static int blocks(Operand qkv) {
    Shape shape = qkv.shape();
    return Math.multiplyExact(shape.extent(0), shape.extent(3));
  }

  private static int tokens(Operand qkv) {
    return qkv.shape().extent(1);
  }

  private static int width(Operand qkv) {
    return qkv.shape().extent(4);
  }

  private static int rows(int tokens) {
    return Math.ceilDiv(tokens, ROWS) * ROWS;
  }

  private static int headBytes(int tokens, int width) {
    return rows(tokens) * width * Short.BYTES;
  }
}
