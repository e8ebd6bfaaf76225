package org.wardlock.attacks.gradient;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.LossValue;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/** One climb of {@link LatticeAscent} from a start, for as many pictures as still stand. */
final class LatticeClimb {
  /** As in the published program. */
  private static final double SHARPER = 1.2;

  /** So sharp that only equal weights share; sharper would overflow in the end. */
  private static final double SHARPEST = 1 << 20;

  private final LatticeAscent attack;
  private final Oracle oracle;
  private final Oracle inner;
  private final Task task;
  private final BestIterates best;

  LatticeClimb(LatticeAscent attack, Oracle oracle, Oracle inner, Task task, BestIterates best) {
    this.attack = attack;
    this.oracle = oracle;
    this.inner = inner;
    this.task = task;
    this.best = best;
  }

  /**
   * Climbs.
   *
   * @param startRows the pictures to attack
   */
  void run(int restart, int... startRows) {
    Pictures pictures = task.pictures();
    int[] rows = startRows;
    try (Scope _ = Scope.open("climb " + restart)) {
      Lattice lattice =
          Lattice.around(
              Rows.gather(pictures.images(), rows), task.threat().radius(), attack.known());
      Tensor weights = start(lattice, restart, rows);
      double sharpness = 1;
      for (int i = 0; i < attack.iterations(); i++) {
        Tensor before = weights;
        int[] going;
        try (Scope _ = Scope.open("step")) {
          weights = step(lattice, weights, sharpness, rows);
          going = show(lattice, weights, rows);
          if (going.length == 0) {
            return;
          }
          weights = Rows.gather(weights, going).keep();
        }
        before.release();
        if (going.length < rows.length) {
          Lattice wide = lattice;
          lattice = wide.select(going);
          wide.release();
          rows = Rows.pick(rows, going);
        }
        sharpness = Math.min(sharpness * SHARPER, SHARPEST);
      }
    }
  }

  private Tensor start(Lattice lattice, int restart, int... rows) {
    try (Scope _ = Scope.open("start")) {
      Shape shape = lattice.pixels().shape();
      Tensor streams =
          Tensor.ofLongs(
              lattice.pixels().device(),
              Shape.of(rows.length),
              RandomStreams.of(task.pictures(), restart, rows));
      Tensor noise =
          Tensor.random(
              Distribution.NORMAL,
              task.seed(),
              AttackPurpose.LATTICE_START.number(),
              streams,
              Math.toIntExact(shape.without(0).count()));
      return noise.reshape(shape.toArray()).add(lattice.barred()).keep();
    }
  }

  /** Weights one step up the loss. */
  private Tensor step(Lattice lattice, Tensor weights, double sharpness, int... rows) {
    int[] shape = lattice.pixels().shape().toArray();
    Tensor shares = weights.multiply((float) sharpness).softmax();
    Tensor mean = shares.multiply(lattice.looked()).sum(2);
    Tensor point = mean.reshape(Rows.gather(task.pictures().images(), rows).shape().toArray());
    Response answer = inner.askForGradient(point.detach(), rows);
    LossValue[] losses = new LossValue[rows.length];
    Arrays.setAll(losses, i -> loss(answer, i));
    Tensor gradient =
        answer
            .gradient(Rows.all(rows.length), i -> losses[i].direction())
            .reshape(shape[0], shape[1], 1);
    // a weight raises its value's share, at the cost of the mean
    Tensor rise = lattice.looked().subtract(mean.reshape(shape[0], shape[1], 1));
    return weights.add(gradient.sign().multiply(rise.sign()));
  }

  private LossValue loss(Response answer, int i) {
    return attack.loss().of(task.pictures(), answer.row(i), answer.logits(i));
  }

  /** Shows the pictures of the largest weights; returns the positions to go on with. */
  private int[] show(Lattice lattice, Tensor weights, int... rows) {
    int[] imageShape = task.pictures().images().shape().toArray();
    imageShape[0] = rows.length;
    int[] shape = lattice.pixels().shape().toArray();
    Tensor chosen = weights.argMax().oneHot(lattice.choices(), 1, 0).reshape(shape);
    Tensor images = chosen.multiply(lattice.pixels()).sum(2).reshape(imageShape);
    Response answer = oracle.ask(images, rows);
    boolean[] reached = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      reached[i] = task.pictures().isReached(rows[i], answer.prediction(i));
      best.offer(rows[i], reached[i], loss(answer, i).value(), images, i);
    }
    return IntStream.range(0, rows.length)
        .filter(i -> task.effort() == Effort.TO_THE_END || !reached[i])
        .toArray();
  }
}
