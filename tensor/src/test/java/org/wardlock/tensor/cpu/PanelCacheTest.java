package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;
import org.wardlock.tensor.spi.Distribution;

class PanelCacheTest {
  private static final int IN = 600;
  private static final int OUT = 70;

  private static PanelCache.Key key(int laneStride) {
    return new PanelCache.Key(0, 8, 8, laneStride, 1, 4);
  }

  private static CpuStorage storage() {
    return new CpuStorage(null, new ArrayPool(0, false), DType.F32, 64);
  }

  private static float[] unexpected() {
    return fail("packed");
  }

  @Test
  void panelsAreKeptFromTheThirdUseOn() {
    var cache = new PanelCache(storage());
    float[] panels = new float[64];
    for (int use = 0; use < 2; use++) {
      assertEquals(Optional.empty(), cache.find(key(8), 64, PanelCacheTest::unexpected));
    }
    assertSame(panels, cache.find(key(8), 64, () -> panels).orElseThrow());
    assertSame(panels, cache.find(key(8), 64, PanelCacheTest::unexpected).orElseThrow());
  }

  @Test
  void aMatrixAndItsTransposeAreKeptSideBySide() {
    var cache = new PanelCache(storage());
    float[] panels = new float[64];
    float[] transposed = new float[64];
    for (int use = 0; use < 3; use++) {
      cache.find(key(8), 64, () -> panels);
      cache.find(key(1), 64, () -> transposed);
    }
    assertSame(panels, cache.find(key(8), 64, PanelCacheTest::unexpected).orElseThrow());
    assertSame(transposed, cache.find(key(1), 64, PanelCacheTest::unexpected).orElseThrow());
  }

  @Test
  void aChangeBeginsTheCountAnew() {
    CpuStorage storage = storage();
    var cache = new PanelCache(storage);
    for (int use = 0; use < 5; use++) {
      cache.find(key(8), 64, () -> new float[64]);
    }
    storage.changed();
    assertEquals(Optional.empty(), cache.find(key(8), 64, PanelCacheTest::unexpected));
  }

  @Test
  void whatIsVeryLargeIsNotKept() {
    var cache = new PanelCache(storage());
    for (int use = 0; use < 5; use++) {
      assertEquals(Optional.empty(), cache.find(key(8), 1L << 30, PanelCacheTest::unexpected));
    }
  }

  private static Tensor random(int purpose, int... extents) {
    Shape shape = Shape.of(extents);
    Tensor stream = Tensor.ofLongs(Device.CPU, Shape.of(1), 3);
    int count = Math.toIntExact(shape.count());
    return Tensor.random(Distribution.NORMAL, 2, purpose, stream, count).reshape(extents);
  }

  /** Weights on the right of a product and on its left, as they are and transposed. */
  @Test
  void keptPanelsChangeNoBit() {
    try (Scope _ = Scope.open("test")) {
      Tensor weight = random(1, OUT, IN);
      Tensor bias = random(2, OUT);
      Tensor rows = random(3, 9, IN);
      Tensor pictures = random(4, 2, IN, 5, 7);
      Tensor back = random(5, 9, OUT);
      float[][] first = products(weight, bias, rows, pictures, back);
      for (int again = 0; again < 7; again++) {
        assertArrayEquals(first, products(weight, bias, rows, pictures, back));
      }
      Updates.affine(weight, 3, 0.5f);
      float[][] changed = products(weight.copy(), bias, rows, pictures, back);
      for (int again = 0; again < 7; again++) {
        assertArrayEquals(changed, products(weight, bias, rows, pictures, back));
      }
    }
  }

  private static float[][] products(
      Tensor weight, Tensor bias, Tensor rows, Tensor pictures, Tensor back) {
    Tensor filters = weight.reshape(OUT, IN, 1, 1);
    return new float[][] {
      rows.linear(weight, bias).toFloats(),
      pictures.conv2d(filters, bias, 1, 0).toFloats(),
      back.matmul(weight).toFloats(),
      rows.linear(weight.slice(0, 10, 30), bias.slice(0, 10, 30)).toFloats()
    };
  }
}
