package org.wardlock.attacks.score;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/** Keeps what raises a loss, one query at a time, for as many pictures as still stand. */
final class ScoreSearch {
  private final Loss loss;
  private final Oracle oracle;
  private final Task task;
  private final Shape shape;
  private final float[][] clean;
  private final float[][] images;
  private final double[] losses;
  private final boolean[] reached;

  /**
   * @param loss to raise
   */
  ScoreSearch(Loss loss, Oracle oracle, Task task) {
    this.loss = loss;
    this.oracle = oracle;
    this.task = oracle.thorough(task);
    this.shape = task.pictures().images().shape().without(0);
    this.clean = Rows.toHost(task.pictures().images());
    this.images = clean.clone();
    this.losses = new double[clean.length];
    this.reached = new boolean[clean.length];
    Arrays.fill(losses, Double.NEGATIVE_INFINITY);
  }

  /** Makes the moves for a picture of the task. */
  interface Start {
    /**
     * The moves.
     *
     * @param stream of the picture and the restart, for random choices
     */
    Moves moves(float[] clean, long stream);
  }

  /** A picture that the search goes on with. */
  private final class Searched {
    private final int row;
    private final Moves moves;
    private float[] best;
    private double bestLoss = Double.NEGATIVE_INFINITY;

    Searched(int row, Start start, int restart) {
      this.row = row;
      long stream = (long) restart << Integer.SIZE | task.pictures().ids()[row];
      moves = start.moves(clean[row], stream);
    }

    /** Keeps a proposal that is better; returns whether to go on. */
    boolean consider(float[] image, double newLoss, boolean isReached) {
      boolean isBest = newLoss > bestLoss;
      if (isBest) {
        best = image;
        bestLoss = newLoss;
      }
      moves.hear(isBest);
      if (isReached == reached[row] ? newLoss > losses[row] : isReached) {
        images[row] = image;
        losses[row] = newLoss;
        reached[row] = isReached;
      }
      return (!isReached || task.effort() == Effort.TO_THE_END) && !moves.isExhausted();
    }
  }

  /**
   * Searches from the start that belongs to a restart.
   *
   * @param queries after the first
   */
  void run(Start start, int restart, int queries) {
    Searched[] searched =
        IntStream.range(0, clean.length)
            .filter(row -> task.effort() == Effort.TO_THE_END || !reached[row])
            .mapToObj(row -> new Searched(row, start, restart))
            .toArray(Searched[]::new);
    searched = tried(searched, Arrays.stream(searched).map(one -> one.moves.start()));
    for (int query = 0; query < queries && searched.length > 0; query++) {
      int number = query;
      searched =
          tried(searched, Arrays.stream(searched).map(one -> one.moves.propose(one.best, number)));
    }
  }

  /** Asks about an image of each picture; returns the pictures to go on with. */
  private Searched[] tried(Searched[] searched, Stream<float[]> proposals) {
    if (searched.length == 0) {
      return searched;
    }
    Pictures pictures = task.pictures();
    float[][] proposed = proposals.toArray(float[][]::new);
    int[] rows = Arrays.stream(searched).mapToInt(one -> one.row).toArray();
    Response answer;
    try (Scope _ = Scope.open("query")) {
      answer = oracle.ask(Rows.toDevice(pictures.images().device(), shape, proposed), rows);
    }
    return IntStream.range(0, searched.length)
        .filter(
            i ->
                searched[i].consider(
                    proposed[i],
                    loss.of(pictures, rows[i], answer.logits(i)).value(),
                    pictures.isReached(rows[i], answer.prediction(i))))
        .mapToObj(i -> searched[i])
        .toArray(Searched[]::new);
  }

  Candidates candidates() {
    return new Candidates(
        Rows.toDevice(task.pictures().images().device(), shape, images), reached, losses);
  }
}
