package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;

/** Random shapes, strides, offsets and repetitions. */
public interface StridesContract extends ContractFamily {
  int LARGEST_EXTENT = 6;

  @Property(tries = 100)
  default void copiesOfAnyView(@ForAll("view") StridedView x) {
    try (var workspace = new Workspace(backend())) {
      Operand out = workspace.output(x.layout().shape());
      backend().copy(put(workspace, x), out);
      assertEquals(x.seen(), workspace.get(out));
    }
  }

  @Property(tries = 100)
  default void sumsOfAnyViews(@ForAll("alike") Tuple2<StridedView, StridedView> views) {
    try (var workspace = new Workspace(backend())) {
      StridedView a = views.get1();
      StridedView b = views.get2();
      Operand out = workspace.output(a.layout().shape());
      backend().binary(BinaryOp.ADD, put(workspace, a), put(workspace, b), out);
      Values left = a.seen();
      Values right = b.seen();
      Values expected = Values.of(left.shape(), i -> (float) (left.data()[i] + right.data()[i]));
      Tolerance.EXACT.check("sum", expected, workspace.get(out));
    }
  }

  @Property(tries = 100)
  default void reductionsOfAnyView(
      @ForAll("view") StridedView x, @ForAll ReduceOp op, @ForAll int set) {
    Shape shape = x.layout().shape();
    int[] axes = chosenAxes(shape.rank(), set);
    Shape reduced = shape;
    for (int axis : axes) {
      reduced = reduced.with(axis, 1);
    }
    try (var workspace = new Workspace(backend())) {
      Operand out = workspace.output(reduced);
      backend().reduce(op, put(workspace, x), axes, out);
      Tolerance.ofSum(shape.count())
          .check(op.name(), Reference.reduce(op, x.seen(), axes), workspace.get(out));
      Operand plain = workspace.output(reduced);
      backend().reduce(op, workspace.put(x.seen(), Placement.CONTIGUOUS), axes, plain);
      OperationCheck.requireSameBits(op.name(), workspace.get(plain), workspace.get(out));
    }
  }

  private static int[] chosenAxes(int rank, int set) {
    return IntStream.range(0, rank).filter(axis -> (set >> axis & 1) == 1).toArray();
  }

  @Property(tries = 100)
  default void productsOfAnyViews(@ForAll("factors") Tuple2<StridedView, StridedView> views) {
    Values a = views.get1().seen();
    Values b = views.get2().seen();
    Shape shape = Shape.of(a.shape().extent(0), a.shape().extent(1), b.shape().extent(2));
    try (var workspace = new Workspace(backend())) {
      Operand out = workspace.output(shape);
      backend()
          .gemm(put(workspace, views.get1()), put(workspace, views.get2()), out, Epilogue.NONE);
      Tolerance.OF_FEW.check("product", Reference.matmul(a, b), workspace.get(out));
      Operand plain = workspace.output(shape);
      backend()
          .gemm(
              workspace.put(a, Placement.CONTIGUOUS),
              workspace.put(b, Placement.CONTIGUOUS),
              plain,
              Epilogue.NONE);
      OperationCheck.requireSameBits("product", workspace.get(plain), workspace.get(out));
    }
  }

  private static Operand put(Workspace workspace, StridedView view) {
    return workspace.put(DType.F32, view.content().data(), view.layout());
  }

  /** Any view. */
  @Provide
  default Arbitrary<StridedView> view() {
    return StridedView.any(LARGEST_EXTENT);
  }

  /** Two views of one shape. */
  @Provide
  default Arbitrary<Tuple2<StridedView, StridedView>> alike() {
    return StridedView.any(LARGEST_EXTENT)
        .flatMap(a -> StridedView.of(a.layout().shape()).map(b -> Tuple.of(a, b)));
  }

  /** Two views that can be multiplied as batches of matrices. */
  @Provide
  default Arbitrary<Tuple2<StridedView, StridedView>> factors() {
    Arbitrary<int[]> extents = Arbitraries.integers().between(1, 20).array(int[].class).ofSize(4);
    return extents.flatMap(
        e ->
            StridedView.of(Shape.of(e[0] % 4, e[1], e[2]))
                .flatMap(
                    a -> StridedView.of(Shape.of(e[0] % 4, e[2], e[3])).map(b -> Tuple.of(a, b))));
  }
}
