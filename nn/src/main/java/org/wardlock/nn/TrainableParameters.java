package org.wardlock.nn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.wardlock.tensor.Backends;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.RoundedCopy;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/**
 * The parameters that are being trained, laid end to end in one flat buffer, their gradients in
 * another: an optimiser makes one pass a group, and clipping is one reduction. The network's
 * parameters are views of the buffer; each backward pass writes into the gradients.
 *
 * <p>Biases, normalisation weights, layer scale, class and distillation token and the position
 * embedding have no weight decay and lie in a group of their own, as timm has it.
 */
public final class TrainableParameters {
  private static final Set<String> NEVER_DECAYED = Set.of("cls_token", "dist_token", "pos_embed");

  private final List<Parameter> parameters;
  private final Tensor values;
  private final Tensor gradients;
  private final List<Group> groups;
  private Optional<RoundedCopy> rounded = Optional.empty();

  private TrainableParameters(Device device, List<Parameter> ordered, List<Group> groups) {
    this.parameters = ordered;
    this.groups = groups;
    int count = groups.getLast().end();
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("trainable parameters")) {
      values = Tensor.zeros(device, Shape.of(count)).unscoped();
      gradients = Tensor.zeros(device, Shape.of(count)).unscoped();
      int start = 0;
      for (Parameter parameter : ordered) {
        int end = start + Math.toIntExact(parameter.shape().count());
        int[] shape = parameter.shape().toArray();
        Tensor place = values.slice(0, start, end).reshape(shape);
        Updates.assign(place, parameter.tensor());
        parameter.train(place, gradients.slice(0, start, end).reshape(shape).unscoped());
        start = end;
      }
    }
    Backends.trim(device); // where the values were before, nothing of that size will be again
  }

  /**
   * Makes the chosen parameters of a network trainable, all at one learning rate; the others stay
   * constants.
   *
   * @throws IllegalArgumentException if none is chosen, or if together they hold more than 2^31 - 1
   *     numbers
   */
  public static TrainableParameters of(
      Device device, Parameters network, Predicate<Parameter> chosen) {
    return of(device, network, chosen, _ -> 1);
  }

  /**
   * The same with learning rates that differ from parameter to parameter.
   *
   * @param rateScale what a parameter's learning rate is multiplied by, above 0
   * @throws IllegalArgumentException if none is chosen, or if together they hold more than 2^31 - 1
   *     numbers
   */
  public static TrainableParameters of(
      Device device,
      Parameters network,
      Predicate<Parameter> chosen,
      ToDoubleFunction<Parameter> rateScale) {
    var kinds = new TreeMap<Kind, List<Parameter>>(Kind.ORDER);
    for (Parameter parameter : network.learnt()) {
      if (chosen.test(parameter)) {
        var kind = new Kind(isDecayed(parameter), rateScale.applyAsDouble(parameter));
        kinds.computeIfAbsent(kind, _ -> new ArrayList<>()).add(parameter);
      }
    }
    List<Parameter> ordered = kinds.values().stream().flatMap(List::stream).toList();
    long count = count(ordered);
    if (count == 0 || count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "trainable parameters: " + count + " numbers chosen, expected 1 to " + Integer.MAX_VALUE);
    }
    var groups = new ArrayList<Group>();
    int start = 0;
    for (var kind : kinds.entrySet()) {
      int end = start + (int) count(kind.getValue());
      groups.add(new Group(start, end, kind.getKey().decayed(), kind.getKey().rateScale()));
      start = end;
    }
    return new TrainableParameters(device, ordered, List.copyOf(groups));
  }

  /** What sets groups apart; those with decay come first, then those with high rates. */
  private record Kind(boolean decayed, double rateScale) {
    static final Comparator<Kind> ORDER =
        Comparator.comparing(Kind::decayed).thenComparingDouble(Kind::rateScale).reversed();
  }

  private static long count(List<Parameter> parameters) {
    return parameters.stream().mapToLong(parameter -> parameter.shape().count()).sum();
  }

  private static boolean isDecayed(Parameter parameter) {
    return parameter.shape().rank() > 1 && !NEVER_DECAYED.contains(parameter.name());
  }

  /**
   * Keeps the values rounded to the type that passes of a precision compute in, which read these
   * instead of rounding each weight; nothing for float32.
   */
  public void keepRounded(Precision precision) {
    forgetRounded();
    if (precision != Precision.F32) {
      rounded = Optional.of(new RoundedCopy(values, precision.type()));
      parameters.forEach(parameter -> parameter.roundedIn(rounded));
    }
  }

  /** To be called when the values have changed: what is kept rounded follows them. */
  public void changed() {
    rounded.ifPresent(RoundedCopy::refresh);
  }

  private void forgetRounded() {
    parameters.forEach(parameter -> parameter.roundedIn(Optional.empty()));
    rounded.ifPresent(RoundedCopy::release);
    rounded = Optional.empty();
  }

  /** In the order of the buffer. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** All values end to end. */
  public Tensor values() {
    return values;
  }

  /** All gradients end to end, as the last backward pass left them. */
  public Tensor gradients() {
    return gradients;
  }

  /**
   * The ranges of the buffer that are treated alike, in ascending order; at most two for each
   * learning rate.
   */
  public List<Group> groups() {
    return groups;
  }

  /**
   * A range of the buffer.
   *
   * @param start of the first number
   * @param end past the last one
   * @param decayed whether weight decay applies
   * @param rateScale what the learning rate is multiplied by
   */
  public record Group(int start, int end, boolean decayed, double rateScale) {
    /** This range of a flat buffer, as a view. */
    public Tensor of(Tensor flat) {
      return flat.slice(0, start, end);
    }
  }

  /** Gives up both buffers; the network's parameters keep their share of the values. */
  public void release() {
    forgetRounded();
    values.release();
    gradients.release();
  }
}
