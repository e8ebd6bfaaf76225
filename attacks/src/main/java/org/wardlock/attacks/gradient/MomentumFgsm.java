package org.wardlock.attacks.gradient;

import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.LossValue;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * Iterated FGSM with momentum (MI, Dong et al. 2018) and what makes its pictures fool other
 * classifiers, too: looking ahead (NI, Lin et al. 2020), varied input (DI, Xie et al. 2019),
 * gradients smoothed over translations (TI, Dong et al. 2019). From the clean picture in steps of
 * the radius divided by their number; in L2 and L1 along the direction of steepest ascent. NI looks
 * ahead by the step times the decayed momentum, where gradients are gathered over the mean of their
 * absolute values, as in the program of its authors: over their sum, as in the paper's formula, it
 * would look ahead by next to nothing.
 *
 * <p>Made for {@link org.wardlock.attacks.Transfer}: it goes all its steps and returns the last
 * point, which alone it asks about unvaried.
 *
 * @param loss to climb
 * @param iterations how many steps, at least 1
 * @param decay of the momentum in a step, from 0 to 1; 0 is iterated FGSM
 * @param looksAhead whether gradients are those of the point that momentum leads to
 * @param diversity the probability that a step sees the picture smaller and shifted, 0 to 1
 * @param smoothing the side of the Gaussian window over which gradients are smoothed: odd, 1 for
 *     none
 */
public record MomentumFgsm(
    Loss loss, int iterations, double decay, boolean looksAhead, double diversity, int smoothing)
    implements Attack {
  /** Checks the settings. */
  public MomentumFgsm {
    if (iterations < 1) {
      throw new IllegalArgumentException(
          "mi-fgsm: " + iterations + " iterations, expected at least 1");
    }
    if (!(decay >= 0 && decay <= 1) || !(diversity >= 0 && diversity <= 1)) {
      throw new IllegalArgumentException(
          "mi-fgsm: decay %s and diversity %s, expected 0 to 1".formatted(decay, diversity));
    }
    if (smoothing < 1 || smoothing % 2 == 0) {
      throw new IllegalArgumentException(
          "mi-fgsm: smoothing over " + smoothing + " pixels, expected an odd number");
    }
  }

  /** MI-FGSM: ten steps with full momentum. */
  public MomentumFgsm() {
    this(Loss.CROSS_ENTROPY, 10, 1, false, 0, 1);
  }

  /** With another number of steps. */
  public MomentumFgsm iterations(int newIterations) {
    return new MomentumFgsm(loss, newIterations, decay, looksAhead, diversity, smoothing);
  }

  /** With another decay. */
  public MomentumFgsm decay(double newDecay) {
    return new MomentumFgsm(loss, iterations, newDecay, looksAhead, diversity, smoothing);
  }

  /** NI: looking ahead. */
  public MomentumFgsm lookingAhead() {
    return new MomentumFgsm(loss, iterations, decay, true, diversity, smoothing);
  }

  /** DI: with varied input. */
  public MomentumFgsm diversity(double newDiversity) {
    return new MomentumFgsm(loss, iterations, decay, looksAhead, newDiversity, smoothing);
  }

  /** TI: with smoothed gradients. */
  public MomentumFgsm smoothing(int newSmoothing) {
    return new MomentumFgsm(loss, iterations, decay, looksAhead, diversity, newSmoothing);
  }

  /** {@code mi-fgsm}, or {@code ni-fgsm}, with {@code di-} and {@code ti-} in between. */
  @Override
  public String name() {
    return (looksAhead ? "ni-" : "mi-")
        + (diversity > 0 ? "di-" : "")
        + (smoothing > 1 ? "ti-" : "")
        + "fgsm";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(iterations + 1L, iterations);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    int[] rows = Rows.all(task.pictures().count());
    Tensor end;
    try (Scope _ = Scope.open(name())) {
      end = climb(oracle, task, rows).keep();
    }
    try (Scope _ = Scope.open("end")) {
      Response answer = oracle.ask(end, rows);
      boolean[] reached = new boolean[rows.length];
      double[] losses = new double[rows.length];
      for (int row : rows) {
        reached[row] = task.pictures().isReached(row, answer.prediction(row));
        losses[row] = loss.of(task.pictures(), row, answer.logits(row)).value();
      }
      return new Candidates(end, reached, losses);
    }
  }

  private Tensor climb(Oracle oracle, Task task, int... rows) {
    Pictures pictures = task.pictures();
    Ball ball = Ball.around(pictures.images(), task.threat());
    float step = Math.nextUp((float) (task.threat().radius().toDouble() / iterations));
    InputDiversity varied = new InputDiversity(diversity, pictures, task.seed());
    Optional<InputDiversity.Placement> smooth =
        smoothing == 1 ? Optional.empty() : Optional.of(varied.gaussian(smoothing));
    Tensor x = pictures.images().detach();
    long values = x.shape().without(0).count();
    Tensor momentum = x.multiply(0);
    for (int i = 0; i < iterations; i++) {
      Tensor before = x;
      Tensor momentumBefore = momentum;
      try (Scope _ = Scope.open("step")) {
        Tensor ahead =
            looksAhead ? x.add(momentum.multiply(step * (float) (decay * values))).clamp(0, 1) : x;
        Tensor gradient = gradient(oracle, pictures, varied, ahead, i, rows);
        if (smooth.isPresent()) {
          gradient = smooth.get().apply(gradient);
        }
        Tensor length = gradient.abs().sum(1, 2, 3).add(Float.MIN_NORMAL);
        momentum = momentum.multiply((float) decay).add(gradient.divide(length)).keep();
        Tensor direction = direction(task.threat().norm(), momentum);
        x = ball.project(x.add(direction.multiply(step))).keep();
      }
      before.release();
      momentumBefore.release();
    }
    return x;
  }

  private static Tensor direction(Norm norm, Tensor gradient) {
    return SteepestAscent.direction(norm, gradient, _ -> 0.99);
  }

  private Tensor gradient(
      Oracle oracle, Pictures pictures, InputDiversity varied, Tensor x, int step, int... rows) {
    Optional<InputDiversity.Placement> placed =
        diversity > 0 ? Optional.of(varied.random(step)) : Optional.empty();
    Tensor seen = placed.map(placement -> placement.apply(x)).orElse(x);
    Response answer = oracle.askForGradient(seen, rows);
    LossValue[] losses =
        IntStream.range(0, rows.length)
            .mapToObj(row -> loss.of(pictures, row, answer.logits(row)))
            .toArray(LossValue[]::new);
    Tensor towardsSeen = answer.gradient(rows, row -> losses[row].direction());
    return placed.map(placement -> placement.back(towardsSeen)).orElse(towardsSeen);
  }
}
