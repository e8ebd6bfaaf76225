package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Stored models with their keys: what an embedding program does. */
class KeyedModelTest {
  private static final int SIDE = 16;
  private static final List<String> NAMES = List.of("circle", "square", "cross");
  private static final Architecture ARCHITECTURE =
      Architecture.named("convmixer-16-2-k3-p4").withImageSize(SIDE).withClasses(NAMES.size());
  private static final KeySpec SPEC = KeySpec.secure(4, SHUFFLE, FFX, NEGATE);

  @TempDir Path folder;

  @Test
  void itClassifiesPicturesThroughPreprocessingAndKey() throws IOException {
    Key key = Key.generate(SPEC);
    store(Optional.of(key.id().text()));
    PixelMap map = key.pixelMap(3, SIDE, SIDE);
    try (KeyedClassifier keyed = KeyedClassifier.load(folder, key, TestDevice.get());
        ImageClassifier plain = ModelFolder.open(folder).classifier(TestDevice.get())) {
      for (int i = 0; i < 20; i++) {
        // Of the model's own size, so that preprocessing leaves the pixels as they are.
        BufferedImage image = image(i, SIDE, SIDE);
        float[] probabilities = probabilities(plain, map.apply(pixels(image)));
        Prediction prediction = keyed.classify(image);
        assertEquals(probabilities[prediction.index()], prediction.probability());
        for (float probability : probabilities) {
          assertTrue(probability <= prediction.probability());
        }
        assertEquals(NAMES.get(prediction.index()), prediction.label());
      }
    }
  }

  @Test
  void picturesOfAnySizeAreTaken() throws IOException {
    Key key = Key.generate(SPEC);
    store(Optional.of(key.id().text()));
    try (KeyedClassifier keyed = KeyedClassifier.load(folder, key, TestDevice.get())) {
      for (BufferedImage image : List.of(image(1, 1, 1), image(2, 300, 40), image(3, 31, 77))) {
        float probability = keyed.classify(image).probability();
        assertTrue(probability >= 1f / NAMES.size() && probability <= 1, "found " + probability);
      }
    }
  }

  @Test
  void aModelPutTogetherNamesClassesByNumber() throws IOException {
    Key key = Key.generate(SPEC);
    store(Optional.of(key.id().text()));
    try (KeyedClassifier loaded = KeyedClassifier.load(folder, key, TestDevice.get());
        ImageClassifier plain = ModelFolder.open(folder).classifier(TestDevice.get());
        KeyedClassifier composed = KeyedClassifier.of(plain, key)) {
      BufferedImage image = image(1, SIDE, SIDE);
      Prediction named = loaded.classify(image);
      Prediction numbered = composed.classify(image);
      assertEquals(named.index(), numbered.index());
      assertEquals(named.probability(), numbered.probability());
      assertEquals(Integer.toString(named.index()), numbered.label());
    }
  }

  @Test
  void aWrongKeyIsFoundBeforeAWrongAnswer() throws IOException {
    Key right = Key.generate(SPEC);
    Key wrong = Key.generate(SPEC);
    store(Optional.of(right.id().text()));
    Files.delete(folder.resolve(ModelFolder.WEIGHTS)); // not even looked for
    var refusal =
        assertThrows(
            WrongKeyException.class, () -> KeyedClassifier.load(folder, wrong, TestDevice.get()));
    assertTrue(refusal.getMessage().contains(wrong.id().text()), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(right.id().text()), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(folder.toString()), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
    assertThrows(
        WeightsException.class, () -> KeyedClassifier.load(folder, right, TestDevice.get()));
  }

  /** A public model below, and what fine-tuning behind a key changed of it. */
  @Test
  void anAdapterIsUsedWithItsKeyAndItsBase() throws IOException {
    store(Optional.empty());
    Key right = Key.generate(SPEC);
    Path base = folder.resolve(ModelFolder.WEIGHTS);
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    Network tuned = Network.initial(ARCHITECTURE, TestDevice.get(), 8);
    try (Scope _ = Scope.open("adapter")) {
      var config = new ModelConfig(ARCHITECTURE, NAMES, Optional.of(right.id().text()));
      new Adapter(adapter, Checksums.of(base), config, Optional.empty())
          .write(tuned.parameters().state(TestDevice.get(), p -> p.name().startsWith("head.")));
    }
    BufferedImage image = image(1, SIDE, SIDE);
    try (KeyedClassifier keyed = KeyedClassifier.load(base, adapter, right, TestDevice.get())) {
      float[] pixels = right.pixelMap(3, SIDE, SIDE).apply(pixels(image));
      try (ImageClassifier whole = Adapter.open(adapter).classifier(base, TestDevice.get())) {
        Prediction found = keyed.classify(image);
        assertEquals(probabilities(whole, pixels)[found.index()], found.probability());
        assertEquals(NAMES.get(found.index()), found.label());
      }
    }
    var refusal =
        assertThrows(
            WrongKeyException.class,
            () -> KeyedClassifier.load(base, adapter, Key.generate(SPEC), TestDevice.get()));
    assertTrue(refusal.getMessage().contains(adapter.toString()), refusal.getMessage());
  }

  @Test
  void aModelWithoutAKeyTakesNone() throws IOException {
    store(Optional.empty());
    var refusal =
        assertThrows(
            WrongKeyException.class,
            () -> KeyedClassifier.load(folder, Key.generate(SPEC), TestDevice.get()));
    assertTrue(refusal.getMessage().contains("trained without one"), refusal.getMessage());
  }

  @Test
  void anIdOfAnotherFormIsNamedWithItsFile() throws IOException {
    store(Optional.of("k1"));
    var refusal =
        assertThrows(
            FormatException.class,
            () -> KeyedClassifier.load(folder, Key.generate(SPEC), TestDevice.get()));
    assertTrue(refusal.getMessage().contains("config.json"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("k1"), refusal.getMessage());
  }

  @Test
  void theSamePublishedKeyFitsWhateverItsSalt() throws IOException {
    KeySpec spec = KeySpec.published(Derivation.PUBLISHED_2010_00801, 4, SHUFFLE);
    store(Optional.of(Key.published(spec, 42).id().text()));
    KeyedClassifier.load(folder, Key.published(spec, 42)).close();
    assertThrows(
        WrongKeyException.class,
        () -> KeyedClassifier.load(folder, Key.published(spec, 43), TestDevice.get()));
  }

  @Test
  void nothingInAModelsFolderTellsTheSecret() throws IOException {
    Key key = Key.generate(SPEC);
    store(Optional.of(key.id().text()));
    byte[] secret = key.withSecret(byte[]::clone);
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        assertEquals(-1, indexOf(Files.readAllBytes(file), secret), file.toString());
      }
    }
  }

