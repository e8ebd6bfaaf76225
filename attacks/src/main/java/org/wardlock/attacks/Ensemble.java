package org.wardlock.attacks;

import java.util.List;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Several classifiers as one, by the mean of their logits: a surrogate that pictures fool for more
 * than one classifier's own reasons (Dong et al. 2018).
 *
 * @param members at least one; of one device, one shape of pictures and the same classes
 */
public record Ensemble(List<Classifier> members) implements Classifier {
  /** Checks that the members fit each other. */
  public Ensemble {
    members = List.copyOf(members);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("ensemble: no member, expected at least one");
    }
    Classifier first = members.getFirst();
    for (Classifier other : members) {
      requireEqual("device", other.device(), first.device());
      requireEqual("pictures of shape", other.imageShape(), first.imageShape());
      requireEqual("classes", other.classes(), first.classes());
    }
  }

  private static void requireEqual(String what, Object found, Object expected) {
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(
          "ensemble: a member has %s %s, the first one %s".formatted(what, found, expected));
    }
  }

  @Override
  public Device device() {
    return members.getFirst().device();
  }

  @Override
  public Shape imageShape() {
    return members.getFirst().imageShape();
  }

  @Override
  public int classes() {
    return members.getFirst().classes();
  }

  @Override
  public Tensor logits(Tensor images) {
    try (Scope _ = Scope.open("ensemble")) {
      Tensor sum = members.getFirst().logits(images);
      for (Classifier member : members.subList(1, members.size())) {
        sum = sum.add(member.logits(images));
      }
      return sum.multiply(1f / members.size()).keep();
    }
  }

  @Override
  public boolean isDifferentiable() {
    return members.stream().allMatch(Classifier::isDifferentiable);
  }

  @Override
  public boolean isDeterministic() {
    return members.stream().allMatch(Classifier::isDeterministic);
  }
}
