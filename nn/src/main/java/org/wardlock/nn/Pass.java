package org.wardlock.nn;

/**
 * How a forward pass is made: said once by whoever starts it and handed down, so that no module
 * remembers a mode that a later caller did not mean.
 *
 * @param mode training or evaluation
 * @param precision the type to compute in
 */
public record Pass(Mode mode, Precision precision) {
  /** Evaluation in float32. */
  public static final Pass EVALUATION = new Pass(Mode.EVALUATION, Precision.F32);

  /** Training in float32. */
  public static final Pass TRAINING = new Pass(Mode.TRAINING, Precision.F32);

  /** Whether statistics are taken from the batch and remembered. */
  public boolean isTraining() {
    return mode == Mode.TRAINING;
  }
}
