package org.wardlock.threat;

import java.util.Optional;
import org.wardlock.attacks.LookupClassifier;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyTransform;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.PixelMap;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/** A model behind a key, as one sees it who holds both, or made up the key. */
public final class BehindKey implements AutoCloseable {
  private final KeyedClassifier exact;
  private final KeyedClassifier known;
  private final Optional<KeyTransform> transform;
  private final Optional<LookupClassifier> table;

  /**
   * Puts a model behind a key.
   *
   * @param model which stays the caller's to close
   * @param key which may be closed afterwards
   * @throws IllegalArgumentException if they do not fit
   */
  public BehindKey(Classifier model, Key key) {
    try (Scope _ = Scope.open("model behind a key")) {
      exact = KeyedClassifier.of(model, key);
      if (exact.isDifferentiable()) {
        known = exact;
        transform = Optional.empty();
        table = Optional.empty();
      } else {
        known = exact.withIdentityGradient();
        Shape shape = model.imageShape();
        PixelMap map = key.pixelMap(shape.extent(0), shape.extent(1), shape.extent(2));
        KeyTransform whole = KeyTransform.of(map, shape, model.device());
        transform = Optional.of(whole);
        table = Optional.of(KeyLookup.of(model, map, whole));
      }
    }
  }

  /** For making pictures on. */
  public Surrogate surrogate() {
    return new Surrogate(known, table);
  }

  @Override
  public void close() {
    known.close();
    if (known != exact) {
      exact.close();
    }
    transform.ifPresent(KeyTransform::close);
  }
}
