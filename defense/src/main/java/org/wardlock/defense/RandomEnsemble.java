package org.wardlock.defense;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Several classifiers, of which each picture is shown to some that chance chooses whenever it is
 * looked at: MaungMaung, Echizen and Kiya (arXiv 2309.01620), where each has a secret patch
 * embedding and head; and voting of S of N (arXiv 2402.07183), whose rule beyond that is ours.
 *
 * <p>The choice is secret and never the same twice: answers vary, and {@link #isDeterministic} says
 * so. Given the choice, gradients are exact: a picture's logits depend on it through the members
 * that saw it, and on no other picture. An attacker averages them over many choices (expectation
 * over transformation), as {@code attack --eot} does.
 *
 * <p>Safe for any number of threads if its members and its source of chance are.
 */
public final class RandomEnsemble implements Classifier {
  private static final float LEAST_PROBABILITY = 1e-30f;

  private final List<Classifier> members;
  private final Voting voting;
  private final IntUnaryOperator chance;

  private RandomEnsemble(List<Classifier> members, Voting voting, IntUnaryOperator chance) {
    this.members = members;
    this.voting = voting;
    this.chance = chance;
  }

  /**
   * An ensemble whose choices nobody can foretell.
   *
   * @param members on one device, for pictures and classes of one kind; they stay the caller's
   * @throws IllegalArgumentException if they are not, or fewer than the voting asks
   */
  public static RandomEnsemble of(List<? extends Classifier> members, Voting voting) {
    var random = new SecureRandom();
    return of(members, voting, bound -> KeyStream.below(bound, () -> unsignedInt(random)));
  }

  private static long unsignedInt(SecureRandom random) {
    var bytes = new byte[Integer.BYTES];
    random.nextBytes(bytes);
    return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt());
  }

  /**
   * An ensemble with a source of chance of one's own, for tests and for experiments that are to be
   * repeated: whoever foretells the choice has no ensemble before him.
   *
   * @param chance for a number n gives one of 0..n-1; each picture takes as many as members are
   *     asked, in order
   */
  public static RandomEnsemble of(
      List<? extends Classifier> members, Voting voting, IntUnaryOperator chance) {
    if (members.size() < voting.asked()) {
      throw new IllegalArgumentException(
          "ensemble of %s members: %s are to be asked; expected no more than there are"
              .formatted(members.size(), voting.asked()));
    }
    Classifier first = members.getFirst();
    for (Classifier member : members) {
      if (!member.device().equals(first.device())
          || !member.imageShape().equals(first.imageShape())
          || member.classes() != first.classes()) {
        throw new IllegalArgumentException(
            "ensemble: found members for %s pictures of %s with %s classes and for %s of %s with %s; expected one kind"
                .formatted(
                    first.device(),
                    first.imageShape(),
                    first.classes(),
                    member.device(),
                    member.imageShape(),
                    member.classes()));
      }
    }
    return new RandomEnsemble(List.copyOf(members), voting, chance);
  }

  /** How many there are. */
  public int size() {
    return members.size();
  }

  /** How many are asked, and how they vote. */
  public Voting voting() {
    return voting;
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
  public boolean isDifferentiable() {
    return members.stream().allMatch(Classifier::isDifferentiable);
  }

  /** Whether no chance is left: all members are asked, and none varies on its own. */
  @Override
  public boolean isDeterministic() {
    return voting.asked() == members.size()
        && members.stream().allMatch(Classifier::isDeterministic);
  }

  @Override
  public Tensor logits(Tensor images) {
    int count = images.shape().extent(0);
    List<int[]> shown = choose(count);
    try (Scope _ = Scope.open("random ensemble")) {
      Tensor sum = Tensor.zeros(device(), Shape.of(count, classes()));
      Tensor votes = Tensor.zeros(device(), Shape.of(count, classes()));
      for (int number = 0; number < members.size(); number++) {
        int[] rows = shown.get(number);
        if (rows.length == 0) {
          continue;
        }
        Tensor index = Tensor.ofInts(device(), Shape.of(rows.length), rows);
        Tensor logits = members.get(number).logits(images.gather(0, index));
        Tensor answer = voting.asked() == 1 ? logits : logits.softmax();
        // to zeros: each picture's sum has its own members' answers, in their order
        sum = sum.add(answer.scatterAdd(0, index, count));
        if (voting.rule() == Voting.Rule.MAJORITY) {
          Tensor vote = logits.detach().argMax().oneHot(classes(), 1, 0);
          votes = votes.add(vote.scatterAdd(0, index, count));
        }
      }
      return together(sum, votes).keep();
    }
  }

  private Tensor together(Tensor sum, Tensor votes) {
    if (voting.asked() == 1) {
      return sum;
    }
    Tensor mean = sum.multiply(1f / voting.asked());
    return switch (voting.rule()) {
      case MEAN -> mean.clamp(LEAST_PROBABILITY, Float.MAX_VALUE).log();
      case MAJORITY -> votes.add(mean);
    };
  }

  /** For each member the pictures it is shown, ascending. */
  private List<int[]> choose(int count) {
    var shown = new ArrayList<List<Integer>>();
    members.forEach(_ -> shown.add(new ArrayList<>()));
    for (int picture = 0; picture < count; picture++) {
      int[] order = Permutation.identity(members.size()).toArray();
      for (int slot = 0; slot < voting.asked(); slot++) {
        int chosen = slot + chance.applyAsInt(order.length - slot);
        int member = order[chosen];
        order[chosen] = order[slot];
        order[slot] = member;
        shown.get(member).add(picture);
      }
    }
    return shown.stream()
        .map(pictures -> pictures.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }
}
