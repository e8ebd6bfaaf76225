package org.wardlock.threat.recovery;

import java.util.Arrays;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Rows;
import org.wardlock.defense.Permutation;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.UnaryOp;
import org.wardlock.threat.ThreatPurpose;

/**
 * Looks for a key by gradients: permutation and mask are relaxed to a doubly stochastic matrix and
 * to numbers between 0 and 1, whose logits descend the model's loss on the attacker's pictures by
 * Adam (Kingma and Ba 2015), while a falling temperature drives them to the corners (Mena et al.
 * 2018). In the end the nearest permutation is taken, by the Hungarian method. What it finds is
 * worth polishing by a {@link SwapClimb}.
 *
 * <p>It begins in the middle, where every value of a block is the block's mean; the start says what
 * kind of key is looked for and is no guess itself.
 *
 * @param steps of descent
 * @param batch pictures a step
 * @param learningRate of Adam
 * @param warm the temperature of the first step
 * @param cold the temperature of the last step; between them it falls by a constant factor
 * @param rounds of Sinkhorn's normalisation
 * @param seed of the noise that the logits begin with, and of the order of the pictures
 */
public record Relaxation(
    int steps, int batch, double learningRate, double warm, double cold, int rounds, long seed)
    implements KeySearch {
  private static final double MEMORY = 0.9;
  private static final double SQUARE_MEMORY = 0.999;
  private static final double TINY = 1e-8;
  private static final double NOISE = 0.01;

  /** Checks the settings. */
  public Relaxation {
    if (steps < 1 || batch < 1 || rounds < 1) {
      throw new IllegalArgumentException(
          "relaxation: found %d steps, batch %d, %d rounds; expected at least 1 of each"
              .formatted(steps, batch, rounds));
    }
    if (!(cold > 0 && warm >= cold && learningRate > 0)) {
      throw new IllegalArgumentException(
          "relaxation: found temperatures %s to %s and learning rate %s; expected falling ones, all above 0"
              .formatted(warm, cold, learningRate));
    }
  }

  /** 300 steps of 64 pictures. */
  public static Relaxation standard(long seed) {
    return new Relaxation(300, 64, 0.1, 1, 0.05, 20, seed);
  }

  @Override
  public String name() {
    return "relaxation";
  }

  @Override
  public Passes cost(KeyTables start, int pictures) {
    long shown = (long) steps * Math.min(batch, pictures);
    return new Passes(shown + pictures, shown);
  }

  @Override
  public KeyEstimate search(GuessJudge judge, KeyTables start) {
    Passes before = judge.passes();
    int length = start.length();
    var mixing = new AdamVector(start.shuffles() ? length * length : 0, seed, 0);
    var negation = new AdamVector(start.negates() ? length : 0, seed, 1);
    try (RelaxedKey key =
        new RelaxedKey(start.spec(), judge.model().imageShape(), judge.model().device())) {
      for (int step = 0; step < steps; step++) {
        descend(judge, key, start, mixing, negation, step);
      }
      KeyTables found = round(judge, start, mixing, negation);
      return new KeyEstimate(found, judge.score(found), judge.passesSince(before));
    }
  }

  private double temperature(int step) {
    double share = steps == 1 ? 1 : (double) step / (steps - 1);
    return warm * Math.pow(cold / warm, share);
  }

  private void descend(
      GuessJudge judge,
      RelaxedKey key,
      KeyTables start,
      AdamVector mixing,
      AdamVector negation,
      int step) {
    try (Scope _ = Scope.open("relaxation step")) {
      Tensor leaf = mixing.leaf(judge);
      Tensor signs = negation.leaf(judge);
      int[] rows = rows(judge.count(), step);
      int[] labels = Arrays.stream(rows).map(row -> judge.labels()[row]).toArray();
      Tensor images = Rows.gather(judge.images(), rows);
      Tensor loss =
          key.loss(
              judge.model(),
              images,
              labels,
              relaxedMixing(judge, start, leaf, step),
              relaxedNegation(judge, start, signs, step));
      Gradients gradients = loss.backward();
      judge.count(new Passes(rows.length, rows.length));
      if (start.shuffles()) {
        mixing.step(gradients.of(leaf).toFloats(), learningRate, step);
      }
      if (start.negates()) {
        negation.step(gradients.of(signs).toFloats(), learningRate, step);
      }
    }
  }

  private Tensor relaxedMixing(GuessJudge judge, KeyTables start, Tensor leaf, int step) {
    int length = start.length();
    return start.shuffles()
        ? RelaxedKey.sinkhorn(leaf.reshape(length, length), temperature(step), rounds)
        : Tensor.of(
            judge.model().device(),
            Shape.of(length, length),
            RelaxedKey.mixing(KeyTables.identity(start.spec(), start.channels())));
  }

  private Tensor relaxedNegation(GuessJudge judge, KeyTables start, Tensor leaf, int step) {
    return start.negates()
        ? leaf.multiply((float) (1 / temperature(step))).map(UnaryOp.SIGMOID)
        : Tensor.zeros(judge.model().device(), Shape.of(start.length()));
  }

  /** The pictures of a step: the next ones of an endless round in an order drawn anew each time. */
  private int[] rows(int count, int step) {
    int size = Math.min(batch, count);
    var rows = new int[size];
    for (int i = 0; i < size; i++) {
      long place = (long) step * size + i;
      rows[i] = order(count, place / count)[(int) (place % count)];
    }
    return rows;
  }

  private int[] order(int count, long epoch) {
    var random = new Philox(seed, ThreatPurpose.OWN_PICTURES.number(), epoch);
    int[] order = Permutation.identity(count).toArray();
    for (int i = count - 1; i > 0; i--) {
      int chosen = random.below(i + 1, i);
      int entry = order[i];
      order[i] = order[chosen];
      order[chosen] = entry;
    }
    return order;
  }

  private KeyTables round(
      GuessJudge judge, KeyTables start, AdamVector mixing, AdamVector negation) {
    int length = start.length();
    Permutation sources = Permutation.identity(length);
    if (start.shuffles()) {
      try (Scope _ = Scope.open("rounding")) {
        Tensor logits = mixing.leaf(judge).detach().reshape(length, length);
        float[] matrix = RelaxedKey.sinkhorn(logits, cold, rounds).toFloats();
        sources = Permutation.of(RelaxedKey.nearestPermutation(length, matrix));
      }
    }
    var negated = new boolean[length];
    for (int i = 0; start.negates() && i < length; i++) {
      negated[i] = negation.values[i] > 0;
    }
    return new KeyTables(start.spec(), start.channels(), sources, negated);
  }

  /** Numbers that descend by Adam, in double. */
  private static final class AdamVector {
    final double[] values;
    final double[] mean;
    final double[] square;

    AdamVector(int size, long seed, long stream) {
      var random = new Philox(seed, ThreatPurpose.SEARCH.number(), stream);
      values = new double[size];
      Arrays.setAll(values, i -> NOISE * (2 * random.uniform(i) - 1));
      mean = new double[size];
      square = new double[size];
    }

    Tensor leaf(GuessJudge judge) {
      var floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      return Tensor.of(judge.model().device(), Shape.of(floats.length), floats).requiresGrad();
    }

    void step(float[] gradient, double learningRate, int step) {
      double correction = 1 - Math.pow(MEMORY, step + 1);
      double squareCorrection = 1 - Math.pow(SQUARE_MEMORY, step + 1);
      for (int i = 0; i < values.length; i++) {
        mean[i] = MEMORY * mean[i] + (1 - MEMORY) * gradient[i];
        square[i] = SQUARE_MEMORY * square[i] + (1 - SQUARE_MEMORY) * gradient[i] * gradient[i];
        double scale = Math.sqrt(square[i] / squareCorrection) + TINY;
        values[i] -= learningRate * mean[i] / correction / scale;
      }
    }
  }
}
