package org.wardlock.threat;

import org.wardlock.attacks.LookupClassifier;
import org.wardlock.defense.KeyTransform;
import org.wardlock.defense.PixelMap;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Takes a keyed model apart, for one who has the key: into the table that each value of a picture
 * goes through where it stands, which has no gradient, and all that comes after, which has one:
 * moving the values about, and the model.
 */
public final class KeyLookup {
  private KeyLookup() {}

  /**
   * The parts of a keyed model; together they answer as it does, to the last bit.
   *
   * @param model without its key
   * @param map the key on whole pictures
   * @param transform of the same key, which stays the caller's to close
   */
  public static LookupClassifier of(Classifier model, PixelMap map, KeyTransform transform) {
    int[] sources = map.sources();
    int[] targets = new int[sources.length];
    for (int i = 0; i < sources.length; i++) {
      targets[sources[i]] = i;
    }
    return new LookupClassifier(
        new Moved(model, sources), images -> move(transform.apply(images), targets));
  }

  private static Tensor move(Tensor images, int... from) {
    int[] shape = images.shape().toArray();
    Tensor places = Tensor.ofInts(images.device(), Shape.of(from.length), from);
    return images.reshape(shape[0], from.length).gather(1, places).reshape(shape);
  }

  /** The model behind the key's moves alone. */
  private static final class Moved implements Classifier {
    private final Classifier model;
    private final int[] from;

    Moved(Classifier model, int... from) {
      this.model = model;
      this.from = from;
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
      try (Scope _ = Scope.open("moved values")) {
        return model.logits(move(images, from)).keep();
      }
    }

    @Override
    public boolean isDifferentiable() {
      return model.isDifferentiable();
    }

    @Override
    public boolean isDeterministic() {
      return model.isDeterministic();
    }
  }
}
