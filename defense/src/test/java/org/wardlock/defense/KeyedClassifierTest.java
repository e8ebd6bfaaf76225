package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

class KeyedClassifierTest {
  private static final Shape SHAPE = Shape.of(3, 8, 8);
  private static final KeySpec SPEC = KeySpec.secure(4, SHUFFLE, NEGATE);
  private static final LinearClassifier MODEL = new LinearClassifier(SHAPE, 1);

  @Test
  void keyedLogitsAreThePlainLogitsOfTransformedPictures() {
    Key key = Key.generate(SPEC);
    PixelMap map = key.pixelMap(3, 8, 8);
    try (KeyedClassifier keyed = KeyedClassifier.of(MODEL, key)) {
      key.close();
      for (int seed = 0; seed < 20; seed++) {
        float[] picture = Pictures.random(seed, MODEL.size(), 255);
        assertArrayEquals(logits(MODEL, map.apply(picture)), logits(keyed, picture));
      }
    }
  }

  @Test
  void aWrongKeyIsTheRightOneOnPicturesScrambledByBoth() {
    Key right = Key.generate(SPEC);
    Key wrong = Key.generate(SPEC);
    try (KeyedClassifier keyedRight = KeyedClassifier.of(MODEL, right);
        KeyedClassifier keyedWrong = KeyedClassifier.of(MODEL, wrong)) {
      PixelMap rightMap = right.pixelMap(3, 8, 8);
      PixelMap wrongMap = wrong.pixelMap(3, 8, 8);
      // On multiples of 2^-24 negation is exact, so there and back again loses nothing.
      float[] picture = Pictures.random(7, MODEL.size(), 1 << 24);
      float[] scrambled = rightMap.invert(wrongMap.apply(picture));
      assertArrayEquals(logits(keyedRight, scrambled), logits(keyedWrong, picture));
    }
  }

  @Test
  void gradientsOfALinearModelAreItsWeightsSentBackThroughTheKey() {
    Key key = Key.generate(SPEC);
    PixelMap map = key.pixelMap(3, 8, 8);
    try (KeyedClassifier keyed = KeyedClassifier.of(MODEL, key);
        Scope _ = Scope.open("test")) {
      Tensor images = tensor(Pictures.random(3, MODEL.size(), 255)).requiresGrad();
      var oneHot = new float[MODEL.classes()];
      oneHot[2] = 1;
      Tensor seed = Tensor.of(TestDevice.get(), Shape.of(1, MODEL.classes()), oneHot);
      float[] gradient = keyed.logits(images).backward(seed).of(images).toFloats();
      for (int i = 0; i < map.size(); i++) {
        float weight = MODEL.weight(2, i);
        assertEquals(map.negated()[i] ? -weight : weight, gradient[map.sources()[i]]);
      }
    }
  }

  @Test
  void aStepAgainstTheKeyedModelIsTheStepAgainstThePlainOneSentBack() {
    // Sign steps commute with permutation and negation: a key is no obstacle to who holds it.
    Key key = Key.generate(SPEC);
    PixelMap map = key.pixelMap(3, 8, 8);
    try (KeyedClassifier keyed = KeyedClassifier.of(MODEL, key);
        Scope _ = Scope.open("test")) {
      float[] picture = Pictures.random(3, MODEL.size(), 255);
      float[] keyedStep = signStep(keyed, picture);
      float[] plainStep = signStep(MODEL, map.apply(picture));
      for (int i = 0; i < map.size(); i++) {
        float sign = map.negated()[i] ? -1 : 1;
        assertEquals(sign * plainStep[i], keyedStep[map.sources()[i]]);
      }
    }
  }

  @Test
  void itIsAClassifierLikeItsModel() {
    Key key = Key.generate(SPEC);
    Key table = Key.generate(KeySpec.secure(4, FFX));
    try (KeyedClassifier keyed = KeyedClassifier.of(MODEL, key);
        KeyedClassifier lookup = KeyedClassifier.of(MODEL, table);
        KeyedClassifier approximated = lookup.withIdentityGradient()) {
      assertEquals(SHAPE, keyed.imageShape());
      assertEquals(MODEL.classes(), keyed.classes());
      assertEquals(TestDevice.get(), keyed.device());
      assertTrue(keyed.isDifferentiable() && keyed.isDeterministic());
      assertFalse(lookup.isDifferentiable());
      assertTrue(approximated.isDifferentiable());
      float[] picture = Pictures.random(5, MODEL.size(), 255);
      assertArrayEquals(logits(lookup, picture), logits(approximated, picture));
    }
    var tooSmall = new LinearClassifier(Shape.of(3, 6, 6), 1);
    assertThrows(IllegalArgumentException.class, () -> KeyedClassifier.of(tooSmall, key));
  }

  @Test
  void aClosedClassifierRefuses() {
    KeyedClassifier keyed = KeyedClassifier.of(MODEL, Key.generate(SPEC));
    keyed.close();
    float[] picture = Pictures.random(5, MODEL.size(), 255);
    assertThrows(IllegalStateException.class, () -> logits(keyed, picture));
  }

  @Test
  void sixteenThreadsGetTheBitsOfOne() throws Exception {
    try (KeyedClassifier keyed =
            KeyedClassifier.of(MODEL, Key.generate(KeySpec.secure(2, SHUFFLE, FFX, NEGATE)));
        ExecutorService platform = Executors.newFixedThreadPool(16);
        ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      float[][] alone = new float[16][];
      for (int i = 0; i < alone.length; i++) {
        alone[i] = logits(keyed, Pictures.random(i, MODEL.size(), 255));
      }
      List<Callable<float[]>> calls =
          IntStream.range(0, 320)
              .<Callable<float[]>>mapToObj(
                  i -> () -> logits(keyed, Pictures.random(i % 16, MODEL.size(), 255)))
              .toList();
      for (ExecutorService threads : List.of(platform, virtual)) {
        var results = threads.invokeAll(calls);
        for (int i = 0; i < results.size(); i++) {
          assertArrayEquals(alone[i % 16], results.get(i).get());
        }
      }
    }
  }

  private static float[] logits(Classifier classifier, float[] picture) {
    try (Scope _ = Scope.open("test")) {
      return classifier.logits(tensor(picture)).toFloats();
    }
  }

  private static float[] signStep(Classifier classifier, float[] picture) {
    Tensor images = tensor(picture).requiresGrad();
    Tensor margin = classifier.logits(images).slice(1, 0, 1).sum();
    return margin.backward().of(images).sign().toFloats();
  }

  private static Tensor tensor(float[] picture) {
    return Tensor.of(TestDevice.get(), Shape.of(1, 3, 8, 8), picture);
  }
}
