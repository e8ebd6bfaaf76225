package org.wardlock.attacks.gradient;

import java.util.Arrays;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;

/**
 * The attack of Carlini and Wagner (2017) in L2: Adam on the squared change plus a weight times the
 * margin that is missing, in variables whose tanh is the picture; and a search for the weight,
 * picture by picture, by bisection. The smallest change counts, if it is within the threat.
 *
 * @param searches for the weight, at least 1
 * @param iterations for each weight, at least 1
 */
public record CarliniWagner(int searches, int iterations) implements Attack {
  private static final double FIRST_WEIGHT = 0.01;
  private static final double LARGEST_WEIGHT = 1e10;
  private static final double RATE = 0.01;
  private static final double FIRST_DECAY = 0.9;
  private static final double SECOND_DECAY = 0.999;
  private static final double TINY = 1e-8;

  /** Keeps black and white at finite variables. */
  private static final double INSIDE = 0.999999;

  /** Checks the settings. */
  public CarliniWagner {
    if (searches < 1 || iterations < 1) {
      throw new IllegalArgumentException(
          "cw: %d searches and %d iterations, expected at least 1".formatted(searches, iterations));
    }
  }

  /** Nine searches of 1,000 iterations. */
  public CarliniWagner() {
    this(9, 1000);
  }

  /** With another number of iterations for each weight. */
  public CarliniWagner iterations(int newIterations) {
    return new CarliniWagner(searches, newIterations);
  }

  @Override
  public String name() {
    return "cw";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(iterations + 1L, iterations).times(searches);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    try (Scope _ = Scope.open(name())) {
      PointWalk walk = PointWalk.inL2(name(), oracle, task);
      Optimised[] pictures = new Optimised[task.pictures().count()];
      Arrays.setAll(pictures, row -> new Optimised(walk.found().clean(row)));
      for (int search = 0; search < searches; search++) {
        for (Optimised picture : pictures) {
          picture.begin();
        }
        minimise(walk, pictures, task.pictures());
        for (Optimised picture : pictures) {
          picture.chooseWeight();
        }
      }
      Candidates found = walk.found().candidates();
      found.images().keep();
      return found;
    }
  }

  private void minimise(PointWalk walk, Optimised[] optimised, Pictures pictures) {
    float[][] points = new float[optimised.length][];
    for (int i = 1; i <= iterations; i++) {
      Arrays.setAll(points, row -> optimised[row].point());
      int step = i;
      walk.step(
          points,
          (logits, row) -> Loss.MARGIN.of(pictures, row, logits),
          (row, isReached, loss, gradient) ->
              optimised[row].step(step, isReached, loss.value() < 0, gradient));
    }
    Arrays.setAll(points, row -> optimised[row].point());
    walk.end(points);
  }

  /** One picture's variables, and the weight of its margin. */
  private static final class Optimised {
    private final float[] clean;
    private final double[] variables;
    private final double[] first;
    private final double[] second;
    private double weight = FIRST_WEIGHT;
    private double tooSmall;
    private double largeEnough = LARGEST_WEIGHT;
    private boolean reached;

    Optimised(float[] clean) {
      this.clean = clean;
      variables = new double[clean.length];
      first = new double[clean.length];
      second = new double[clean.length];
    }

    void begin() {
      for (int i = 0; i < clean.length; i++) {
        double x = (2 * (double) clean[i] - 1) * INSIDE;
        variables[i] = StrictMath.log((1 + x) / (1 - x)) / 2;
      }
      Arrays.fill(first, 0);
      Arrays.fill(second, 0);
      reached = false;
    }

    float[] point() {
      float[] point = new float[clean.length];
      for (int i = 0; i < point.length; i++) {
        point[i] = (float) ((1 + StrictMath.tanh(variables[i])) / 2);
      }
      return point;
    }

    /**
     * One step of Adam.
     *
     * @param isShort whether the margin is still missing, so that its gradient counts
     */
    void step(int number, boolean isReached, boolean isShort, float[] marginGradient) {
      reached |= isReached;
      double firstScale = 1 / (1 - Math.pow(FIRST_DECAY, number));
      double secondScale = 1 / (1 - Math.pow(SECOND_DECAY, number));
      for (int i = 0; i < variables.length; i++) {
        double tanh = StrictMath.tanh(variables[i]);
        double change = (1 + tanh) / 2 - clean[i];
        double towardsPixel = 2 * change - (isShort ? weight * marginGradient[i] : 0);
        double gradient = towardsPixel * (1 - tanh * tanh) / 2;
        first[i] = FIRST_DECAY * first[i] + (1 - FIRST_DECAY) * gradient;
        second[i] = SECOND_DECAY * second[i] + (1 - SECOND_DECAY) * gradient * gradient;
        variables[i] -= RATE * first[i] * firstScale / (Math.sqrt(second[i] * secondScale) + TINY);
      }
    }

    /** Halves what is known of the weight, or tries ten times as much. */
    void chooseWeight() {
      if (reached) {
        largeEnough = Math.min(largeEnough, weight);
      } else {
        tooSmall = Math.max(tooSmall, weight);
      }
      weight =
          largeEnough < LARGEST_WEIGHT
              ? (tooSmall + largeEnough) / 2
              : Math.min(weight * 10, LARGEST_WEIGHT);
    }
  }
}
