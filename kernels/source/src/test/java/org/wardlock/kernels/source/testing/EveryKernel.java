package org.wardlock.kernels.source.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wardlock.kernels.source.KernelSource;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.SgdSettings;
import org.wardlock.tensor.spi.Storage;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * Launches each of the shared kernels at least once, over zeros, in extents so small that tools can
 * watch each access, and so large that groups meet at the edges of tiles.
 */
public final class EveryKernel implements AutoCloseable {
  private static final Pattern DECLARED = Pattern.compile("KERNEL ([\\w#]+)\\(");

  /** What families over bfloat16 leave out. */
  private static final Pattern OF_FLOATS_ALONE =
      Pattern.compile("#ifndef REAL_IS_BRAIN_FLOAT.*?#endif", Pattern.DOTALL);

  /** What kernels that only move elements are made for. */
  private static final List<DType> OF_EACH_WIDTH =
      List.of(DType.U8, DType.BF16, DType.F32, DType.I64);

  private final Backend backend;
  private final List<Storage> storages = new ArrayList<>();

  private EveryKernel(Backend backend) {
    this.backend = backend;
  }

  /** The names of all kernels, as they are compiled. */
  public static Set<String> names() {
    var names = new TreeSet<String>();
    for (String family : KernelSource.FAMILIES) {
      String source = KernelSource.of("opencl.h", family);
      boolean ofBrainFloats = source.contains("#define REAL_IS_BRAIN_FLOAT");
      String suffix = ofBrainFloats ? "Bf16" : "";
      if (ofBrainFloats) {
        source = OF_FLOATS_ALONE.matcher(source).replaceAll("");
      }
      DECLARED
          .matcher(source)
          .results()
          .map(found -> found.group(1))
          .flatMap(EveryKernel::expanded)
          .forEach(kernel -> names.add(kernel + suffix));
    }
    return names;
  }

  private static Stream<String> expanded(String declared) {
    return declared.endsWith("##WIDTH")
        ? OF_EACH_WIDTH.stream().map(type -> declared.replace("##WIDTH", "" + type.bytes()))
        : Stream.of(declared);
  }

  /** Launches them, and waits. */
  public static void launch(Backend backend) {
    try (var every = new EveryKernel(backend)) {
      every.move();
      every.numbers();
      every.updates();
      for (DType real : List.of(DType.F32, DType.BF16)) {
        every.pointwise(real);
        every.rows(real);
        every.products(real);
        every.attention(real);
        every.norms(real);
      }
      backend.synchronize();
    }
  }

  private Operand zeros(DType dtype, int... extents) {
    Shape shape = Shape.of(extents);
    Storage storage = backend.allocate(dtype, shape.count());
    storages.add(storage);
    var operand = new Operand(storage, Layout.contiguous(shape));
    backend.fill(operand, 0);
    return operand;
  }

  private Operand zeros(int... extents) {
    return zeros(DType.F32, extents);
  }

  @Override
  public void close() {
    storages.forEach(Storage::release);
  }

  private void move() {
    Operand index = zeros(DType.I32, 3);
    for (DType dtype : OF_EACH_WIDTH) {
      Operand x = zeros(dtype, 3, 100);
      Operand out = zeros(dtype, 3, 100);
      backend.copy(x, out);
      backend.gather(x, 0, index, out);
    }
    backend.scatterAdd(zeros(3, 2), 0, index, zeros(4, 2));
    Operand pictures = zeros(DType.U8, 2, 3, 9, 11);
    backend.movePictures(pictures, zeros(DType.I32, 2, 3), zeros(DType.U8, 2, 3, 9, 11));
    backend.cast(zeros(300), zeros(DType.BF16, 300));
  }

  private void numbers() {
    Operand x = zeros(17, 19);
    backend.crossEntropy(x, x, zeros(17), zeros(17, 19));
    backend.topK(x, 2, zeros(17, 2), zeros(DType.I32, 17, 2));
    backend.random(Distribution.NORMAL, 1, 2, zeros(DType.I64, 3), zeros(3, 9));
  }

  private void pointwise(DType real) {
    Operand x = zeros(real, 3, 100);
    Operand out = zeros(real, 3, 100);
    backend.unary(UnaryOp.GELU, x, out);
    backend.unaryGradient(UnaryOp.GELU, x, x, out);
    backend.affine(x, 2, 1, out);
    backend.clamp(x, 0, 1, out);
    backend.binary(BinaryOp.ADD, x, x, out);
    backend.multiplyAdd(x, x, x, out);
    backend.where(x, x, x, out);
  }

  private void rows(DType real) {
    Operand x = zeros(real, 17, 19);
    Operand out = zeros(real, 17, 19);
    backend.reduce(ReduceOp.SUM, x, new int[] {1}, zeros(17, 1));
    backend.softmax(x, true, out);
    backend.softmaxBackward(x, x, false, out);
  }

  private void products(DType real) {
    backend.gemm(
        zeros(real, 1, 65, 17), zeros(real, 1, 17, 3), zeros(real, 1, 65, 3), Epilogue.NONE);
    Operand image = zeros(real, 2, 3, 5, 6);
    Operand filter = zeros(3, 1, 3, 3);
    backend.depthwise(image, filter, Optional.empty(), zeros(real, 2, 3, 5, 6));
    backend.depthwiseBackwardWeight(image, image, zeros(3, 1, 3, 3));
    // three planes for groups of two, and tiles in part
    Operand plane = zeros(real, 3, 1, 7, 40);
    backend.depthwise(plane, zeros(1, 1, 11, 11), Optional.empty(), zeros(real, 3, 1, 7, 40));
  }

  private void attention(DType real) {
    Operand packed = zeros(real, 1, 65, 3, 1, 3);
    Operand out = zeros(real, 1, 65, 1, 3);
    Operand sums = zeros(1, 1, 65);
    backend.attention(packed, 1, out, sums);
    backend.attentionBackward(packed, 1, out, sums, out, zeros(real, 1, 65, 3, 1, 3));
  }

  private void norms(DType real) {
    Operand x = zeros(real, 17, 3);
    Operand out = zeros(real, 17, 3);
    Operand row = zeros(17);
    Operand column = zeros(3);
    Optional<Operand> gradX = Optional.of(zeros(real, 17, 3));
    Optional<Operand> gradWeight = Optional.of(zeros(3));
    Optional<Operand> gradBias = Optional.of(zeros(3));
    Operand rstd = zeros(17);
    backend.layerNorm(x, column, column, 1e-5f, out, row, rstd);
    backend.layerNormBackward(x, column, row, rstd, x, gradX, gradWeight, gradBias);
    Operand mean = zeros(3);
    Operand variance = zeros(3);
    backend.batchNorm(x, column, column, 1e-5f, out, mean, variance);
    backend.batchNormBackward(x, column, mean, variance, 1e-5f, x, gradX, gradWeight, gradBias);
    backend.channelAffine(Activation.GELU, x, column, column, Optional.of(x), out);
    backend.channelAffineBackward(Activation.GELU, x, column, x, out);
  }

  private void updates() {
    Operand p = zeros(300);
    Operand g = zeros(300);
    Operand state = zeros(300);
    backend.sgdStep(new SgdSettings(0.9f, 0, false), p, g, state, zeros());
    backend.adamStep(
        new AdamSettings(0.9f, 0.999f, 1e-8f, 0, true), p, g, state, zeros(300), zeros(3));
  }
}
