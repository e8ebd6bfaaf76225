package org.wardlock.attacks.mimic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Rows;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * The attack of Wang et al. (2018) on networks that were made from a public one by transfer
 * learning: changes a picture until the public network, the teacher, has nearly the same features
 * for it at the cut-off as for a target picture, while its structural dissimilarity to itself stays
 * within a budget. A student that kept the teacher's layers up to the cut-off then takes it for the
 * target's class. Nothing is asked of the student.
 *
 * <p>Adadelta with rate 1 goes down the features' distance in L2 plus 10^10 times the squared
 * excess of the dissimilarity, in variables whose tanh is the picture, as published. The nearest
 * picture within the budget counts, in whole steps of 1/255: should rounding lead out of the
 * budget, the change is scaled down by 1/32 and again until it does not.
 *
 * <p>Two things are ours. Adadelta starts with larger steps ({@value #EPSILON} for the published
 * program's 1e-8), so that hundreds of them do what took it 2,000. And a pair is left alone when
 * its smallest distance went down by less than a hundredth in the last {@value #PATIENCE} steps.
 *
 * <p>A pair's outcome depends on the pair alone, to the last bit.
 *
 * @param teacher the public network's features at the cut-off
 * @param budget the largest dissimilarity (DSSIM), above 0; from 1/2 on everything is within it
 * @param steps at most, at least 1
 * @param judge leaves pairs alone that have come far enough, if there is one: for an attacker who
 *     may ask whether a picture does what it shall, and needs no more
 */
public record Mimic(Features teacher, double budget, int steps, Optional<Judge> judge) {
  /** Steps unless told otherwise. */
  public static final int DEFAULT_STEPS = 300;

  /** What keeps Adadelta's first steps from being none. */
  static final float EPSILON = 1e-6f;

  /** Over how many steps progress is judged. */
  static final int PATIENCE = 50;

  /** After how many steps a judge is asked, and again. */
  static final int BETWEEN_LOOKS = 25;

  /** Says which pictures do what they shall. */
  @FunctionalInterface
  public interface Judge {
    /**
     * Looks at the nearest pictures within the budget so far, as the outcome would have them.
     *
     * @param images (N, channels, height, width), multiples of 1/255
     * @param pairs which they are of, by their places among the sources
     * @return for each whether it is left alone
     */
    boolean[] isEnough(Tensor images, int... pairs);
  }

  /** Checks the settings. */
  public Mimic {
    if (!(budget > 0)) {
      throw new IllegalArgumentException("mimic: budget " + budget + ", expected more than 0");
    }
    if (steps < 1) {
      throw new IllegalArgumentException("mimic: " + steps + " steps, expected at least 1");
    }
  }

  /** Nobody is asked anything. */
  public Mimic(Features teacher, double budget, int steps) {
    this(teacher, budget, steps, Optional.empty());
  }

  /** At most {@value #DEFAULT_STEPS} steps. */
  public Mimic(Features teacher, double budget) {
    this(teacher, budget, DEFAULT_STEPS);
  }

  /** The same, with somebody who looks at the pictures every {@value #BETWEEN_LOOKS} steps. */
  public Mimic until(Judge looking) {
    return new Mimic(teacher, budget, steps, Optional.of(looking));
  }

  /** The most work that a pair can take, in passes through the teacher. */
  public Passes cost() {
    return new MimicOutcome(0, 0, 0, steps).passes();
  }

  /**
   * Gives each source the features of its target.
   *
   * @param sources (N, channels, height, width), float32 in [0, 1]
   * @param targets likewise
   * @return in tensors of the current scope
   */
  public MimicResult run(Tensor sources, Tensor targets) {
    requireEqual(sources.shape(), targets.shape());
    try (Scope _ = Scope.open("mimic")) {
      MimicResult result = towards(sources, features(targets));
      result.images().keep();
      return result;
    }
  }

  /**
   * The untargeted form: gives each source the features of several targets, one after the other,
   * and keeps the picture whose features came nearest to their target's. Nothing is asked of the
   * student for that either.
   *
   * @param sources (N, channels, height, width), float32 in [0, 1]
   * @param targets as many for each source as for any other: those of the first source, then those
   *     of the second and so on
   * @return in tensors of the current scope; of each source the pair that was kept
   */
  public Untargeted runUntargeted(Tensor sources, Tensor targets) {
    int count = sources.shape().extent(0);
    int each = count == 0 ? 0 : targets.shape().extent(0) / count;
    requireEqual(sources.shape(), targets.shape().with(0, each == 0 ? 0 : count));
    int[] repeated = new int[count * each];
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = i / each;
    }
    try (Scope _ = Scope.open("untargeted mimic")) {
      MimicResult all = run(Rows.gather(sources, repeated), targets);
      int[] kept = new int[count];
      int[] choices = new int[count];
      List<MimicOutcome> outcomes = new ArrayList<>();
      for (int row = 0; row < count; row++) {
        choices[row] = nearest(all.pairs().subList(row * each, (row + 1) * each));
        kept[row] = row * each + choices[row];
        outcomes.add(all.pairs().get(kept[row]));
      }
      Tensor images = Rows.gather(all.images(), kept).keep();
      return new Untargeted(new MimicResult(images, outcomes), choices);
    }
  }

  /**
   * What the untargeted form kept.
   *
   * @param choices of each source the place of the kept target among its targets, from 0
   */
  public record Untargeted(MimicResult result, int[] choices) {}

  private static int nearest(List<MimicOutcome> pairs) {
    int nearest = 0;
    for (int i = 1; i < pairs.size(); i++) {
      if (pairs.get(i).distance() < pairs.get(nearest).distance()) {
        nearest = i;
      }
    }
    return nearest;
  }

  /** Gives each picture wanted features, whatever they are those of. */
  MimicResult towards(Tensor sources, Tensor wanted) {
    if (!sources.shape().without(0).equals(teacher.imageShape())) {
      throw new IllegalArgumentException(
          "mimic: pictures of shape %s, the teacher expects %s"
              .formatted(sources.shape().without(0), teacher.imageShape()));
    }
    MimicDescent descent = new MimicDescent(this, sources, wanted);
    descent.descend();
    return descent.result();
  }

  /** The features of pictures, with no way back to them; in the current scope. */
  Tensor features(Tensor images) {
    try (NoGrad _ = NoGrad.enter()) {
      return teacher.features(images);
    }
  }

  private static void requireEqual(Shape sources, Shape targets) {
    if (!sources.equals(targets)) {
      throw new IllegalArgumentException(
          "mimic: sources of shape %s and targets of shape %s, expected equal ones"
              .formatted(sources, targets));
    }
  }
}
