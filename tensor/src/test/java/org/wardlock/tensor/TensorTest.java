package org.wardlock.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.spi.Storage;
import org.wardlock.tensor.spi.UnaryOp;

class TensorTest {
  private static final Device DEVICE = Device.CPU;

  private static Tensor vector(float... values) {
    return Tensor.of(DEVICE, Shape.of(values.length), values);
  }

  @Test
  void aScopeFreesWhatItMadeAndKeepsWhatIsKept() {
    try (Scope _ = Scope.open("outer")) {
      Tensor kept;
      Tensor freed;
      try (Scope _ = Scope.open("inner")) {
        freed = vector(1, 2);
        kept = freed.add(1).keep();
      }
      assertArrayEquals(new float[] {2, 3}, kept.toFloats());
      var error = assertThrows(IllegalStateException.class, freed::toFloats);
      assertEquals("tensor of shape [2] was released by inner", error.getMessage());
    }
  }

  @Test
  void aViewOutlivesTheTensorItWasTakenFrom() {
    try (Scope _ = Scope.open("test")) {
      Tensor whole = vector(1, 2, 3, 4);
      Tensor part = whole.slice(0, 1, 3);
      whole.release();
      assertArrayEquals(new float[] {2, 3}, part.toFloats());
    }
  }

  @Test
  void backwardReachesEveryUseOfALeaf() {
    try (Scope _ = Scope.open("test")) {
      Tensor x = vector(1, 2, 3).requiresGrad();
      Tensor y = x.multiply(x).add(x.multiply(3)).sum();
      assertArrayEquals(new float[] {5, 7, 9}, y.backward().of(x).toFloats());
    }
  }

  @Test
  void onlyTheAskedForGradientsAreComputed() {
    try (Scope _ = Scope.open("test")) {
      Tensor a = vector(1, 2).requiresGrad();
      Tensor b = vector(3, 4).requiresGrad();
      Tensor y = a.multiply(b).sum();
      Gradients gradients = y.backward(Tensor.full(DEVICE, y.shape(), 1), List.of(b));
      assertArrayEquals(new float[] {1, 2}, gradients.of(b).toFloats());
      assertFalse(gradients.has(a));
    }
  }

  @Test
  void onlyTheAskedForGradientsOfARecomputedFunctionAreComputed() {
    try (Scope _ = Scope.open("test")) {
      Tensor place = vector(9, 9);
      Tensor x = vector(1, 2).requiresGrad();
      Tensor w = vector(3, 4).requiresGrad(place);
      Tensor b = vector(5, 6).requiresGrad();
      Tensor seed = Tensor.full(DEVICE, Shape.of(2), 1);
      Gradients ofInput = x.recomputed(t -> t.multiply(w).add(b)).backward(seed, List.of(x));
      assertArrayEquals(new float[] {3, 4}, ofInput.of(x).toFloats());
      assertFalse(ofInput.has(w));
      assertFalse(ofInput.has(b));
      assertArrayEquals(new float[] {9, 9}, place.toFloats());
      Gradients ofWeight = x.recomputed(t -> t.multiply(w).add(b)).backward(seed, List.of(w));
      assertArrayEquals(new float[] {1, 2}, place.toFloats());
      assertFalse(ofWeight.has(x));
      assertFalse(ofWeight.has(b));
    }
  }

  @Test
  void recomputedFunctionsNestTowardsTheAskedForLeaves() {
    try (Scope _ = Scope.open("test")) {
      Tensor x = vector(1, 2).requiresGrad();
      Tensor w = vector(3, 4).requiresGrad();
      Tensor b = vector(5, 6).requiresGrad();
      Tensor y = x.recomputed(t -> t.multiply(w).recomputed(u -> u.multiply(b)).add(b));
      Gradients gradients = y.backward(Tensor.full(DEVICE, Shape.of(2), 1), List.of(b));
      assertArrayEquals(new float[] {4, 9}, gradients.of(b).toFloats());
      assertFalse(gradients.has(x));
      assertFalse(gradients.has(w));
    }
  }

