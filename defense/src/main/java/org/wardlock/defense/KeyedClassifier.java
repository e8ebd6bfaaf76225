package org.wardlock.defense;

import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A classifier behind a key: pictures in [0, 1] are transformed by the key and handed to a model
 * that was trained on such pictures. From outside it is a classifier like any other, and what is
 * attacked is what is deployed.
 *
 * <p>Gradients are exact with shuffle and negate; with FFX there are none unless {@link
 * #withIdentityGradient} stands in for them. Safe for any number of threads.
 */
public final class KeyedClassifier implements Classifier, AutoCloseable {
  private final Classifier model;
  private final KeyTransform transform;

  private KeyedClassifier(Classifier model, KeyTransform transform) {
    this.model = model;
    this.transform = transform;
  }

  /**
   * A model behind a key, whether or not it was trained with it: a wrong key is how its worth is
   * measured.
   *
   * @param model which sees transformed pictures, and stays the caller's to close
   * @param key which may be closed afterwards
   * @throws IllegalArgumentException if the key's blocks do not fit the model's pictures
   */
  public static KeyedClassifier of(Classifier model, Key key) {
    return new KeyedClassifier(model, KeyTransform.of(key, model.imageShape(), model.device()));
  }

  /**
   * A second classifier, to be closed on its own, through whose FFX step gradients pass unchanged:
   * see {@link KeyTransform#withIdentityGradient}.
   */
  public KeyedClassifier withIdentityGradient() {
    return new KeyedClassifier(model, transform.withIdentityGradient());
  }

  @Override
  public Device device() {
    return model.device();
  }

  @Override
  public Shape imageShape() {
    return model.imageShape();
  }

  @Override
  public int classes() {
    return model.classes();
  }

  @Override
  public Tensor logits(Tensor images) {
    try (Scope _ = Scope.open("keyed classifier")) {
      return model.logits(transform.apply(images)).keep();
    }
  }

  @Override
  public boolean isDifferentiable() {
    return model.isDifferentiable() && transform.isDifferentiable();
  }

  @Override
  public boolean isDeterministic() {
    return model.isDeterministic();
  }

  /** Gives up the key's tables. */
  @Override
  public void close() {
    transform.close();
  }
}
