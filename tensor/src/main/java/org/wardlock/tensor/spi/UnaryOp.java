package org.wardlock.tensor.spi;

import java.util.Optional;
import org.wardlock.tensor.Activation;

/** Functions of one float, with what their derivative is computed from. */
public enum UnaryOp {
  /** -x. */
  NEGATE(Reads.NOTHING),
  /** |x|; derivative sign(x). */
  ABS(Reads.INPUT),
  /** -1, 0 or 1; derivative 0. */
  SIGN(Reads.NOTHING),
  /** The largest whole number not above x; derivative 0. */
  FLOOR(Reads.NOTHING),
  /** The nearest whole number, halves to even; derivative 0. */
  ROUND(Reads.NOTHING),
  /** x * x. */
  SQUARE(Reads.INPUT),
  /** The square root. */
  SQRT(Reads.OUTPUT),
  /** 1 / x. */
  RECIPROCAL(Reads.OUTPUT),
  /** e to the x. */
  EXP(Reads.OUTPUT),
  /** The natural logarithm. */
  LOG(Reads.INPUT),
  /** The hyperbolic tangent. */
  TANH(Reads.OUTPUT),
  /** The error function. */
  ERF(Reads.INPUT),
  /** 1 / (1 + exp(-x)). */
  SIGMOID(Reads.OUTPUT),
  /** max(x, 0); derivative 0 at 0. */
  RELU(Reads.OUTPUT),
  /** x * Phi(x) by the error function, not the tanh approximation. */
  GELU(Reads.INPUT);

  private final Reads gradientReads;

  UnaryOp(Reads gradientReads) {
    this.gradientReads = gradientReads;
  }

  /** The function of an activation, if it is not the identity. */
  public static Optional<UnaryOp> of(Activation activation) {
    return switch (activation) {
      case IDENTITY -> Optional.empty();
      case RELU -> Optional.of(RELU);
      case GELU -> Optional.of(GELU);
    };
  }

  /** What the derivative is computed from, so that nothing else is kept for it. */
  public Reads gradientReads() {
    return gradientReads;
  }

  /** The operand that a derivative needs. */
  public enum Reads {
    /** Neither: the derivative is constant. */
    NOTHING,
    /** x. */
    INPUT,
    /** f(x). */
    OUTPUT
  }
}
