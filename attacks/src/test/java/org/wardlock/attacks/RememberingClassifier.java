package org.wardlock.attacks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** A classifier that remembers every image it was asked about: the way that an attack went. */
public final class RememberingClassifier implements Classifier {
  private final Classifier inner;
  private final List<float[][]> questions = new ArrayList<>();

  /** Has seen nothing yet. */
  public RememberingClassifier(Classifier inner) {
    this.inner = inner;
  }

  /** The batches it was asked about, in order; the first look is at the clean pictures. */
  public List<float[][]> questions() {
    return questions;
  }

  /**
   * The images of the picture in a row that an attack asked about, if all its batches were of all
   * the pictures: without the first look at the clean ones.
   */
  public float[][] way(int row) {
    return questions.stream().skip(1).map(batch -> batch[row]).toArray(float[][]::new);
  }

  /** The same way without the questions about the clean picture. */
  public float[][] wayBeyondTheClean(int row) {
    float[] clean = questions.getFirst()[row];
    return Stream.of(way(row))
        .filter(image -> !Arrays.equals(image, clean))
        .toArray(float[][]::new);
  }

  @Override
  public Device device() {
    return inner.device();
  }

  @Override
  public Shape imageShape() {
    return inner.imageShape();
  }

  @Override
  public int classes() {
    return inner.classes();
  }

  @Override
  public Tensor logits(Tensor images) {
    questions.add(Rows.toHost(images));
    return inner.logits(images);
  }

  @Override
  public boolean isDifferentiable() {
    return inner.isDifferentiable();
  }

  @Override
  public boolean isDeterministic() {
    return inner.isDeterministic();
  }
}
