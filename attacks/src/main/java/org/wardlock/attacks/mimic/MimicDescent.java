package org.wardlock.attacks.mimic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.attacks.NonFiniteException;
import org.wardlock.attacks.Rows;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * From pictures towards wanted features. Pairs that make no progress any more leave the batch;
 * valid as long as the scope that it is made in.
 */
final class MimicDescent {
  private static final double PENALTY = 1e10;

  /** By which share the distance must go down within the patience. */
  private static final double PROGRESS = 0.01;

  /** Keeps black and white at finite variables, as published: tanh goes from -1 to 1. */
  private static final double TANH_RANGE = 2 - 1e-6;

  private final Mimic mimic;
  private final Tensor sources;
  private final Tensor wanted;
  private final double[][] nearest;
  private final int[] steps;
  private final float[][] pictures;

  private int[] rows;
  private Optional<StructuralDissimilarity> dissimilarity;
  private Tensor goal;
  private Tensor variables;
  private Tensor best;
  private Adadelta optimizer;

  MimicDescent(Mimic mimic, Tensor sources, Tensor wanted) {
    this.mimic = mimic;
    this.sources = sources.detach();
    this.wanted = wanted;
    int count = sources.shape().extent(0);
    nearest = new double[count][mimic.steps() + 1];
    steps = new int[count];
    pictures = new float[count][];
    rows = Rows.all(count);
    goal = wanted.detach();
    best = sources.detach();
    // anything is within a budget that even negatives keep
    dissimilarity =
        mimic.budget() < 0.5 && count > 0
            ? Optional.of(StructuralDissimilarity.to(sources))
            : Optional.empty();
    variables = variables(sources);
    optimizer = new Adadelta(variables, Mimic.EPSILON);
  }

  private static Tensor variables(Tensor images) {
    float[] values = images.toFloats();
    for (int i = 0; i < values.length; i++) {
      double inside = (Math.clamp(values[i], 0.0, 1.0) - 0.5) * TANH_RANGE;
      values[i] = (float) (StrictMath.log((1 + inside) / (1 - inside)) / 2);
    }
    return Tensor.of(images.device(), images.shape(), values);
  }

  void descend() {
    for (int step = 0; rows.length > 0 && step < mimic.steps(); step++) {
      try (Scope _ = Scope.open("step")) {
        descend(step);
      }
      leaveWhereNothingMoves(step);
      leaveWhatIsEnough(step);
    }
    if (rows.length > 0) {
      try (Scope _ = Scope.open("end");
          NoGrad _ = NoGrad.enter()) {
        Tensor x = point(variables.tanh());
        double[] distances = lengths(mimic.teacher().features(x).subtract(goal));
        consider(mimic.steps(), x, distances, excesses(unlike(x)));
      }
      leave(IntStream.range(0, rows.length).toArray(), mimic.steps());
    }
  }

  private void descend(int step) {
    Tensor tanh = variables.tanh();
    Tensor x = point(tanh).requiresGrad();
    List<Tensor> towards = List.of(x);
    Tensor found = mimic.teacher().features(x);
    Tensor difference = found.detach().subtract(goal);
    double[] distances = lengths(difference);
    Optional<Tensor> unlike = unlike(x);
    double[] excesses = excesses(unlike);
    consider(step, x.detach(), distances, excesses);

    double[] inverse = Arrays.stream(distances).map(d -> d == 0 ? 0 : 1 / d).toArray();
    Tensor gradient =
        found.backward(difference.multiply(each(inverse, difference.shape())), towards).of(x);
    // without any excess the penalty's gradient is 0: adding it would change nothing
    if (Arrays.stream(excesses).anyMatch(excess -> excess > 0)) {
      double[] penalty = Arrays.stream(excesses).map(e -> 2 * PENALTY * Math.max(e, 0)).toArray();
      Tensor seed = each(penalty, Shape.of(rows.length));
      gradient = gradient.add(unlike.orElseThrow().backward(seed, towards).of(x));
    }
    float slope = (float) (1 / TANH_RANGE);
    Tensor towardsVariables = gradient.multiply(tanh.square().affine(-slope, slope));
    Tensor change = optimizer.step(towardsVariables);
    variables = Adadelta.replace(variables, variables.subtract(change));
  }

  private static Tensor point(Tensor tanh) {
    return tanh.affine((float) (1 / TANH_RANGE), 0.5f);
  }

