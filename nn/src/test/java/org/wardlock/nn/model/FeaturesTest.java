package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Shared;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/** What blocks make of pictures, against the logits that follow from it. */
class FeaturesTest {
  private static final int SIDE = 8;
  private static final int CLASSES = 3;

  private final Device device = Shared.device();

  /** Bodies and, for each cut-off, the body that ends there. */
  static Stream<Arguments> cuts() {
    var mixer = new ConvMixer.Size(4, 3, 3, 2, Activation.GELU);
    var vit = new VisionTransformer.Size(6, 3, 2, 4);
    var stages = List.of(2, 1);
    return Stream.of(
        Arguments.of(mixer, 1, new ConvMixer.Size(4, 1, 3, 2, Activation.GELU), 4, 4, 4),
        Arguments.of(mixer, 3, mixer, 4, 4, 4),
        Arguments.of(vit, 2, new VisionTransformer.Size(6, 2, 2, 4), 5, 6, 0),
        Arguments.of(vit, 3, vit, 5, 6, 0),
        Arguments.of(
            new ResNet.Size(ResNet.Family.CIFAR, stages),
            2,
            new ResNet.Size(ResNet.Family.CIFAR, List.of(2)),
            16,
            8,
            8),
        Arguments.of(
            new ResNet.Size(ResNet.Family.BOTTLENECK, stages),
            3,
            new ResNet.Size(ResNet.Family.BOTTLENECK, stages),
            512,
            1,
            1));
  }

  private static Architecture architecture(Body body) {
    Preprocessing preprocessing = Architecture.named("resnet20").preprocessing();
    return new Architecture(body.name(), body, preprocessing.withImageSize(SIDE), CLASSES);
  }

  private Tensor pictures(int count) {
    Tensor streams = Tensor.ofLongs(device, Shape.of(1), 5);
    return Tensor.random(Distribution.UNIFORM, 1, 2, streams, count * 3 * SIDE * SIDE)
        .reshape(count, 3, SIDE, SIDE);
  }

  private ImageClassifier trained(Body body) {
    Network network = Network.initial(architecture(body), device, 3);
    network.logits(pictures(4), Pass.TRAINING); // moves the running statistics
    return ImageClassifier.copyOf(network);
  }

  private static Map<String, Tensor> state(Network network, Device device) {
    return network.parameters().state(device);
  }

  /** A network that ends at the cut-off and has the deeper one's weights, but a head of its own. */
  private Network ending(Body shallow, Network deep) throws WeightsException {
    Network fresh = Network.initial(architecture(shallow), device, 4);
    Map<String, Tensor> all = state(deep, device);
    Map<String, Tensor> chosen =
        state(fresh, device).entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    e ->
                        e.getKey().startsWith(shallow.head() + ".")
                            ? e.getValue()
                            : all.get(e.getKey())));
    return Network.load(architecture(shallow), device, Weights.of("test", chosen));
  }

  private static Tensor headOn(Tensor features, Network network) {
    Map<String, Tensor> parameters =
        network.parameters().all().stream()
            .collect(Collectors.toMap(Parameter::name, Parameter::tensor));
    int count = features.shape().extent(0);
    Tensor summary =
        features.shape().rank() == 3
            ? features
                .slice(1, 0, 1)
                .reshape(count, features.shape().extent(2))
                .layerNorm(parameters.get("norm.weight"), parameters.get("norm.bias"), 1e-6f)
            : features.mean(2, 3).reshape(count, features.shape().extent(1));
    String head = network.architecture().body().head();
    return summary.linear(parameters.get(head + ".weight"), parameters.get(head + ".bias"));
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void areWhatANetworkThatEndsThereJudgesBy(
      Body body, int cutoff, Body shallow, int first, int second, int third)
      throws WeightsException {
    try (Scope _ = Scope.open("test")) {
      Network deep = Network.initial(architecture(body), device, 3);
      deep.logits(pictures(4), Pass.TRAINING);
      Network ending = ending(shallow, deep);
      Tensor x = pictures(2);
      Tensor features = deep.features(x, cutoff, Pass.EVALUATION);
      Shape expected = third == 0 ? Shape.of(2, first, second) : Shape.of(2, first, second, third);
      assertEquals(expected, features.shape());
      assertArrayEquals(
          ending.logits(x, Pass.EVALUATION).toFloats(), headOn(features, ending).toFloats());
    }
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void gradientsLeadToThePicturesAndRowsStandAlone(
      Body body, int cutoff, Body shallow, int first, int second, int third) {
    try (Scope _ = Scope.open("test");
        ImageClassifier classifier = trained(body)) {
      Tensor x = pictures(3);
      Tensor leaf = x.requiresGrad();
      Tensor features = classifier.features(leaf, cutoff);
      Tensor seed = features.detach().affine(0.5f, 0.1f);
      Tensor gradient = features.backward(seed, List.of(leaf)).of(leaf);
      Tensor plain = classifier.features(x, cutoff);
      assertArrayEquals(features.toFloats(), plain.toFloats());
      for (int i = 0; i < 3; i++) {
        Tensor alone = classifier.features(x.slice(0, i, i + 1), cutoff);
        assertArrayEquals(plain.slice(0, i, i + 1).toFloats(), alone.toFloats());
      }
      Tensor direction = pictures(4).slice(0, 1, 4).affine(2, -1);
      float step = 1.0f / 1024;
      double numeric =
          (dot(classifier.features(x.add(direction.multiply(step)), cutoff), seed)
                  - dot(classifier.features(x.subtract(direction.multiply(step)), cutoff), seed))
              / (2 * step);
      double exact = dot(gradient, direction);
      double scale = Math.sqrt(dot(gradient, gradient) * dot(direction, direction));
      assertTrue(scale > 0);
      assertEquals(exact, numeric, 2e-3 * scale);
    }
  }

  private static double dot(Tensor a, Tensor b) {
    float[] x = a.toFloats();
    float[] y = b.toFloats();
    return IntStream.range(0, x.length).mapToDouble(i -> (double) x[i] * y[i]).sum();
  }

  @Test
  void blocksAreFoundByName() {
    Architecture deit = Architecture.named("deit_tiny_patch16_224");
    assertEquals(12, deit.depth());
    assertEquals(1, deit.block("block1"));
    assertEquals(12, deit.block("block12"));
    assertEquals(16, Architecture.named("resnet50").depth());
    assertEquals(32, Architecture.named("convmixer_768_32").depth());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"block0", "block13", "block-1", "blocks.7", "Block7", "7", "", "block99999"})
  void otherNamesAreRefusedWithThoseThereAre(String layer) {
    Architecture deit = Architecture.named("deit_tiny_patch16_224");
    String message =
        assertThrows(IllegalArgumentException.class, () -> deit.block(layer)).getMessage();
    assertTrue(message.contains("deit_tiny_patch16_224 has block1 to block12"), message);
  }

  @Test
  void cutOffsAndPicturesThatDoNotFitAreRefused() {
    try (Scope _ = Scope.open("test");
        ImageClassifier classifier = trained(new VisionTransformer.Size(6, 2, 2, 4))) {
      Tensor x = pictures(1);
      assertThrows(IllegalArgumentException.class, () -> classifier.features(x, 0));
      String tooDeep =
          assertThrows(IllegalArgumentException.class, () -> classifier.features(x, 3))
              .getMessage();
      assertTrue(tooDeep.contains("block 3"), tooDeep);
      Tensor small = x.slice(2, 0, 4);
      assertThrows(IllegalArgumentException.class, () -> classifier.features(small, 1));
    }
  }
}
