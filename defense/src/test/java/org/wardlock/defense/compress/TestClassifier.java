package org.wardlock.defense.compress;

import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.testing.TestDevice;

/** A classifier of square pictures of some side, made for a test. */
interface TestClassifier extends Classifier {
  /** Height and width. */
  int side();

  @Override
  default Device device() {
    return TestDevice.get();
  }

  @Override
  default Shape imageShape() {
    return Shape.of(3, side(), side());
  }
}
