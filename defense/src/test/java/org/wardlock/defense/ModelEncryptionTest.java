package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.TransformKind.CHANNELS;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.FLIP;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.NEGATE_BLOCK;
import static org.wardlock.defense.TransformKind.NEGATE_EACH;
import static org.wardlock.defense.TransformKind.ROTATE;
import static org.wardlock.defense.TransformKind.SCRAMBLE;
import static org.wardlock.defense.TransformKind.SHUFFLE;
import static org.wardlock.defense.TransformKind.SHUFFLE_EACH;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.data.image.Picture;
import org.wardlock.data.image.PictureDecoder;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Keyed twins of golden and real networks, and what has none. */
class ModelEncryptionTest {
  private static final double TOLERANCE = 1e-4;
  private static final List<List<TransformKind>> CHAINS =
      List.of(List.of(SHUFFLE), List.of(NEGATE), List.of(SHUFFLE, NEGATE));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convmixer_h32_l3_k5_p4_32_eval",
        "convmixer_h32_l3_k5_p4_32_train",
        "convmixer_h48_l2_k7_p7_56_relu_train",
        "vit_d192_l1_h3_p16_224",
        "vit_d64_l3_h4_p4_32"
      })
  void goldenNetworksHaveExactTwins(String name) throws WeightsException {
    Path file = SharedFiles.file("golden/models/" + name + ".safetensors");
    try (Scope _ = Scope.open("test");
        Safetensors golden = Safetensors.open(file)) {
      Architecture architecture = architecture(golden.metadata());
      Weights plain = golden.below("w.");
      // golden pictures are normalised already: these are the pixels they would be made of
      Tensor images = pixels(golden, architecture.preprocessing().statistics());
      float[] expected = Twins.logits(architecture, plain, images);
      if (golden.metadata().get("mode").equals("eval")) {
        float[] timm = golden.tensor("out.logits", TestDevice.get()).toFloats();
        assertTrue(Twins.largestDifference(timm, expected) <= TOLERANCE);
      }
      int patch = architecture.body().patch();
      for (List<TransformKind> chain : CHAINS) {
        var spec = new KeySpec(chain, patch, FlattenOrder.HWC, Derivation.SECURE);
        assertExact(architecture, plain, spec, images, expected);
      }
      int part = patch % 2 == 0 ? patch / 2 : 1;
      KeySpec small = new KeySpec(CHAINS.getLast(), part, FlattenOrder.CHW, Derivation.SECURE);
      assertExact(architecture, plain, small, images, expected);
    }
  }

  @Test
  @Tag("cpu-only") // a real network's size
  void deitTinyHasExactTwins() throws IOException {
    Path file = SharedFiles.file("data/weights/deit-tiny-imagenet-f16.safetensors");
    Path folder = SharedFiles.file("data/weights/deit-tiny-reference");
    Architecture architecture = Architecture.named("deit_tiny_patch16_224");
    try (Scope _ = Scope.open("test");
        Safetensors plain = Safetensors.open(file)) {
      Tensor images =
          Tensor.concatenate(0, picture(folder, "img0.png"), picture(folder, "img1.png"));
      float[] expected = Twins.logits(architecture, plain, images);
      for (List<TransformKind> chain : CHAINS) {
        var spec = new KeySpec(chain, 16, FlattenOrder.HWC, Derivation.SECURE);
        assertExact(architecture, plain, spec, images, expected);
      }
      assertExact(architecture, plain, KeySpec.secure(4, SHUFFLE, NEGATE), images, expected);
      KeySpec moving = KeySpec.secure(16, SHUFFLE, NEGATE, SCRAMBLE);
      assertExact(architecture, plain, moving, images, expected);
    }
  }

  /** The rows before the patches' stay where they are, however many there are. */
  @ParameterizedTest
  @ValueSource(strings = {"", "-distilled", "-deit3", "-no-qkv-bias"})
  void everyVariantOfTransformersHasExactTwins(String variant) throws WeightsException {
    Architecture architecture =
        Architecture.named("vit-12-2-h2-p4" + variant).withImageSize(16).with(Twins.statistics(6));
    try (Scope _ = Scope.open("test")) {
      Weights plain = Twins.weights(architecture, 3);
      Tensor images = Twins.pictures(architecture, 2, 4);
      float[] expected = Twins.logits(architecture, plain, images);
      KeySpec moving = KeySpec.secure(4, SHUFFLE, NEGATE, SCRAMBLE);
      assertExact(architecture, plain, KeySpec.secure(2, SHUFFLE, NEGATE), images, expected);
      assertExact(architecture, plain, moving, images, expected);
      try (Key key = ExperimentKeys.draw(moving, 1, 5).getFirst();
          Key other = ExperimentKeys.draw(moving, 1, 6).getFirst()) {
        ModelEncryption encryption = ModelEncryption.of(architecture, key);
        Weights twin = encryption.encrypt(plain);
        float[] wrong = Twins.logits(encryption.twin(), twin, images);
        double difference = Twins.largestDifference(expected, wrong);
        assertTrue(difference > 100 * TOLERANCE, "logits differ by " + difference + " alone");
        assertArrayEquals(
            positions(ModelEncryption.of(architecture, other).encrypt(plain)),
            positions(
                ModelEncryption.of(encryption.twin(), other).encrypt(encryption.decrypt(twin))));
      }
    }
  }

  private static float[] positions(Weights weights) throws WeightsException {
    return weights.tensor("pos_embed", TestDevice.get()).toFloats();
  }

  private static void assertExact(
      Architecture architecture, Weights plain, KeySpec spec, Tensor images, float[] expected)
      throws WeightsException {
    try (Key key = ExperimentKeys.draw(spec, 1, 5).getFirst()) {
      float[] found = Twins.logits(architecture, plain, key, images);
      double difference = Twins.largestDifference(expected, found);
      assertTrue(difference <= TOLERANCE, spec.canonical() + ": logits differ by " + difference);
    }
  }

  @Test
  void thePapersRuleIsTheSpecialCaseOfMeanAndDeviationOneHalf() throws WeightsException {
    Architecture architecture = Architecture.named("convmixer-4-1-k3-p4");
    KeySpec spec = KeySpec.published(Derivation.PUBLISHED_2207_11939, 4, SHUFFLE, NEGATE);
    try (Scope _ = Scope.open("test");
        Key key = Key.published(spec, 0)) {
      Weights plain = Twins.weights(architecture, 3);
      ModelEncryption encryption = ModelEncryption.of(architecture, key);
      Weights twin = encryption.encrypt(plain);
      assertEquals(architecture, encryption.twin());
      float[] before = plain.tensor("stem.0.weight", TestDevice.get()).toFloats();
      float[] after = twin.tensor("stem.0.weight", TestDevice.get()).toFloats();
      List<BlockTransform> steps = key.blockTransforms(3);
      Permutation permutation = ((BlockTransform.Shuffle) steps.get(0)).permutation();
      boolean[] mask = ((BlockTransform.Negate) steps.get(1)).mask();
      for (int i = 0; i < after.length; i++) {
        float column = before[i / 48 * 48 + permutation.at(i % 48)];
        assertEquals(mask[i % 48] ? -column : column, after[i]);
      }
      assertArrayEquals(
          plain.tensor("stem.0.bias", TestDevice.get()).toFloats(),
          twin.tensor("stem.0.bias", TestDevice.get()).toFloats());
    }
  }

  @Test
  void withoutItsKeyTheTwinSaysSomethingElse() throws WeightsException {
    Architecture architecture = Architecture.named("vit-12-1-h2-p4").withImageSize(16);
    try (Scope _ = Scope.open("test");
        Key key = ExperimentKeys.draw(KeySpec.secure(4, SHUFFLE, NEGATE), 1, 1).getFirst()) {
      Weights plain = Twins.weights(architecture, 3);
      Tensor images = Twins.pictures(architecture, 2, 4);
      ModelEncryption encryption = ModelEncryption.of(architecture, key);
      double difference =
          Twins.largestDifference(
              Twins.logits(architecture, plain, images),
              Twins.logits(encryption.twin(), encryption.encrypt(plain), images));
      assertTrue(difference > 100 * TOLERANCE, "logits differ by " + difference + " alone");
    }
  }

  @Test
  void whatHasNoExactTwinIsRefusedInOneLine() {
    Architecture mixer = Architecture.named("convmixer-4-1-k3-p4");
    refused("divides the patch", mixer, KeySpec.secure(8, SHUFFLE));
    refused("divides the patch", mixer, KeySpec.secure(3, NEGATE));
    refused("no linear map", mixer, KeySpec.secure(4, FFX));
    refused("no linear map", mixer, KeySpec.secure(2, SHUFFLE, FFX, NEGATE));
    refused("without a position embedding", mixer, KeySpec.secure(4, SCRAMBLE));
    Architecture vit = Architecture.named("vit-4-1-h1-p4");
    refused("several patches", vit, KeySpec.secure(2, SCRAMBLE));
    for (TransformKind kind :
        List.of(SHUFFLE_EACH, NEGATE_EACH, ROTATE, FLIP, CHANNELS, NEGATE_BLOCK)) {
      refused("treats patches differently", vit, KeySpec.secure(4, kind));
    }
    refused("expected a ViT", Architecture.named("resnet20"), KeySpec.secure(4, SHUFFLE));
  }

  private static void refused(String reason, Architecture architecture, KeySpec spec) {
    try (Key key = ExperimentKeys.draw(spec, 1, 1).getFirst()) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> ModelEncryption.of(architecture, key))
              .getMessage();
      assertTrue(message.contains(reason), message);
      assertTrue(message.contains(architecture.name()), message);
      assertEquals(1, message.lines().count());
    }
  }

  @Test
  void weightsOfAnotherSizeAreNamed() {
    Architecture architecture = Architecture.named("convmixer-4-1-k3-p4");
    try (Scope _ = Scope.open("test");
        Key key = ExperimentKeys.draw(KeySpec.secure(2, SHUFFLE), 1, 1).getFirst()) {
      ModelEncryption encryption = ModelEncryption.of(architecture, key);
      Weights other = Twins.weights(Architecture.named("convmixer-4-1-k3-p2"), 1);
      var refusal = assertThrows(WeightsException.class, () -> encryption.encrypt(other));
      assertTrue(refusal.getMessage().contains("stem.0.weight has shape"), refusal.getMessage());
      var missing =
          assertThrows(
              WeightsException.class, () -> encryption.encrypt(Weights.of("none", Map.of())));
      assertTrue(missing.getMessage().contains("missing: stem.0.weight"), missing.getMessage());
    }
    Architecture distilled = Architecture.named("vit-12-1-h2-p4-distilled").withImageSize(16);
    try (Scope _ = Scope.open("test");
        Key key = ExperimentKeys.draw(KeySpec.secure(4, SCRAMBLE), 1, 1).getFirst()) {
      ModelEncryption encryption = ModelEncryption.of(distilled, key);
      Weights plain = Twins.weights(Architecture.named("vit-12-1-h2-p4").withImageSize(16), 1);
      var refusal = assertThrows(WeightsException.class, () -> encryption.encrypt(plain));
      assertTrue(
          refusal.getMessage().contains("pos_embed has shape [1,17,12], expected [1,18,width]"),
          refusal.getMessage());
    }
  }

  @Test
  void nothingTellsTheTables() {
    try (Key key = ExperimentKeys.draw(KeySpec.secure(2, SHUFFLE), 1, 1).getFirst()) {
      Architecture architecture = Architecture.named("convmixer-4-1-k3-p4");
      assertEquals(
          "ModelEncryption[convmixer-4-1-k3-p4]", ModelEncryption.of(architecture, key).toString());
      String shown = PatchMap.of(key.pixelMap(3, 32, 32), 3, 32, 4).toString();
      assertEquals("PatchMap[patches=64 values=48]", shown);
      assertFalse(shown.contains(Arrays.toString(key.pixelMap(3, 4, 4).sources())));
    }
  }

  private static Architecture architecture(Map<String, String> about) {
    boolean vit = about.get("arch").equals("vit");
    String last = vit ? "h" + about.get("heads") : "k" + about.get("kernel");
    String name =
        "%s-%s-%s-%s-p%s%s"
            .formatted(
                vit ? "vit" : "convmixer",
                about.get("dim"),
                about.get("depth"),
                last,
                about.get("patch"),
                !vit && about.get("act").equals("relu") ? "-relu" : "");
    return Architecture.named(name)
        .withImageSize(Integer.parseInt(about.get("img")))
        .withClasses(Integer.parseInt(about.get("classes")))
        .with(PixelStatistics.IMAGENET);
  }

  private static Tensor pixels(Safetensors golden, PixelStatistics statistics)
      throws WeightsException {
    Tensor normalised = golden.tensor("in.x", TestDevice.get());
    return normalised.multiplyAdd(channels(statistics.deviation()), channels(statistics.mean()));
  }

  private static Tensor channels(List<Double> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return Tensor.of(TestDevice.get(), Shape.of(floats.length, 1, 1), floats);
  }

  private static Tensor picture(Path folder, String name) throws IOException {
    Picture picture = PictureDecoder.decode(Files.readAllBytes(folder.resolve(name)));
    byte[] planes = new byte[3 * picture.width() * picture.height()];
    picture.copyPlanes(planes, 0);
    Shape shape = Shape.of(1, 3, picture.height(), picture.width());
    return Pixels.inUnitRange(Tensor.ofBytes(TestDevice.get(), shape, planes));
  }
}
