package org.wardlock.attacks.score;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/** One run of the Square attack for as many pictures as still stand. */
final class SquareSearch {
  private final Square square;
  private final Oracle oracle;
  private final Task task;
  private final Shape shape;
  private final float[][] clean;
  private final float[][] images;
  private final double[] losses;
  private final boolean[] reached;

  SquareSearch(Square square, Oracle oracle, Task task) {
    this.square = square;
    this.oracle = oracle;
    this.task = task;
    this.shape = task.pictures().images().shape().without(0);
    this.clean = Rows.toHost(task.pictures().images());
    this.images = clean.clone();
    this.losses = new double[clean.length];
    this.reached = new boolean[clean.length];
    Arrays.fill(losses, Double.NEGATIVE_INFINITY);
  }

  /** A picture that the search goes on with. */
  private final class Searched {
    private final int row;
    private final SquareMoves moves;
    private float[] best;
    private double loss = Double.NEGATIVE_INFINITY;

    Searched(int row, int restart) {
      this.row = row;
      long restartStream = (long) restart << Integer.SIZE;
      long stream = restartStream | task.pictures().ids()[row];
      long steps = square.mode() == Mode.COMPAT ? restartStream : stream;
      SquareRandom random = new SquareRandom(task.seed(), stream, steps, square.mode());
      moves = SquareMoves.of(task.threat(), shape, clean[row], random);
    }

    /** Keeps a proposal that is better; returns whether to go on. */
    boolean consider(float[] image, double newLoss, boolean isReached) {
      if (newLoss > loss) {
        best = image;
        loss = newLoss;
      }
      if (isReached == reached[row] ? newLoss > losses[row] : isReached) {
        images[row] = image;
        losses[row] = newLoss;
        reached[row] = isReached;
      }
      return !isReached || task.effort() == Effort.TO_THE_END;
    }
  }

  /** Searches from the start that belongs to a restart. */
  void run(int restart) {
    Searched[] searched =
        IntStream.range(0, clean.length)
            .filter(row -> task.effort() == Effort.TO_THE_END || !reached[row])
            .mapToObj(row -> new Searched(row, restart))
            .toArray(Searched[]::new);
    searched = tried(searched, Arrays.stream(searched).map(one -> one.moves.start()));
    for (int query = 0; query < square.queries() && searched.length > 0; query++) {
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
                    margin(answer.logits(i), rows[i]),
                    pictures.isReached(rows[i], answer.prediction(i))))
        .mapToObj(i -> searched[i])
        .toArray(Searched[]::new);
  }

  private double margin(double[] logits, int row) {
    Pictures pictures = task.pictures();
    OptionalInt target =
        pictures.targets().map(targets -> OptionalInt.of(targets[row])).orElse(OptionalInt.empty());
    return Loss.MARGIN.of(logits, pictures.labels()[row], target).value();
  }

  Candidates candidates() {
    return new Candidates(
        Rows.toDevice(task.pictures().images().device(), shape, images), reached, losses);
  }
}
