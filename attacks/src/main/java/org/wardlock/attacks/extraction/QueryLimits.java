package org.wardlock.attacks.extraction;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How often a service may be asked.
 *
 * @param budget pictures that the thief shows at most: more is an error of the thief
 * @param refusedAfter pictures after which the service answers no more, of which the thief knows
 *     nothing
 * @param perSecond pictures that the service answers in a second at most, if there is a limit
 */
public record QueryLimits(long budget, OptionalLong refusedAfter, OptionalDouble perSecond) {
  /** Checks the numbers. */
  public QueryLimits {
    if (budget < 0 || refusedAfter.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "query limits: a budget of %d and refusal after %d, expected no negative numbers"
              .formatted(budget, refusedAfter.orElse(0)));
    }
    if (!(perSecond.orElse(1) > 0)) {
      throw new IllegalArgumentException(
          "query limits: %s queries a second, expected more than 0"
              .formatted(perSecond.getAsDouble()));
    }
  }

  /** The thief's budget, and a service that answers whatever it is asked. */
  public static QueryLimits budget(long pictures) {
    return new QueryLimits(pictures, OptionalLong.empty(), OptionalDouble.empty());
  }

  /** The same, with a service that answers so many pictures and no more. */
  public QueryLimits refusedAfter(long pictures) {
    return new QueryLimits(budget, OptionalLong.of(pictures), perSecond);
  }

  /** The same, with a service that lets the thief wait. */
  public QueryLimits perSecond(double pictures) {
    return new QueryLimits(budget, refusedAfter, OptionalDouble.of(pictures));
  }
}
