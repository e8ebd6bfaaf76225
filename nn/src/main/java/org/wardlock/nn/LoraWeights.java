package org.wardlock.nn;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Weights with low-rank changes merged into them, so that a network without factors computes what
 * one with them did, at no cost. Each weight is computed when it is asked for.
 */
public final class LoraWeights implements Weights {
  private final Weights weights;
  private final Weights factors;
  private final float scale;

  private LoraWeights(Weights weights, Weights factors, float scale) {
    this.weights = weights;
    this.factors = factors;
    this.scale = scale;
  }

  /**
   * Weights with changes merged in.
   *
   * @param weights of the network that was changed; factors among them are left out
   * @param factors may be the same
   */
  public static Weights merged(Weights weights, Weights factors, LoraSettings settings) {
    return new LoraWeights(weights, factors, settings.scale());
  }

  /** The reverse, equal to what was merged into but for rounding. */
  public static Weights unmerged(Weights merged, Weights factors, LoraSettings settings) {
    return new LoraWeights(merged, factors, -settings.scale());
  }

  @Override
  public String description() {
    return weights.description();
  }

  @Override
  public Set<String> names() {
    var names = new LinkedHashSet<>(weights.names());
    names.removeIf(LoraNames::isFactor);
    return names;
  }

  @Override
  public Shape shape(String name) {
    return weights.shape(name);
  }

  @Override
  public Tensor tensor(String name, Device device) throws WeightsException {
    List<LoraNames.Factors> changes = LoraNames.changes(name, factors.names());
    if (changes.isEmpty()) {
      return weights.tensor(name, device);
    }
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("merged weight")) {
      Tensor sum = weights.tensor(name, device).cast(DType.F32);
      int out = sum.shape().extent(0);
      for (LoraNames.Factors change : changes) {
        Tensor a = factors.tensor(change.a(), device).cast(DType.F32);
        Tensor b = factors.tensor(change.b(), device).cast(DType.F32);
        int first = out / change.slices() * change.slice();
        Tensor product = b.matmul(a).multiply(scale);
        sum = sum.add(product.pad(0, first, out - first - product.shape().extent(0)));
      }
      return sum.keep();
    }
  }
}
