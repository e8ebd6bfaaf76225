package org.wardlock.threat.recovery;

import java.util.Random;
import org.wardlock.defense.ExperimentKeys;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyTransform;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/**
 * A tiny model whose key is known: patches, a hidden layer, the mean over patches, a head. Labels
 * are what it answers behind its key, so that guesses which are always right are rare.
 */
final class PlantedModel implements Classifier {
  static final int CLASSES = 4;
  private static final int HIDDEN = 24;
  private static final double CONFIDENCE = 40;
  private static final double CERTAINTY = 4000;

  private final Device device;
  private final Shape imageShape;
  private final int patch;
  private final Tensor stem;
  private final Tensor head;
  private final Tensor bias;

  PlantedModel(Device device, int patch, int side, long seed) {
    this(device, patch, side, CONFIDENCE, seed);
  }

  private PlantedModel(Device device, int patch, int side, double confidence, long seed) {
    this.device = device;
    this.patch = patch;
    imageShape = Shape.of(3, side, side);
    var random = new Random(seed);
    try (Scope _ = Scope.open("planted model")) {
      stem = normal(random, 1, Shape.of(HIDDEN, 3, patch, patch)).unscoped();
      head = normal(random, confidence / HIDDEN, Shape.of(CLASSES, HIDDEN)).unscoped();
      bias = Tensor.zeros(device, Shape.of(CLASSES)).unscoped();
    }
  }

  /** With patches of 2 x 2 pixels, of which a picture has four. */
  static PlantedModel ofBlocksOf2(long seed) {
    return new PlantedModel(TestDevice.get(), 2, 4, seed);
  }

  /** The same, so certain of its answers that nearly right guesses cost much. */
  static PlantedModel ofGreatCertainty(long seed) {
    return new PlantedModel(TestDevice.get(), 2, 4, CERTAINTY, seed);
  }

  private Tensor normal(Random random, double scale, Shape shape) {
    var values = new float[(int) shape.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return Tensor.of(device, shape, values);
  }

  /** Pictures of noise, in the current scope. */
  Tensor pictures(int count, long seed) {
    var random = new Random(seed);
    var values = new float[(int) (count * imageShape.count())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(256) / 255f;
    }
    int side = imageShape.extent(1);
    return Tensor.of(device, Shape.of(count, 3, side, side), values);
  }

  /** What the model answers behind a key. */
  int[] answers(Key key, Tensor pictures) {
    try (Scope _ = Scope.open("answers");
        KeyTransform transform = KeyTransform.of(key, imageShape, device)) {
      return logits(transform.apply(pictures)).argMax().toInts();
    }
  }

  /** What an attacker has who holds pictures labelled behind a key. */
  GuessJudge judge(Key key, int count, long seed) {
    Tensor pictures = pictures(count, seed);
    return new GuessJudge(this, pictures, answers(key, pictures));
  }

  /** Some key of a kind. */
  static Key key(KeySpec spec, long seed) {
    return ExperimentKeys.draw(spec, 1, seed).getFirst();
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Shape imageShape() {
    return imageShape;
  }

  @Override
  public int classes() {
    return CLASSES;
  }

  @Override
  public Tensor logits(Tensor images) {
    try (Scope _ = Scope.open("planted")) {
      // around the middle of the pixels, so that negation is no small matter
      return images
          .affine(2, -1)
          .conv2d(stem, patch, 0)
          .gelu()
          .mean(2, 3)
          .reshape(images.shape().extent(0), HIDDEN)
          .linear(head, bias)
          .keep();
    }
  }
}