  private Tensor each(double[] values, Shape like) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    int[] extents = new int[like.rank()];
    Arrays.fill(extents, 1);
    extents[0] = values.length;
    return Tensor.of(sources.device(), Shape.of(extents), floats);
  }

  private double[] lengths(Tensor differences) {
    int[] inner = IntStream.range(1, differences.shape().rank()).toArray();
    float[] squares = differences.square().sum(inner).toFloats();
    double[] lengths = new double[squares.length];
    for (int i = 0; i < lengths.length; i++) {
      if (!Float.isFinite(squares[i])) {
        throw new NonFiniteException(
            "teacher: the features of picture %d are %s from the wanted ones, expected a finite distance"
                .formatted(rows[i], squares[i]));
      }
      lengths[i] = Math.sqrt(squares[i]);
    }
    return lengths;
  }

  private Optional<Tensor> unlike(Tensor x) {
    return dissimilarity.map(of -> of.of(x));
  }

  /** By how much each picture's dissimilarity is above the budget; at most 0 if it is not. */
  private double[] excesses(Optional<Tensor> unlike) {
    double[] excesses = new double[rows.length];
    if (unlike.isPresent()) {
      float[] values = unlike.get().detach().toFloats();
      Arrays.setAll(excesses, i -> values[i] - mimic.budget());
    }
    return excesses;
  }

  /** Keeps what is nearer than all before, if it is within the budget. */
  private void consider(int step, Tensor x, double[] distances, double[] excesses) {
    double[] better = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      double[] before = nearest[rows[i]];
      // the first is the source itself
      boolean counts = step == 0 || excesses[i] <= 0 && distances[i] < before[step - 1];
      before[step] = counts ? distances[i] : before[step - 1];
      better[i] = counts ? 1 : 0;
    }
    if (step > 0 && Arrays.stream(better).anyMatch(one -> one > 0)) {
      best = Adadelta.replace(best, each(better, x.shape()).where(x, best));
    }
  }

  private void leaveWhereNothingMoves(int step) {
    if (step < Mimic.PATIENCE) {
      return;
    }
    int[] still =
        IntStream.range(0, rows.length)
            .filter(
                i -> {
                  double[] path = nearest[rows[i]];
                  return path[step] > (1 - PROGRESS) * path[step - Mimic.PATIENCE];
                })
            .toArray();
    if (still.length > 0) {
      leave(still, step);
    }
  }

  private void leaveWhatIsEnough(int step) {
    if (mimic.judge().isEmpty() || rows.length == 0 || (step + 1) % Mimic.BETWEEN_LOOKS != 0) {
      return;
    }
    boolean[] enough;
    try (Scope _ = Scope.open("look");
        NoGrad _ = NoGrad.enter()) {
      RoundedPictures rounded =
          RoundedPictures.within(mimic.budget(), Rows.gather(sources, rows), Rows.toHost(best));
      Tensor images =
          Rows.toDevice(sources.device(), sources.shape().without(0), rounded.pictures());
      enough = mimic.judge().get().isEnough(images, rows.clone());
    }
    int[] done = IntStream.range(0, rows.length).filter(i -> enough[i]).toArray();
    if (done.length > 0) {
      leave(done, step);
    }
  }

  /** Takes pairs out of the batch. */
  private void leave(int[] places, int step) {
    try (Scope _ = Scope.open("pairs that leave")) {
      float[][] found = Rows.toHost(Rows.gather(best, places));
      for (int i = 0; i < places.length; i++) {
        int row = rows[places[i]];
        pictures[row] = found[i];
        steps[row] = step;
      }
      int[] staying =
          IntStream.range(0, rows.length)
              .filter(i -> Arrays.stream(places).noneMatch(place -> place == i))
              .toArray();
      rows = Rows.pick(rows, staying);
      if (rows.length == 0) {
        return;
      }
      goal = Adadelta.replace(goal, Rows.gather(goal, staying));
      best = Adadelta.replace(best, Rows.gather(best, staying));
      variables = Adadelta.replace(variables, Rows.gather(variables, staying));
      optimizer.select(staying);
    }
    dissimilarity = dissimilarity.map(of -> StructuralDissimilarity.to(Rows.gather(sources, rows)));
  }

  /** The nearest pictures as files hold them, looked at once more. */
  MimicResult result() {
    Shape one = sources.shape().without(0);
    List<MimicOutcome> outcomes = new ArrayList<>();
    try (Scope _ = Scope.open("outcome");
        NoGrad _ = NoGrad.enter()) {
      RoundedPictures rounded = RoundedPictures.within(mimic.budget(), sources, pictures);
      Tensor images = Rows.toDevice(sources.device(), one, rounded.pictures());
      rows = Rows.all(pictures.length);
      double[] distances =
          pictures.length == 0
              ? new double[0]
              : lengths(mimic.teacher().features(images).subtract(wanted));
      for (int row = 0; row < distances.length; row++) {
        outcomes.add(
            new MimicOutcome(
                rounded.dissimilarities()[row], distances[row], nearest[row][0], steps[row]));
      }
      return new MimicResult(images.keep(), outcomes);
    }
  }
}
