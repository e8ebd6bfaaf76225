package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Pass;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.Shared;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;
import org.wardlock.tensor.spi.Distribution;

class NetworkTest {
  private final Device device = Shared.device();

  @TempDir Path folder;

  private Tensor pictures(int count, int size) {
    Tensor streams = Tensor.ofLongs(device, Shape.of(1), 5);
    return Tensor.random(Distribution.UNIFORM, 1, 2, streams, count * 3 * size * size)
        .reshape(count, 3, size, size);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convmixer-16-2-k3-p4",
        "convmixer-16-2-k3-p4-relu",
        "vit-24-2-h3-p8",
        "vit-24-2-h3-p8-distilled",
        "vit-24-2-h3-p8-deit3",
        "vit-24-2-h3-p8-no-qkv-bias"
      })
  void whatIsStoredLoadsAsTheSameNetwork(String name) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Architecture architecture = Architecture.named(name);
    try (Scope _ = Scope.open("test")) {
      Network network = Network.initial(architecture, device, 3);
      Tensor x = pictures(2, 32);
      network.logits(x, Pass.TRAINING); // moves the running statistics from where they start
      Safetensors.write(file, network.parameters().state(device), Map.of());
      try (Safetensors stored = Safetensors.open(file);
          ImageClassifier loaded = ImageClassifier.load(architecture, device, stored);
          ImageClassifier copied = ImageClassifier.copyOf(network)) {
        float[] expected = network.logits(x, Pass.EVALUATION).toFloats();
        assertArrayEquals(expected, loaded.logits(x).toFloats());
        assertArrayEquals(expected, copied.logits(x).toFloats());
        assertEquals(Shape.of(2, 10), loaded.logits(x).shape());
        assertEquals(Shape.of(0, 10), loaded.logits(x.slice(0, 0, 0)).shape());
      }
    }
  }

  @Test
  void aRowOfLogitsDependsOnItsPictureAlone() {
    try (Scope _ = Scope.open("test");
        ImageClassifier mixer = classifier("convmixer-16-2-k3-p4");
        ImageClassifier vit = classifier("vit-24-2-h3-p8")) {
      Tensor x = pictures(5, 32);
      for (ImageClassifier classifier : new ImageClassifier[] {mixer, vit}) {
        Tensor together = classifier.logits(x);
        for (int i = 0; i < 5; i++) {
          Tensor alone = classifier.logits(x.slice(0, i, i + 1));
          assertArrayEquals(together.slice(0, i, i + 1).toFloats(), alone.toFloats());
        }
      }
    }
  }

  /** More pictures than stay in the cache together, in pieces of unequal size. */
  @Test
  void piecesOfALargeBatchAreOnlyFaster() {
    try (Scope _ = Scope.open("test");
        ImageClassifier mixer = classifier("convmixer-256-1-k3-p2")) {
      Tensor x = pictures(23, 32);
      Tensor together = mixer.logits(x);
      assertEquals(Shape.of(23, 10), together.shape());
      for (int i : new int[] {0, 7, 22}) {
        Tensor alone = mixer.logits(x.slice(0, i, i + 1));
        assertArrayEquals(together.slice(0, i, i + 1).toFloats(), alone.toFloats());
      }
      Tensor tracked = mixer.logits(x.requiresGrad());
      assertArrayEquals(together.toFloats(), tracked.toFloats());
    }
  }

  private ImageClassifier classifier(String name) {
    Network network = Network.initial(Architecture.named(name), device, 0);
    ImageClassifier classifier = ImageClassifier.copyOf(network);
    network.release();
    return classifier;
  }

  @Test
  void aClassifierDoesNotFollowTheNetworkItWasCopiedFrom() {
    try (Scope _ = Scope.open("test")) {
      Network network = Network.initial(Architecture.named("convmixer-8-1-k3-p4"), device, 0);
      var trained = TrainableParameters.of(device, network.parameters(), _ -> true);
      try (ImageClassifier classifier = ImageClassifier.copyOf(network)) {
        Tensor x = pictures(1, 32).requiresGrad();
        float[] before = classifier.logits(x).toFloats();
        Updates.fill(trained.values(), 0.25f);
        assertArrayEquals(before, classifier.logits(x).toFloats());
        var gradients = classifier.logits(x).sum().backward();
        assertEquals(x.shape(), gradients.of(x).shape());
        assertThrows(
            IllegalArgumentException.class,
            () -> gradients.of(trained.parameters().getFirst().tensor()));
      }
    }
  }

  @Test
  void equalSeedsGiveEqualNetworksInAnyOrderOfMaking() {
    try (Scope _ = Scope.open("test")) {
      ParameterSource one = ParameterSource.initial(device, 7);
      ParameterSource other = ParameterSource.initial(device, 7);
      var size = new VisionTransformer.Size(24, 2, 3, 8);
      size.build(other.child("second"), 32, 10);
      size.build(other.child("first"), 32, 10);
      size.build(one.child("first"), 32, 10);
      size.build(one.child("second"), 32, 10);
      Map<String, Tensor> expected = one.parameters().state(device);
      Map<String, Tensor> found = other.parameters().state(device);
      assertEquals(expected.keySet(), found.keySet());
      for (String name : expected.keySet()) {
        assertArrayEquals(expected.get(name).toFloats(), found.get(name).toFloats(), name);
      }
      assertNotEquals(
          expected.get("first.head.weight").toFloats()[0],
          expected.get("second.head.weight").toFloats()[0]);
    }
  }

  @Test
  void initialValuesHaveTheirDistribution() {
    try (Scope _ = Scope.open("test")) {
      Map<String, Tensor> vit =
          Network.initial(Architecture.named("vit-64-1-h4-p4"), device, 0)
              .parameters()
              .state(device);
      assertEquals(0.02, deviation(vit.get("blocks.0.mlp.fc1.weight")), 0.0005);
      assertEquals(0.02, deviation(vit.get("pos_embed")), 0.001);
      assertEquals(0, deviation(vit.get("blocks.0.mlp.fc1.bias")));
      double bound = 1 / Math.sqrt(3 * 4 * 4);
      assertEquals(bound / Math.sqrt(3), deviation(vit.get("patch_embed.proj.weight")), 0.002);
      float largest = vit.get("patch_embed.proj.weight").abs().max().item();
      assertTrue(largest <= bound && largest > 0.99 * bound, () -> "largest " + largest);
    }
  }

  private static double deviation(Tensor x) {
    double sum = 0;
    for (float value : x.toFloats()) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / x.shape().count());
  }

  @Test
  void everythingThatDoesNotFitIsToldAtOnce() {
    try (Scope _ = Scope.open("test")) {
      Architecture small = Architecture.named("convmixer-8-1-k3-p4");
      Network network = Network.initial(small, device, 0);
      Weights weights = Weights.of("some.file", network.parameters().state(device));
      Architecture other = Architecture.named("convmixer-8-2-k3-p4").withClasses(7);
      var error = assertThrows(WeightsException.class, () -> Network.load(other, device, weights));
      String message = error.getMessage();
      assertTrue(message.startsWith("weights some.file: 12 tensor(s) missing: "), message);
      assertTrue(message.contains("blocks.1.0.fn.0.weight"), message);
      assertTrue(message.contains("tensor head.weight has shape [10,8], expected [7,8]"), message);
      assertTrue(message.contains("tensor head.bias has shape [10], expected [7]"), message);
      var reverse =
          assertThrows(
              WeightsException.class,
              () ->
                  Network.load(
                      small,
                      device,
                      Weights.of(
                          "other.file",
                          Network.initial(other, device, 0).parameters().state(device))));
      assertTrue(reverse.getMessage().contains("14 tensor(s) unexpected: "), reverse::getMessage);
    }
  }

  @Test
  void picturesOfAnotherShapeAreRefused() {
    try (Scope _ = Scope.open("test");
        ImageClassifier classifier = classifier("convmixer-8-1-k3-p4")) {
      Tensor x = pictures(1, 28);
      var error = assertThrows(IllegalArgumentException.class, () -> classifier.logits(x));
      assertEquals(
          "convmixer-8-1-k3-p4: pictures of shape [1,3,28,28], expected [N,3,32,32]",
          error.getMessage());
    }
  }

  @Test
  void normalisationIsInside() {
    try (Scope _ = Scope.open("test")) {
      Architecture half = Architecture.named("convmixer-8-1-k3-p4");
      Architecture imagenet = half.with(PixelStatistics.IMAGENET);
      Tensor x = pictures(1, 32);
      Tensor mean = Tensor.of(device, Shape.of(3, 1, 1), 0.485f, 0.456f, 0.406f);
      Tensor deviation = Tensor.of(device, Shape.of(3, 1, 1), 0.229f, 0.224f, 0.225f);
      Tensor byHand = x.subtract(mean).divide(deviation).affine(0.5f, 0.5f);
      float[] expected =
          Network.initial(half, device, 0).logits(byHand, Pass.EVALUATION).toFloats();
      float[] found = Network.initial(imagenet, device, 0).logits(x, Pass.EVALUATION).toFloats();
      assertArrayEquals(expected, found, 1e-4f);
    }
  }

  @Test
  void aVarianceOfOneValueIsRefused() {
    try (Scope _ = Scope.open("test")) {
      Network network =
          Network.initial(Architecture.named("convmixer-8-1-k3-p4").withImageSize(4), device, 3);
      var error =
          assertThrows(
              IllegalArgumentException.class, () -> network.logits(pictures(1, 4), Pass.TRAINING));
      assertTrue(error.getMessage().contains("at least 2"), error::getMessage);
      network.logits(pictures(2, 4), Pass.TRAINING);
    }
  }
}
