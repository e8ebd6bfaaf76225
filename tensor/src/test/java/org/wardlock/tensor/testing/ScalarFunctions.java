package org.wardlock.tensor.testing;

import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.UnaryOp;

/** The functions of one and two numbers in double precision, by definition rather than by speed. */
final class ScalarFunctions {
  private static final double ROOT_OF_TWO = Math.sqrt(2);
  private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

  private ScalarFunctions() {}

  static double apply(UnaryOp op, double x) {
    return switch (op) {
      case NEGATE -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case FLOOR -> Math.floor(x);
      case ROUND -> Math.rint(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case TANH -> Math.tanh(x);
      case ERF -> erf(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case RELU -> Math.max(x, 0);
      case GELU -> x * normalBelow(x);
    };
  }

  /** The gradient towards x; 0 where the function is constant, whatever g is. */
  static double gradient(UnaryOp op, double saved, double g) {
    double derivative = derivative(op, saved);
    boolean hasFlats =
        switch (op) {
          case SIGN, FLOOR, ROUND, RELU -> true;
          default -> false;
        };
    return hasFlats && derivative == 0 ? 0 : g * derivative;
  }

  /**
   * The derivative.
   *
   * @param saved x or f(x), as {@link UnaryOp#gradientReads} says
   */
  private static double derivative(UnaryOp op, double saved) {
    return switch (op) {
      case NEGATE -> -1;
      case ABS -> Math.signum(saved);
      case SIGN, FLOOR, ROUND -> 0;
      case SQUARE -> 2 * saved;
      case SQRT -> 1 / (2 * saved);
      case RECIPROCAL -> -saved * saved;
      case EXP -> saved;
      case LOG -> 1 / saved;
      case TANH -> 1 - saved * saved;
      case ERF -> TWO_OVER_ROOT_PI * Math.exp(-saved * saved);
      case SIGMOID -> saved * (1 - saved);
      case RELU -> saved > 0 ? 1 : 0;
      case GELU ->
          normalBelow(saved) + saved * Math.exp(-saved * saved / 2) / Math.sqrt(2 * Math.PI);
    };
  }

  static double apply(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MINIMUM -> Math.min(a, b);
      case MAXIMUM -> Math.max(a, b);
      case LESS -> a < b ? 1 : 0;
      case LESS_OR_EQUAL -> a <= b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
    };
  }

  /** The probability that a normal number is below x; exact in the far tail too. */
  private static double normalBelow(double x) {
    double tail = complement(Math.abs(x) / ROOT_OF_TWO) / 2;
    return x < 0 ? tail : 1 - tail;
  }

  private static double erf(double x) {
    double magnitude = Math.abs(x);
    return Math.copySign(magnitude < 1 ? series(magnitude) : 1 - complement(magnitude), x);
  }

  /** The power series, quick to converge near 0. */
  private static double series(double x) {
    double power = x;
    double sum = x;
    for (int n = 1; n < 60; n++) {
      power *= -x * x / n;
      sum += power / (2 * n + 1);
    }
    return TWO_OVER_ROOT_PI * sum;
  }

  /**
   * 1 - erf(x) for x of at least 0: beyond 2 Laplace's continued fraction, without cancellation.
   */
  private static double complement(double x) {
    if (x < 2) {
      return 1 - series(x);
    }
    double fraction = x;
    for (int k = 120; k > 0; k--) {
      fraction = x + k / (2 * fraction);
    }
    return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
  }
}
