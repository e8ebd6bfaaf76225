package org.wardlock.attacks.diagnosis;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Testing;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Classifiers with one known fault each. */
final class Planted {
  static final Shape SHAPE = Shape.of(3, 6, 6);
  private static final int VALUES = 108;

  private Planted() {}

  private static FunctionClassifier before(Classifier inner, UnaryOperator<Tensor> change) {
    return new FunctionClassifier(
        SHAPE, inner.classes(), images -> inner.logits(change.apply(images)));
  }

  static FunctionClassifier after(Classifier inner, UnaryOperator<Tensor> change) {
    return new FunctionClassifier(
        SHAPE, inner.classes(), images -> change.apply(inner.logits(images)));
  }

  /** Probabilities in place of logits. */
  static Classifier softmaxHead(Random random) {
    return after(FunctionClassifier.network(random, SHAPE, 5), Tensor::softmax);
  }

  /** Logits so far apart that float32 sees no cross-entropy. */
  static Classifier saturated(Random random) {
    return after(LinearClassifier.random(random, SHAPE, 5), logits -> logits.multiply(10_000));
  }

  /** Input in two steps: no gradient anywhere. */
  static Classifier quantised(Random random) {
    return before(
        LinearClassifier.random(random, SHAPE, 5),
        images -> images.affine(1, -0.5f).sign().affine(0.5f, 0.5f));
  }

  /** Another answer every time. */
  static Classifier varying(Random random) {
    AtomicInteger turn = new AtomicInteger();
    return before(
        LinearClassifier.random(random, SHAPE, 5),
        images -> images.affine(1, turn.getAndIncrement() % 3 * 0.01f));
  }

  /** Slopes that exist nearly nowhere: the gradient is there, and leads nowhere. */
  static Classifier steep(Random random) {
    return before(
        LinearClassifier.random(random, SHAPE, 5), images -> images.affine(4000, -2000).tanh());
  }

  /** Pictures of which the steep classifier sees a slope of one value each. */
  static Pictures steepPictures(Classifier steep, Random random, int count) {
    float[] values = new float[count * VALUES];
    for (int i = 0; i < values.length; i++) {
      // a single value of each picture has a slope; the others have far to go
      values[i] = i % VALUES == 0 ? 0.5f : random.nextBoolean() ? 0.59f : 0.41f;
    }
    Tensor images = Testing.images(SHAPE, values);
    return Pictures.of(images, steep.logits(images).argMax().toInts());
  }

  /** Its answers flicker from point to point, around those of another. */
  static Classifier flickering(Random random) {
    Classifier inner = LinearClassifier.random(random, SHAPE, 5);
    Tensor directions =
        Tensor.of(Testing.device(), Shape.of(5, VALUES), Testing.normal(random, 5 * VALUES, 1));
    Tensor none = Tensor.of(Testing.device(), Shape.of(5), new float[5]);
    return new FunctionClassifier(
        SHAPE,
        5,
        images -> {
          Tensor phase =
              images
                  .reshape(images.shape().extent(0), VALUES)
                  .linear(directions, none)
                  .multiply(300);
          // a triangle wave of the phase, by its distance from the nearest whole number
          Tensor wave = phase.subtract(phase.affine(1, 0.5f).cast(DType.I32).cast(DType.F32)).abs();
          return inner.logits(images).add(wave.multiply(8));
        });
  }
}
