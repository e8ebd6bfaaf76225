package org.wardlock.defense.compress;

import java.util.List;
import org.wardlock.defense.RandomEnsemble;
import org.wardlock.defense.Voting;
import org.wardlock.nn.Classifier;

/**
 * Classifiers of pictures at several levels of compression, all of which look at every picture
 * (Zhang and Gao, arXiv 2106.13394): little compression keeps features, much takes perturbations
 * away.
 *
 * @param members on one device, for pictures and classes of one kind; they stay the caller's
 */
public record CompressionEnsemble(List<? extends Classifier> members) {
  /** Checks that there is one. */
  public CompressionEnsemble {
    members = List.copyOf(members);
    if (members.isEmpty()) {
      throw new IllegalArgumentException(
          "compression ensemble: found no member; expected at least one");
    }
  }

  /**
   * What is deployed: the class that most members name, and between equal numbers that of the
   * largest summed probability. Logits are votes plus mean probabilities; gradients are those of
   * the mean probabilities.
   */
  public Classifier voting() {
    return all(Voting.Rule.MAJORITY);
  }

  /**
   * What an attacker climbs who knows the members: the logarithm of their mean probability, as
   * smooth as the members are.
   */
  public Classifier mean() {
    return all(Voting.Rule.MEAN);
  }

  private Classifier all(Voting.Rule rule) {
    // everybody is asked, so chance has nothing to choose
    return RandomEnsemble.of(members, new Voting(members.size(), rule), _ -> 0);
  }
}
