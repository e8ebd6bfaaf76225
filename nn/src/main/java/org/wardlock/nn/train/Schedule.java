package org.wardlock.nn.train;

/** The learning rate of every step: a function of the step's number and nothing else. */
public sealed interface Schedule {
  /**
   * The learning rate.
   *
   * @param step from 0
   */
  double rate(long step);

  /** The same rate for ever. */
  record Constant(double rate) implements Schedule {
    @Override
    public double rate(long step) {
      return rate;
    }
  }

  /**
   * Half a cosine, from a rate down to 0 (Loshchilov and Hutter 2017).
   *
   * @param steps after which it would be 0
   */
  record Cosine(double rate, long steps) implements Schedule {
    @Override
    public double rate(long step) {
      return rate * 0.5 * (1 + Math.cos(Math.PI * Math.min(step, steps) / steps));
    }
  }

  /**
   * Up to a rate in a straight line and down again in another (Smith and Topin 2018), as PyTorch's
   * {@code OneCycleLR} with linear annealing: from 1/25 of the rate, over the first 30 % of the
   * steps, and down to 1/10,000 of where it began.
   *
   * @param steps of the whole cycle
   */
  record OneCycle(double rate, long steps) implements Schedule {
    private static final double RISING = 0.3;
    private static final double START = 25;
    private static final double END = 1e4;

    @Override
    public double rate(long step) {
      double initial = rate / START;
      double last = initial / END;
      double top = RISING * steps - 1;
      if (step <= top) {
        return initial + (rate - initial) * (step / top);
      }
      double fall = Math.max(steps - 1 - top, 1);
      return rate + (last - rate) * Math.min(1, (step - top) / fall);
    }
  }

  /**
   * A straight line from 0 up to where another schedule begins, which then runs its course.
   *
   * @param steps of the rise
   */
  record WarmUp(long steps, Schedule then) implements Schedule {
    @Override
    public double rate(long step) {
      return step < steps ? then.rate(0) * (step + 1) / (steps + 1) : then.rate(step - steps);
    }
  }
}
