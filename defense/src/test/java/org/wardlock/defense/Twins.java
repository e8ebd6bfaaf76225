package org.wardlock.defense;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Plain networks, their keyed twins, and how far apart what they say is. */
final class Twins {
  private Twins() {}

  /**
   * Weights of a plain network, all of them random and large enough that each pixel shows in the
   * logits: those of a network that has learnt nothing hardly depend on its pictures.
   */
  static Weights weights(Architecture architecture, long seed) {
    Network network = Network.initial(architecture, TestDevice.get(), seed);
    var random = new Random(seed);
    var state = network.parameters().state(TestDevice.get());
    state.replaceAll(
        (name, tensor) -> {
          if (name.endsWith("gamma")) {
            return Tensor.full(TestDevice.get(), tensor.shape(), 0.5f);
          }
          boolean matrix = name.endsWith("weight") && tensor.shape().rank() > 1;
          if (!matrix && !name.endsWith("bias") && !name.equals("pos_embed")) {
            return tensor;
          }
          long fanIn = matrix ? tensor.shape().count() / tensor.shape().extent(0) : 4;
          float deviation = (float) (1 / Math.sqrt(fanIn));
          return Tensor.of(
              TestDevice.get(), tensor.shape(), normal(random, tensor.shape(), deviation));
        });
    return Weights.of("of a plain network", state);
  }

  private static float[] normal(Random random, Shape shape, float deviation) {
    float[] values = new float[Math.toIntExact(shape.count())];
    for (int i = 0; i < values.length; i++) {
      values[i] = deviation * (float) random.nextGaussian();
    }
    return values;
  }

  /** Three channels of any mean in [0, 1] and any deviation in [0.1, 1]. */
  static PixelStatistics statistics(long seed) {
    var random = new Random(seed);
    List<Double> mean = new ArrayList<>();
    List<Double> deviation = new ArrayList<>();
    for (int channel = 0; channel < 3; channel++) {
      mean.add(random.nextDouble());
      deviation.add(0.1 + 0.9 * random.nextDouble());
    }
    return new PixelStatistics(mean, deviation);
  }

  /** A batch of pictures of noise. */
  static Tensor pictures(Architecture architecture, int count, long seed) {
    int side = architecture.imageSize();
    return Tensor.of(
        TestDevice.get(),
        Shape.of(count, 3, side, side),
        Pictures.random(seed, count * 3 * side * side, 1 << 20));
  }

  /** The logits of the twin behind the key. */
  static float[] logits(Architecture architecture, Weights plain, Key key, Tensor images)
      throws WeightsException {
    ModelEncryption encryption = ModelEncryption.of(architecture, key);
    try (ImageClassifier twin =
            ImageClassifier.load(encryption.twin(), TestDevice.get(), encryption.encrypt(plain));
        KeyedClassifier keyed = KeyedClassifier.of(twin, key)) {
      return logits(keyed, images);
    }
  }

  static float[] logits(Architecture architecture, Weights plain, Tensor images)
      throws WeightsException {
    try (ImageClassifier classifier = ImageClassifier.load(architecture, TestDevice.get(), plain)) {
      return logits(classifier, images);
    }
  }

  static float[] logits(Classifier classifier, Tensor images) {
    try (Scope _ = Scope.open("logits")) {
      return classifier.logits(images).toFloats();
    }
  }

  static double largestDifference(float[] one, float[] other) {
    if (one.length != other.length) {
      throw new AssertionError(one.length + " and " + other.length + " logits");
    }
    double largest = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = Math.abs((double) one[i] - other[i]);
      // so that NaN counts as large
      largest = difference <= largest ? largest : difference;
    }
    return largest;
  }
}
