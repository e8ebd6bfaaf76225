package org.wardlock.threat.recovery;

import java.util.List;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Expectation over transformation (Athalye et al. 2018) where the transform is the key: climbs the
 * mean of the loss over the model behind many random keys, and shows the result to the service
 * once. Every step takes the gradient through each key by that key's own vector-Jacobian product
 * and averages them at the plain picture. The official code of arXiv 2010.00801 averages gradients
 * at the transformed pictures, each of which has its values elsewhere, and takes the loss of the
 * last key alone.
 *
 * @param attack that climbs; averages over as many answers as there are keys
 * @param guesses the model behind each key, at least one; they stay the caller's to close
 */
public record ExpectationOverKeys(Apgd attack, List<Classifier> guesses) implements Attack {
  /** Keeps a copy of the list, and has the attack average over all of it. */
  public ExpectationOverKeys {
    guesses = List.copyOf(guesses);
    if (guesses.isEmpty()) {
      throw new IllegalArgumentException(
          "expectation over keys: found none; expected at least one");
    }
    attack = attack.draws(guesses.size());
  }

  @Override
  public String name() {
    return "eot-keys-" + attack.name();
  }

  /** The attack, which says how many keys; which they are is not said. */
  @Override
  public String toString() {
    return "ExpectationOverKeys[attack=" + attack + "]";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return attack.cost(norm, classes).plus(new Passes(1, 0));
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    return new Transfer(attack, new InTurn(guesses)).search(oracle, task);
  }

  /**
   * One classifier after the other, again and again: whoever asks for as many answers as there are
   * members gets each member's. Made anew for every search, so that none begins in the middle.
   */
  static final class InTurn implements Classifier {
    private final List<Classifier> members;
    private int next;

    InTurn(List<Classifier> members) {
      this.members = members;
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
      Classifier member = members.get(next);
      next = (next + 1) % members.size();
      return member.logits(images);
    }

    @Override
    public boolean isDifferentiable() {
      return members.stream().allMatch(Classifier::isDifferentiable);
    }

    /** A single member always answers alike. */
    @Override
    public boolean isDeterministic() {
      return members.size() == 1 && members.getFirst().isDeterministic();
    }
  }
}