  /** What a recomputed function put on its tape cannot be reached by a later pass. */
  @Test
  void nothingIsKeptOfTheTapeOfARecomputedFunction() {
    var inside = new ArrayList<Storage>();
    try (Scope _ = Scope.open("test")) {
      Tensor x = vector(1, 2).requiresGrad();
      Tensor w = vector(3, 4).requiresGrad();
      Tensor y =
          x.recomputed(
              t -> {
                Tensor ofOthers = w.exp().exp();
                inside.add(ofOthers.storage());
                return t.multiply(2).add(ofOthers);
              });
      y.backward(Tensor.full(DEVICE, Shape.of(2), 1), List.of(x));
    }
    assertEquals(2, inside.size());
    assertTrue(inside.stream().allMatch(Storage::isReleased));
  }

  /**
   * The pass has a gradient on its way, a finished one, and an operation that it has not reached.
   */
  @Test
  void aPassThatFailsReleasesWhatItHeld() {
    var seen = new ArrayList<Storage>();
    CustomOp failing =
        new CustomOp() {
          @Override
          public Tensor forward(List<Tensor> inputs) {
            return inputs.getFirst().copy();
          }

          @Override
          public List<Tensor> backward(Tensor g, List<Tensor> inputs, Tensor output) {
            throw new UnsupportedOperationException("no gradient today");
          }
        };
    CustomOp watched =
        new CustomOp() {
          @Override
          public Tensor forward(List<Tensor> inputs) {
            return inputs.getFirst().copy();
          }

          @Override
          public List<Tensor> backward(Tensor g, List<Tensor> inputs, Tensor output) {
            Tensor gradient = g.multiply(2);
            seen.add(gradient.storage());
            return List.of(gradient);
          }
        };
    try (Scope _ = Scope.open("test")) {
      Tensor x = vector(1, 2).requiresGrad();
      Tensor w = vector(3, 4).requiresGrad();
      Tensor saved = x.exp();
      seen.add(saved.storage());
      Tensor waiting = x.exp();
      seen.add(waiting.storage());
      Tensor y =
          Tensor.apply(failing, saved)
              .add(Tensor.apply(watched, w))
              .add(Tensor.apply(watched, waiting));
      Tensor seed = Tensor.full(DEVICE, Shape.of(2), 1);
      assertThrows(UnsupportedOperationException.class, () -> y.backward(seed));
    }
    assertEquals(4, seen.size());
    assertTrue(seen.stream().allMatch(Storage::isReleased));
  }

  @Test
  void aGradientThatNobodyLedToIsAnErrorNotAZero() {
    try (Scope _ = Scope.open("test")) {
      Tensor x = vector(1).requiresGrad();
      Tensor other = vector(1).requiresGrad();
      Gradients gradients = x.multiply(2).sum().backward();
      assertThrows(IllegalArgumentException.class, () -> gradients.of(other));
    }
  }

  @Test
  void theTapeReportsASavedTensorThatWasChangedInPlace() {
    try (Scope _ = Scope.open("test")) {
      Tensor x = vector(1, 2).requiresGrad();
      Tensor factor = vector(3, 4);
      Tensor y = x.multiply(factor).sum();
      Updates.fill(factor, 0);
      var error = assertThrows(IllegalStateException.class, y::backward);
      assertTrue(error.getMessage().contains("changed in place"), error.getMessage());
    }
  }