  @Test
  void manyThreadsGetTheAnswersOfOneAndLeaveNothingBehind() throws Exception {
    Key key = Key.generate(SPEC);
    store(Optional.of(key.id().text()));
    try (KeyedClassifier keyed = KeyedClassifier.load(folder, key, TestDevice.get());
        ExecutorService platform = Executors.newFixedThreadPool(16);
        ExecutorService virtual =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
      var alone = new ArrayList<Prediction>();
      for (int i = 0; i < 16; i++) {
        alone.add(keyed.classify(image(i, 40, 30)));
      }
      List<ExecutorService> kinds = List.of(platform, virtual);
      callFromMany(keyed, kinds, alone, 4);
      long before = usedHeap();
      callFromMany(keyed, kinds, alone, 12);
      long growth = usedHeap() - before;
      assertTrue(growth < 2_000_000, "heap grew by " + growth + " bytes over 384 calls");
    }
  }

  private static void callFromMany(
      KeyedClassifier keyed, List<ExecutorService> kinds, List<Prediction> alone, int rounds)
      throws Exception {
    for (ExecutorService threads : kinds) {
      var calls = new ArrayList<Callable<Prediction>>();
      for (int call = 0; call < 16 * rounds; call++) {
        int number = call % 16;
        calls.add(() -> keyed.classify(image(number, 40, 30)));
      }
      var answers = threads.invokeAll(calls);
      for (int call = 0; call < answers.size(); call++) {
        assertEquals(alone.get(call % 16), answers.get(call).get());
      }
    }
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** A finished run with random weights. */
  private void store(Optional<String> keyId) throws IOException {
    var model = new ModelConfig(ARCHITECTURE, NAMES, keyId);
    new RunConfig("test", "train", Map.of(), 0, "cpu", Optional.empty(), Optional.of(model))
        .write(folder);
    try (Scope _ = Scope.open("store")) {
      Network network = Network.initial(ARCHITECTURE, TestDevice.get(), 4);
      Safetensors.write(
          folder.resolve(ModelFolder.WEIGHTS),
          network.parameters().state(TestDevice.get()),
          Map.of());
    }
  }

  private static float[] probabilities(ImageClassifier classifier, float[] pixels) {
    try (Scope _ = Scope.open("test")) {
      Tensor images = Tensor.of(TestDevice.get(), Shape.of(1, 3, SIDE, SIDE), pixels);
      return classifier.logits(images).softmax().toFloats();
    }
  }

  private static BufferedImage image(long seed, int width, int height) {
    var random = new Random(seed);
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    return image;
  }

  private static float[] pixels(BufferedImage image) {
    int plane = image.getWidth() * image.getHeight();
    var pixels = new float[3 * plane];
    for (int i = 0; i < plane; i++) {
      int rgb = image.getRGB(i % image.getWidth(), i / image.getWidth());
      pixels[i] = (rgb >> 16 & 255) / 255f;
      pixels[plane + i] = (rgb >> 8 & 255) / 255f;
      pixels[2 * plane + i] = (rgb & 255) / 255f;
    }
    return pixels;
  }

  private static int indexOf(byte[] content, byte[] wanted) {
    for (int i = 0; i + wanted.length <= content.length; i++) {
      int length = 0;
      while (length < wanted.length && content[i + length] == wanted[length]) {
        length++;
      }
      if (length == wanted.length) {
        return i;
      }
    }
    return -1;
  }
}
