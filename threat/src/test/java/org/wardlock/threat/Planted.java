package org.wardlock.threat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.defense.ExperimentKeys;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.TransformKind;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.weights.Weights;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/** What tests of the grid plant: keys, small models, and pictures that a model is right about. */
final class Planted {
  static final Device DEVICE = Device.CPU;
  static final int SIDE = 8;
  static final Shape IMAGE = Shape.of(3, SIDE, SIDE);

  private static final int LEVELS = 256;

  private Planted() {}

  static Key key(int block, TransformKind... transforms) {
    return key(KeySpec.secure(block, transforms), 7);
  }

  static Key key(KeySpec spec, long seed) {
    return ExperimentKeys.draw(spec, 1, seed).getFirst();
  }

  /** A small convolutional network with random weights: nothing about it is linear. */
  static Classifier network(long seed) {
    Tensor filters = normal(seed, 1, 6, 3, 3, 3).multiply(0.8f);
    Tensor weights = normal(seed, 2, 4, 6).multiply(4);
    Tensor biases = normal(seed, 3, 4).multiply(0.1f);
    return new FunctionClassifier(
        images ->
            images
                .affine(2, -1)
                .conv2d(filters, 1, 1)
                .gelu()
                .mean(2, 3)
                .reshape(images.shape().extent(0), 6)
                .linear(weights, biases));
  }

  /**
   * Takes a picture for the nearest of four templates, and is sure of it: behind a wrong key it
   * knows none.
   *
   * @param templates as the model sees them, a row a class
   */
  static Classifier matching(float[][] templates) {
    Tensor weights = Rows.toDevice(DEVICE, Shape.of(192), templates);
    Tensor halves = weights.square().sum(1).reshape(4).multiply(-0.5f);
    return new FunctionClassifier(
        images -> images.reshape(images.shape().extent(0), 192).linear(weights, halves));
  }

  private static Tensor normal(long seed, int stream, int... extents) {
    Shape shape = Shape.of(extents);
    Tensor number = Tensor.ofLongs(DEVICE, Shape.of(1), stream);
    return Tensor.random(Distribution.NORMAL, seed, 0, number, (int) shape.count())
        .reshape(extents);
  }

  /** A classifier that is a function. */
  private record FunctionClassifier(UnaryOperator<Tensor> function) implements Classifier {
    @Override
    public Device device() {
      return DEVICE;
    }

    @Override
    public Shape imageShape() {
      return IMAGE;
    }

    @Override
    public int classes() {
      return 4;
    }

    @Override
    public Tensor logits(Tensor images) {
      try (Scope _ = Scope.open("planted")) {
        return function.apply(images).keep();
      }
    }
  }

  /** A model that nobody opens. */
  static KnownModel known(Classifier classifier) {
    return new KnownModel("planted", classifier, Weights.of("nobody opens", Map.of()));
  }

  /**
   * Pictures whose values are multiples of 1/256, of which negation and such steps make others
   * without rounding; labelled as a classifier answers them.
   */
  static Pictures pictures(Classifier classifier, int count, long seed) {
    Tensor values =
        Tensor.random(
            Distribution.UNIFORM, seed, 0, Tensor.ofLongs(DEVICE, Shape.of(1), 0), count * 192);
    float[] grid = values.toFloats();
    for (int i = 0; i < grid.length; i++) {
      grid[i] = (float) Math.floor(64 + grid[i] * 128) / LEVELS;
    }
    Tensor images = Tensor.of(DEVICE, Shape.of(count, 3, SIDE, SIDE), grid);
    return Pictures.of(images, classifier.logits(images).argMax().toInts());
  }

  /** All of some pictures, in their order. */
  static PictureSource source(Pictures all) {
    return new PictureSource() {
      @Override
      public int count() {
        return all.count();
      }

      @Override
      public Pictures pictures(int start, int end) throws IOException {
        return all.select(IntStream.range(start, end).toArray());
      }
    };
  }

  static ThreatSetting setting(
      Classifier service, Optional<KeySpec> key, Classifier model, Pictures own, int batch) {
    return new ThreatSetting(
        service,
        key,
        known(model),
        List.of(),
        source(own),
        Threat.linf(Rational.of(8, LEVELS)),
        3,
        batch,
        ThreatListener.NONE);
  }

  static ThreatSetting withBase(ThreatSetting setting, Classifier base) {
    return new ThreatSetting(
        setting.service(),
        setting.keySpec(),
        setting.model(),
        List.of(known(base)),
        setting.own(),
        setting.threat(),
        setting.seed(),
        setting.batchSize(),
        setting.listener());
  }

  static Means means(Optional<Means.Held> surrogate, Optional<Surrogate> behindTable) {
    return new Means(
        Optional.of("planted"),
        surrogate,
        Optional.empty(),
        Optional.empty(),
        behindTable,
        Optional.empty(),
        30,
        30);
  }

  static float[][] values(Tensor images) {
    return Rows.toHost(images.cast(DType.F32));
  }
}