  /** Infinity times 0 would be NaN. */
  @Test
  void gradientsThatAreZeroByDefinitionStayZeroWhateverComesIn() {
    float infinity = Float.POSITIVE_INFINITY;
    try (Scope _ = Scope.open("test")) {
      Tensor seed = vector(infinity, -infinity, infinity);
      Tensor x = vector(-2, 0.5f, 2).requiresGrad();
      assertArrayEquals(
          new float[] {0, -infinity, 0}, x.clamp(-1, 1).backward(seed).of(x).toFloats());
      for (UnaryOp op : List.of(UnaryOp.SIGN, UnaryOp.FLOOR, UnaryOp.ROUND)) {
        assertArrayEquals(new float[3], x.map(op).backward(seed).of(x).toFloats(), op.name());
      }
      Tensor y = vector(-3, 0.5f, 3).requiresGrad();
      Gradients larger = x.maximum(y).backward(seed);
      assertArrayEquals(new float[] {infinity, -infinity, 0}, larger.of(x).toFloats());
      assertArrayEquals(new float[] {0, -infinity, infinity}, larger.of(y).toFloats());
      Gradients smaller = x.minimum(y).backward(seed);
      assertArrayEquals(new float[] {0, -infinity, infinity}, smaller.of(x).toFloats());
      assertArrayEquals(new float[] {infinity, -infinity, 0}, smaller.of(y).toFloats());
      Tensor infinite = Tensor.full(DEVICE, Shape.of(1), infinity);
      assertArrayEquals(new float[] {0, 0, infinity}, x.max(0).backward(infinite).of(x).toFloats());
      Tensor unknown = vector(1, Float.NaN, 2).requiresGrad();
      float nan = Float.NaN;
      assertArrayEquals(
          new float[] {nan, nan, nan}, unknown.max(0).backward().of(unknown).toFloats());
    }
  }

  @Test
  void theTapeServesOneBackwardPass() {
    try (Scope _ = Scope.open("test")) {
      Tensor x = vector(1, 2).requiresGrad();
      Tensor y = x.square().sum();
      y.backward();
      assertThrows(IllegalStateException.class, y::backward);
    }
  }

  @Test
  void gradientsGoWhereALeafSaid() {
    try (Scope _ = Scope.open("test")) {
      Tensor place = vector(9, 9);
      Tensor x = vector(1, 2).requiresGrad(place);
      x.square().sum().add(x.sum()).backward();
      assertArrayEquals(new float[] {3, 5}, place.toFloats());
    }
  }

  @Test
  void nothingIsRecordedWithinNoGrad() {
    try (Scope _ = Scope.open("test")) {
      Tensor x = vector(1, 2).requiresGrad();
      try (NoGrad _ = NoGrad.enter()) {
        assertFalse(x.square().tracksGradient());
      }
      assertTrue(x.square().tracksGradient());
    }
  }

  @Test
  void theTapeKeepsOnlyWhatTheAskedForGradientsRead() {
    try (Scope _ = Scope.open("test")) {
      Tensor weight = Tensor.full(DEVICE, Shape.of(10, 10), 0.5f);
      Tensor bias = Tensor.zeros(DEVICE, Shape.of(10));
      Tensor pixels = Tensor.full(DEVICE, Shape.of(100, 10), 1).requiresGrad();
      assertEquals(weight.shape().count() * 4, pixels.linear(weight, bias).tapeBytes());
      Tensor trained = weight.requiresGrad();
      Tensor constant = Tensor.full(DEVICE, Shape.of(100, 10), 1);
      assertEquals(constant.shape().count() * 4, constant.linear(trained, bias).tapeBytes());
    }
  }

