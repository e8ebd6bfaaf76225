package org.wardlock.attacks.decision;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.spi.Distribution;

/** The search of {@link BoundaryAttack} for one picture. */
final class BoundarySteps {
  private static final double FIRST_STEP = 0.01;
  private static final double ADAPTATION = 1.5;
  private static final double SHORTEST = 1e-7;

  /** How many steps are made for one look at the point before its step towards the picture. */
  private static final int LOOKS = 10;

  private final float[] clean;
  private final StartSearch start;
  private final Noise noise;

  /** Shares of the distance. */
  private double sideways = FIRST_STEP;

  private double inwards = FIRST_STEP;

  /** Of the last points at an equal distance, and of the last points nearer. */
  private final SuccessRate sidewaysRate = new SuccessRate(100);

  private final SuccessRate inwardsRate = new SuccessRate(30);

  BoundarySteps(Task task, int row, float[] clean) {
    this.clean = clean;
    this.start = new StartSearch(task, row, clean, far -> step(far, 1));
    this.noise =
        new Noise(task, row, Distribution.NORMAL, AttackPurpose.BOUNDARY_STEPS, clean.length);
  }

  Optional<Inquiry> begin() {
    return start.begin();
  }

  /** A step from a point with a wrong answer. */
  private Optional<Inquiry> step(float[] point, int step) {
    double distance = Norm.L2.distance(clean, point);
    if (inwards < SHORTEST || distance == 0) {
      return Optional.empty();
    }
    float[] turned = turned(point, distance, noise.range(step, step + 1)[0]);
    float[] nearer = nearer(turned, distance);
    boolean looks = step % LOOKS == 0;
    float[][] both = {nearer, turned};
    return Optional.of(
        new Inquiry(
            looks ? 2 : 1,
            (from, to) -> Arrays.copyOfRange(both, from, to),
            reached -> {
              if (looks) {
                adapt(reached[1], reached[0]);
              }
              boolean better = reached[0] && Norm.L2.distance(clean, nearer) < distance;
              return step(better ? nearer : point, step + 1);
            }));
  }

  /** A point in a random direction sideways, as far from the clean picture as this one. */
  float[] turned(float[] point, double distance, float[] random) {
    double along = 0;
    for (int i = 0; i < clean.length; i++) {
      along += random[i] * ((double) point[i] - clean[i]);
    }
    double[] side = new double[clean.length];
    double length = 0;
    for (int i = 0; i < clean.length; i++) {
      side[i] = random[i] - along / (distance * distance) * ((double) point[i] - clean[i]);
      length += side[i] * side[i];
    }
    double scale = length > 0 ? sideways * distance / Math.sqrt(length) : 0;
    double shrink = 1 / Math.sqrt(1 + sideways * sideways);
    float[] turned = new float[clean.length];
    for (int i = 0; i < turned.length; i++) {
      double change = shrink * (scale * side[i] + point[i] - clean[i]);
      turned[i] = (float) Math.clamp(clean[i] + change, 0, 1);
    }
    return turned;
  }

  /** A point on the way to the clean picture, a step nearer to it than the distance. */
  float[] nearer(float[] turned, double distance) {
    double now = Norm.L2.distance(clean, turned);
    double by = Math.max(0, now - (1 - inwards) * distance);
    return Blends.straight(clean, turned, now > 0 ? 1 - Math.min(1, by / now) : 0);
  }

  private void adapt(boolean sidewaysReached, boolean inwardsReached) {
    sidewaysRate.add(sidewaysReached);
    if (sidewaysReached) {
      // a step inwards says something of its own only from where the step sideways was good
      inwardsRate.add(inwardsReached);
    }
    if (sidewaysRate.isFull() && sidewaysRate.share() > 0.5) {
      sideways *= ADAPTATION;
      inwards *= ADAPTATION;
      sidewaysRate.clear();
    } else if (sidewaysRate.isFull() && sidewaysRate.share() < 0.2) {
      sideways /= ADAPTATION;
      inwards /= ADAPTATION;
      sidewaysRate.clear();
    }
    if (inwardsRate.isFull() && inwardsRate.share() > 0.25) {
      inwards *= ADAPTATION;
      inwardsRate.clear();
    } else if (inwardsRate.isFull() && inwardsRate.share() < 0.1) {
      inwards /= ADAPTATION;
      inwardsRate.clear();
    }
  }
}
