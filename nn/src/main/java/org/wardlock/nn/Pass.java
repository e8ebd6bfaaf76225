package org.wardlock.nn;

import java.util.Optional;

/**
 * How a forward pass is made: said once by whoever starts it and handed down, so that no module
 * remembers a mode that a later caller did not mean.
 *
 * @param mode training or evaluation
 * @param precision the type to compute in
 * @param statistics what batch normalisation does in training
 * @param chance for what is left to chance in training; without it nothing is
 * @param observer who looks on, if anybody: that takes time and changes no bit
 */
public record Pass(
    Mode mode,
    Precision precision,
    NormStatistics statistics,
    Optional<Chance> chance,
    Optional<ActivationObserver> observer) {
  /** Evaluation in float32. */
  public static final Pass EVALUATION = new Pass(Mode.EVALUATION, Precision.F32);

  /** Training in float32. */
  public static final Pass TRAINING = new Pass(Mode.TRAINING, Precision.F32);

  /** A pass that leaves nothing to chance and, in training, refreshes statistics. */
  public Pass(Mode mode, Precision precision) {
    this(mode, precision, NormStatistics.REFRESHED, Optional.empty(), Optional.empty());
  }

  /** Whether gradients will be asked for, and chance has its say. */
  public boolean isTraining() {
    return mode == Mode.TRAINING;
  }

  /** Whether statistics are taken from the batch and remembered. */
  public boolean usesBatchStatistics() {
    return isTraining() && statistics == NormStatistics.REFRESHED;
  }

  /** The same with other statistics. */
  public Pass with(NormStatistics other) {
    return new Pass(mode, precision, other, chance, observer);
  }

  /** The same with random numbers. */
  public Pass with(Chance other) {
    return new Pass(mode, precision, statistics, Optional.of(other), observer);
  }

  /** The same while somebody looks on. */
  public Pass with(ActivationObserver other) {
    return new Pass(mode, precision, statistics, chance, Optional.of(other));
  }
}