  @Test
  void aLinearMapBehindALayerNormIsTheTwoAndKeepsLess() {
    List<Tensor> values =
        Stream.of(Shape.of(2, 7, 12), Shape.of(12), Shape.of(12), Shape.of(5, 12), Shape.of(5))
            .map(TensorTest::waves)
            .toList();
    for (int wanted = 1; wanted < 1 << values.size(); wanted++) {
      try (Scope _ = Scope.open("test")) {
        List<Tensor> in = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
          in.add((wanted >> i & 1) == 1 ? values.get(i).requiresGrad() : values.get(i));
        }
        Tensor two = in.get(0).layerNorm(in.get(1), in.get(2), 1e-5f).linear(in.get(3), in.get(4));
        var norm = new LayerNormParameters(in.get(1), in.get(2), 1e-5f);
        Tensor one = in.get(0).linear(norm, in.get(3), in.get(4));
        assertArrayEquals(two.toFloats(), one.toFloats());
        if (in.get(0).tracksGradient() && in.get(3).tracksGradient()) {
          assertTrue(one.tapeBytes() < two.tapeBytes());
        }
        Gradients expected = two.square().sum().backward();
        Gradients found = one.square().sum().backward();
        for (Tensor leaf : in) {
          if (leaf.tracksGradient()) {
            assertArrayEquals(expected.of(leaf).toFloats(), found.of(leaf).toFloats());
          }
        }
      }
    }
  }

  private static Tensor waves(Shape shape) {
    float[] values = new float[Math.toIntExact(shape.count())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i * 7 + values.length);
    }
    return Tensor.of(DEVICE, shape, values);
  }

  @Test
  void recomputedFunctionsGiveTheSameGradientsAndKeepLess() {
    try (Scope _ = Scope.open("test")) {
      Tensor x = vector(0.5f, -1, 2).requiresGrad();
      Tensor w = vector(2, 3, 4).requiresGrad();
      Tensor plain = x.multiply(w).tanh().multiply(w).exp().sum();
      Tensor again = x.recomputed(t -> t.multiply(w).tanh().multiply(w).exp()).sum();
      assertTrue(again.tapeBytes() < plain.tapeBytes());
      assertArrayEquals(plain.toFloats(), again.toFloats());
      Gradients expected = plain.backward();
      Gradients found = again.backward();
      assertArrayEquals(expected.of(x).toFloats(), found.of(x).toFloats());
      assertArrayEquals(expected.of(w).toFloats(), found.of(w).toFloats());
    }
  }

  @Test
  void customOperationsBringTheirOwnGradient() {
    CustomOp straightThrough =
        new CustomOp() {
          @Override
          public Tensor forward(List<Tensor> inputs) {
            return inputs.getFirst().sign();
          }

          @Override
          public List<Tensor> backward(Tensor g, List<Tensor> inputs, Tensor output) {
            return List.of(g);
          }
        };
    try (Scope _ = Scope.open("test")) {
      Tensor x = vector(0.5f, -2).requiresGrad();
      Tensor y = Tensor.apply(straightThrough, x);
      assertArrayEquals(new float[] {1, -1}, y.toFloats());
      assertArrayEquals(new float[] {3, 3}, y.multiply(3).sum().backward().of(x).toFloats());
    }
  }

  @Test
  void messagesNameWhatDoesNotFit() {
    try (Scope _ = Scope.open("test")) {
      Tensor a = vector(1, 2);
      Tensor b = vector(1, 2, 3);
      var add = assertThrows(IllegalArgumentException.class, () -> a.add(b));
      assertEquals("add: shapes [2] and [3] do not broadcast: 2 != 3 at axis 0", add.getMessage());
      Tensor image = Tensor.zeros(DEVICE, Shape.of(8, 4, 24, 24));
      Tensor weight = Tensor.zeros(DEVICE, Shape.of(64, 3, 7, 7));
      var conv = assertThrows(IllegalArgumentException.class, () -> image.conv2d(weight, 1, 3));
      assertEquals(
          "conv2d: weight [64,3,7,7] does not fit input [8,4,24,24]: channels 3 != 4",
          conv.getMessage());
      var promote =
          assertThrows(
              IllegalArgumentException.class,
              () -> a.add(Tensor.ofInts(DEVICE, Shape.of(2), 1, 2)));
      assertEquals(
          "add: tensor of shape [2] is I32, expected F32; cast it first", promote.getMessage());
    }
  }

  @Test
  void anEmptySliceHasNoElements() {
    try (Scope _ = Scope.open("empty")) {
      Tensor x = Tensor.zeros(Device.CPU, Shape.of(3, 0));
      assertEquals(0, x.slice(0, 2, 3).toFloats().length);
    }
  }

  @Test
  void sumsOfMoreElementsThanAnIndexCountsAreRefused() {
    try (Scope _ = Scope.open("large")) {
      Tensor large = Tensor.scalar(Device.CPU, 1).expand(Shape.of(1 << 16, 1 << 16));
      assertThrows(IllegalArgumentException.class, large::sum);
    }
  }
}
