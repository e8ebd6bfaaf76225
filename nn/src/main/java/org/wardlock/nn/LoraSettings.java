package org.wardlock.nn;

import java.util.Set;

/**
 * Low-rank adaptation (Hu et al. 2022): a weight W stays, and {@code alpha / rank * B A} is learnt
 * beside it, A of {@code rank} rows, B of as many columns.
 *
 * @param rank of the change, at least 1
 * @param alpha by which it is scaled, over the rank
 * @param dropout probability with which a value on its way to A is dropped in training
 * @param targets which layers are changed
 */
public record LoraSettings(int rank, double alpha, double dropout, Set<LoraTarget> targets) {
  /** Checks the numbers. */
  public LoraSettings {
    if (rank < 1) {
      throw new IllegalArgumentException("LoRA rank " + rank + ", expected 1 or more");
    }
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("LoRA alpha " + alpha + ", expected more than 0");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "LoRA dropout " + dropout + ", expected from 0 to below 1");
    }
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("LoRA targets: none, expected at least one");
    }
    targets = Set.copyOf(targets);
  }

  /** What B A is multiplied by. */
  public float scale() {
    return (float) (alpha / rank);
  }

  /** Rank, scale and targets: what the factors mean. Dropout is over when training is. */
  public boolean meansTheSameAs(LoraSettings other) {
    return rank == other.rank && alpha == other.alpha && targets.equals(other.targets);
  }

  /** Targets in their order, so that equal settings have one text. */
  @Override
  public String toString() {
    return "rank %d, alpha %s, dropout %s, targets %s"
        .formatted(rank, alpha, dropout, LoraTarget.text(targets));
  }
}
