package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Operand;

/** Conversion among element types. */
interface CastContract extends ContractFamily {
  @ParameterizedTest
  @EnumSource
  default void smallWholeNumbersPassBetweenAllTypes(DType from) {
    for (Shape shape : sizes()) {
      Values values = Values.integers(1, shape, 200);
      for (DType to : DType.values()) {
        for (Placement placement : Placement.values()) {
          try (var workspace = new Workspace(backend())) {
            Operand out = workspace.output(to, shape);
            backend().cast(workspace.put(from, values, placement), out);
            assertEquals(
                placement.seen(values),
                workspace.get(out),
                from + " to " + to + " " + shape + " " + placement);
          }
        }
      }
    }
  }

  @Test
  default void brainFloatsAreRoundedToNearestEven() {
    requireCast(DType.F32, DType.BF16, 1 + 0x1p-8, 1);
    requireCast(DType.F32, DType.BF16, 1 + 0x1p-8 + 0x1p-20, 1 + 0x1p-7);
    requireCast(DType.F32, DType.BF16, 1 + 0x1.8p-7, 1 + 0x1p-6);
    requireCast(DType.F32, DType.BF16, -0x1.fffffep127, Double.NEGATIVE_INFINITY);
    requireCast(DType.F32, DType.BF16, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    requireCast(DType.F32, DType.BF16, Double.NaN, Double.NaN);
    requireCast(DType.F32, DType.BF16, -0.0, -0.0);
  }

  @Test
  default void halfFloatsAreRoundedToNearestEven() {
    requireCast(DType.F32, DType.F16, 1 + 0x1p-11, 1);
    requireCast(DType.F32, DType.F16, 1 + 0x1p-11 + 0x1p-20, 1 + 0x1p-10);
    requireCast(DType.F32, DType.F16, 1 + 0x1.8p-10, 1 + 0x1p-9);
    requireCast(DType.F32, DType.F16, 65_504, 65_504);
    requireCast(DType.F32, DType.F16, 65_520, Double.POSITIVE_INFINITY);
    requireCast(DType.F32, DType.F16, -1e9, Double.NEGATIVE_INFINITY);
    requireCast(DType.F32, DType.F16, 0x1p-24, 0x1p-24);
    requireCast(DType.F32, DType.F16, 0x1.8p-24, 0x1p-23);
    requireCast(DType.F32, DType.F16, 0x1p-26, 0);
    requireCast(DType.F32, DType.F16, Double.NaN, Double.NaN);
  }

  @Test
  default void smallFloatsBecomeLargeOnesUnchanged() {
    requireCast(DType.F16, DType.F32, 0x1p-24, 0x1p-24);
    requireCast(DType.F16, DType.F32, -65_504, -65_504);
    requireCast(DType.F16, DType.F32, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY);
    requireCast(DType.F16, DType.F32, Double.NaN, Double.NaN);
    requireCast(DType.BF16, DType.F32, 0x1p-126, 0x1p-126);
    requireCast(DType.BF16, DType.F32, Double.NaN, Double.NaN);
  }

  @Test
  default void integersAreTruncatedAndClamped() {
    requireCast(DType.F32, DType.I32, 2.9f, 2);
    requireCast(DType.F32, DType.I32, -2.9f, -2);
    requireCast(DType.F32, DType.I32, 1e20, Integer.MAX_VALUE);
    requireCast(DType.F32, DType.I32, Double.NEGATIVE_INFINITY, Integer.MIN_VALUE);
    requireCast(DType.F32, DType.U8, 255.9f, 255);
    requireCast(DType.F32, DType.U8, 300, 255);
    requireCast(DType.F32, DType.U8, -1, 0);
    requireCast(DType.F32, DType.I64, 1e15f, (long) 1e15f);
    requireCast(DType.I32, DType.U8, -5, 0);
    requireCast(DType.I32, DType.U8, 256, 255);
    requireCast(DType.I64, DType.I32, 5_000_000_000.0, Integer.MAX_VALUE);
    requireCast(DType.I32, DType.F32, 16_777_217, 16_777_216);
  }

  private void requireCast(DType from, DType to, double value, double expected) {
    try (var workspace = new Workspace(backend())) {
      Operand out = workspace.output(to, Shape.of(1));
      backend().cast(workspace.put(from, Values.vector(value), Placement.CONTIGUOUS), out);
      assertEquals(expected, workspace.get(out).data()[0], from + " " + value + " to " + to);
    }
  }
}
