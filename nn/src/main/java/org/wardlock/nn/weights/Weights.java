package org.wardlock.nn.weights;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Tensors by name: a file's, or another network's. */
public interface Weights {
  /** For messages: the file's name. */
  String description();

  /** The names of all tensors. */
  Set<String> names();

  /**
   * The extents of one tensor.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  Shape shape(String name);

  /**
   * One tensor in the type it is stored in, in the current scope.
   *
   * @throws WeightsException if it cannot be read
   * @throws IllegalArgumentException if there is none of that name
   */
  Tensor tensor(String name, Device device) throws WeightsException;

  /** Tensors in memory. They stay the caller's. */
  static Weights of(String description, Map<String, Tensor> tensors) {
    return new Weights() {
      @Override
      public String description() {
        return description;
      }

      @Override
      public Set<String> names() {
        return tensors.keySet();
      }

      @Override
      public Shape shape(String name) {
        return get(name).shape();
      }

      @Override
      public Tensor tensor(String name, Device device) {
        return get(name).detach().to(device);
      }

      private Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
          throw new IllegalArgumentException(
              "weights " + description + ": no tensor named " + name);
        }
        return tensor;
      }
    };
  }

  /** These tensors, and those of {@code base} whose names are not among these. */
  default Weights over(Weights base) {
    Weights top = this;
    var names = new LinkedHashSet<>(base.names());
    names.addAll(top.names());
    return new Weights() {
      @Override
      public String description() {
        return top.description() + " over " + base.description();
      }

      @Override
      public Set<String> names() {
        return names;
      }

      @Override
      public Shape shape(String name) {
        return of(name).shape(name);
      }

      @Override
      public Tensor tensor(String name, Device device) throws WeightsException {
        return of(name).tensor(name, device);
      }

      private Weights of(String name) {
        return top.names().contains(name) ? top : base;
      }
    };
  }

  /** The part whose names begin with a prefix, without it. */
  default Weights below(String prefix) {
    Weights whole = this;
    var names = new LinkedHashSet<String>();
    for (String name : whole.names()) {
      if (name.startsWith(prefix)) {
        names.add(name.substring(prefix.length()));
      }
    }
    return new Weights() {
      @Override
      public String description() {
        return whole.description();
      }

      @Override
      public Set<String> names() {
        return names;
      }

      @Override
      public Shape shape(String name) {
        return whole.shape(prefix + name);
      }

      @Override
      public Tensor tensor(String name, Device device) throws WeightsException {
        return whole.tensor(prefix + name, device);
      }
    };
  }
}
