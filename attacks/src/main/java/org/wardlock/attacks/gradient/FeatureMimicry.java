package org.wardlock.attacks.gradient;

import java.util.stream.IntStream;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * Feature mimicry (Sabour et al. 2016): changes a picture within the radius until a teacher, a
 * network that the one under attack is likely to have learned from, has nearly the same features
 * for it as for a guide, a picture of another class. Then shows it to the classifier under attack,
 * once. Nothing is asked of that classifier while pictures are made, and nothing of the teacher's
 * classes.
 *
 * <p>The distance of the features, in L2, goes down in steps of constant length along the steepest
 * way of the threat's norm; the paper minimises the same distance within the same ball by L-BFGS-B.
 * The nearest point counts, not the last.
 *
 * @param teacher whose features shall agree
 * @param guides pictures whose features to take on, with their labels: each picture gets random
 *     ones of its target's class or, without targets, of any class but its own
 * @param iterations steps towards each guide, at least 1
 * @param attempts how many guides each picture gets, one after the other, at least 1
 */
public record FeatureMimicry(Features teacher, Pictures guides, int iterations, int attempts)
    implements Attack {
  private static final double STEPS_ACROSS = 2.5;

  /** Checks the settings. */
  public FeatureMimicry {
    if (iterations < 1 || attempts < 1) {
      throw new IllegalArgumentException(
          "mimicry: %d iterations and %d attempts, expected at least 1"
              .formatted(iterations, attempts));
    }
    if (!guides.images().shape().without(0).equals(teacher.imageShape())) {
      throw new IllegalArgumentException(
          "mimicry: guides of shape %s, the teacher expects %s"
              .formatted(guides.images().shape().without(0), teacher.imageShape()));
    }
  }

  /** 100 steps towards one guide. */
  public FeatureMimicry(Features teacher, Pictures guides) {
    this(teacher, guides, 100, 1);
  }

  /** With another number of steps. */
  public FeatureMimicry iterations(int newIterations) {
    return new FeatureMimicry(teacher, guides, newIterations, attempts);
  }

  /** With another number of guides for each picture. */
  public FeatureMimicry attempts(int newAttempts) {
    return new FeatureMimicry(teacher, guides, iterations, newAttempts);
  }

  @Override
  public String name() {
    return "mimicry";
  }

  /** The settings; teacher and guides have no description of their own. */
  @Override
  public String toString() {
    return "FeatureMimicry[iterations=%d, attempts=%d, guides=%d]"
        .formatted(iterations, attempts, guides.count());
  }

  /** Of each attempt: the guide, the steps, the last distance, and the question. */
  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(iterations + 3L, iterations).times(attempts);
  }

  @Override
  public Candidates search(Oracle oracle, Task given) {
    Task task = oracle.thorough(given);
    Pictures pictures = task.pictures();
    BestIterates best = new BestIterates(pictures.images());
    try (Scope _ = Scope.open(name())) {
      for (int attempt = 0; attempt < attempts; attempt++) {
        boolean all = task.effort() == Effort.TO_THE_END;
        int[] rows = all ? Rows.all(pictures.count()) : best.standing();
        if (rows.length == 0) {
          break;
        }
        try (Scope _ = Scope.open("attempt " + attempt)) {
          attempt(oracle, task, attempt, best, rows);
        }
      }
    }
    return best.candidates();
  }

  private void attempt(Oracle oracle, Task task, int attempt, BestIterates best, int... rows) {
    int[] chosen =
        IntStream.of(rows).map(row -> guide(task.pictures(), row, task.seed(), attempt)).toArray();
    FeatureDescent descent = new FeatureDescent(teacher, task, rows);
    Tensor wanted = descent.features(Rows.gather(guides.images(), chosen));
    float step =
        Math.nextUp((float) (STEPS_ACROSS * task.threat().radius().toDouble() / iterations));
    descent.descend(wanted, iterations, step);
    oracle.countElsewhere(new Passes(iterations + 2L, iterations).times(rows.length));
    Response answer = oracle.ask(descent.nearest(), rows);
    for (int i = 0; i < rows.length; i++) {
      boolean reached = task.pictures().isReached(rows[i], answer.prediction(i));
      best.offer(rows[i], reached, -descent.distance(i), descent.nearest(), i);
    }
  }

  /** The guide of an attempt: drawn without putting back, until there is none left. */
  private int guide(Pictures pictures, int row, long seed, int attempt) {
    int[] fitting =
        IntStream.range(0, guides.count()).filter(g -> fits(pictures, row, g)).toArray();
    if (fitting.length == 0) {
      throw new IllegalArgumentException(
          "mimicry: no guide fits picture %d of class %d; expected one of %s"
              .formatted(
                  pictures.ids()[row],
                  pictures.labels()[row],
                  pictures
                      .targets()
                      .map(targets -> "class " + targets[row])
                      .orElse("another class")));
    }
    Philox random = new Philox(seed, AttackPurpose.GUIDES.number(), pictures.ids()[row]);
    for (int place = 0; place <= attempt % fitting.length; place++) {
      int other = place + random.below(fitting.length - place, place);
      int drawn = fitting[other];
      fitting[other] = fitting[place];
      fitting[place] = drawn;
    }
    return fitting[attempt % fitting.length];
  }

  private boolean fits(Pictures pictures, int row, int guide) {
    int label = guides.labels()[guide];
    return pictures
        .targets()
        .map(targets -> label == targets[row])
        .orElse(label != pictures.labels()[row]);
  }
}
