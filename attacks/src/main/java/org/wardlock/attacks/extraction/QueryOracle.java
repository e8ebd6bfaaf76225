package org.wardlock.attacks.extraction;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.LongConsumer;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * A service as one sees it who can only ask: pictures in, answers out. A keyed classifier applies
 * its key inside, as it does when it is deployed. Every picture that is shown counts here, and
 * nowhere else; nothing but answers comes out. Not safe for several threads.
 */
public final class QueryOracle {
  private static final double NANOSECONDS = 1e9;

  private final Classifier service;
  private final Disclosure disclosure;
  private final QueryLimits limits;
  private final LongConsumer pause;
  private long queries;

  /**
   * A service that lets nobody wait: how long a limit of queries a second would take follows from
   * their number.
   */
  public QueryOracle(Classifier service, Disclosure disclosure, QueryLimits limits) {
    this(service, disclosure, limits, _ -> {});
  }

  /**
   * A service.
   *
   * @param pause is told before each answer how many nanoseconds the thief has to wait
   */
  public QueryOracle(
      Classifier service, Disclosure disclosure, QueryLimits limits, LongConsumer pause) {
    this.service = service;
    this.disclosure = disclosure;
    this.limits = limits;
    this.pause = pause;
  }

  /** Who is asked. */
  Classifier service() {
    return service;
  }

  /** What is answered. */
  Disclosure disclosure() {
    return disclosure;
  }

  /** Pictures shown so far. */
  public long queries() {
    return queries;
  }

  /** Counts pictures that were shown by an earlier process. */
  void recall(long earlier) {
    queries += earlier;
  }

  /** How long all of them take at the rate that the service allows, in seconds. */
  public OptionalDouble seconds() {
    return limits.perSecond().isPresent()
        ? OptionalDouble.of(queries / limits.perSecond().getAsDouble())
        : OptionalDouble.empty();
  }

  /**
   * How many of so many pictures would be answered, the first ones; the others are not looked at.
   *
   * @throws IllegalStateException if the budget does not suffice for all
   */
  int answered(int count) {
    if (count > limits.budget() - queries) {
      throw new IllegalStateException(
          "query budget: %d of %d pictures are left, %d were to be shown"
              .formatted(limits.budget() - queries, limits.budget(), count));
    }
    return Math.clamp(limits.refusedAfter().orElse(Long.MAX_VALUE) - queries, 0, count);
  }

  /**
   * The answers about a batch.
   *
   * @param images (N, channels, height, width) in [0, 1]
   * @return what the {@link Disclosure} tells, a row a picture; of the first ones alone where the
   *     service refuses the others
   * @throws IllegalStateException if the budget does not suffice: then nothing is asked
   */
  public float[][] ask(Tensor images) {
    int answered = answered(images.shape().extent(0));
    if (answered == 0) {
      return new float[0][];
    }
    limits.perSecond().ifPresent(rate -> pause.accept(Math.round(answered / rate * NANOSECONDS)));
    queries += answered;
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("query")) {
      float[][] told = disclosure.tell(service.logits(images.slice(0, 0, answered)));
      return Arrays.copyOf(told, answered);
    }
  }
}
