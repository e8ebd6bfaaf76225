package org.wardlock.tensor.spi;

/** What random numbers follow. */
public enum Distribution {
  /** Uniform on [0, 1), in steps of 2^-24. */
  UNIFORM,
  /** Normal with mean 0 and variance 1. */
  NORMAL
}
