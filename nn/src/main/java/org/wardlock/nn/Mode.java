package org.wardlock.nn;

/** Whether a network is being trained: batch normalisation behaves differently. */
public enum Mode {
  /** Statistics of the batch; running statistics are updated. */
  TRAINING,
  /** Running statistics; nothing changes. */
  EVALUATION
}
