package org.wardlock.attacks;

import java.util.Random;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** What tests of attacks share. */
public final class Testing {
  private Testing() {}

  /** Where tests compute. */
  public static Device device() {
    return TestDevice.get();
  }

  /** Numbers uniform in [low, high). */
  public static float[] uniform(Random random, int count, double low, double high) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (low + random.nextDouble() * (high - low));
    }
    return values;
  }

  /** Normal numbers. */
  public static float[] normal(Random random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  /** A batch of pictures. */
  public static Tensor images(Shape one, float... values) {
    int count = (int) (values.length / one.count());
    return Tensor.of(
        device(), Shape.of(count, one.extent(0), one.extent(1), one.extent(2)), values);
  }

  /** Pictures with values well inside [0, 1], labelled as a classifier answers them. */
  public static Pictures answered(Classifier classifier, Random random, int count) {
    Shape one = classifier.imageShape();
    float[] values = uniform(random, Math.toIntExact(count * one.count()), 0.3, 0.7);
    Tensor images = images(one, values);
    return Pictures.of(images, classifier.logits(images).argMax().toInts());
  }

  /** A radius close to a number. */
  public static Rational rational(double value) {
    return Rational.of(Math.round(value * 1e9), 1_000_000_000);
  }
}
