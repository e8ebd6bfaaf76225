package org.wardlock.nn;

import java.util.Optional;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Where modules get their parameters, by dotted name: one constructor both creates a network and
 * loads it.
 *
 * <pre>{@code
 * weight = source.child("blocks").child(0).parameter("weight", Shape.of(out, in), init);
 * }</pre>
 */
public final class ParameterSource {
  private final Device device;
  private final String path;
  private final ParameterValues values;
  private final Parameters made;
  private final Optional<Change> change;

  private ParameterSource(
      Device device,
      String path,
      ParameterValues values,
      Parameters made,
      Optional<Change> change) {
    this.device = device;
    this.path = path;
    this.values = values;
    this.made = made;
    this.change = change;
  }

  /** Low-rank changes to layers, and where their factors come from. */
  private record Change(LoraSettings settings, ParameterValues factors) {}

  /**
   * Parameters that hold what their {@link Init} says, random numbers being a function of the seed
   * and the parameter's name alone.
   */
  public static ParameterSource initial(Device device, long seed) {
    return new ParameterSource(
        device, "", new ParameterValues.Initial(device, seed), new Parameters(), Optional.empty());
  }

  /**
   * Parameters that hold what is stored under their names, converted to float32. What is missing or
   * does not fit is noted and told by {@link #requireComplete}.
   */
  public static ParameterSource stored(Device device, Weights weights) {
    return new ParameterSource(
        device,
        "",
        new ParameterValues.Stored(device, weights),
        new Parameters(),
        Optional.empty());
  }

  /**
   * The same source for a network with low-rank changes beside its layers, whose factors start
   * afresh, wherever the weights come from.
   *
   * @param seed of the factors' random numbers
   */
  public ParameterSource withLora(LoraSettings settings, long seed) {
    var fresh = new Change(settings, new ParameterValues.Initial(device, seed));
    return new ParameterSource(device, path, values, made, Optional.of(fresh));
  }

  /**
   * The same source, but for one layer of the network, which starts afresh: a head for other
   * classes, for instance.
   *
   * @param name of the layer
   * @param seed of its random numbers
   */
  public ParameterSource renewing(String name, long seed) {
    var fresh = new ParameterValues.Initial(device, seed);
    var renewed = new ParameterValues.Renewed(values, path + name + ".", fresh);
    return new ParameterSource(device, path, renewed, made, change);
  }

  /** The low-rank changes that layers get, if any. */
  Optional<LoraSettings> lora() {
    return change.map(Change::settings);
  }

  /**
   * Parameters of another network, in the same memory, but for those that are stored apart. What
   * changes the other network's values changes these; each is given up on its own.
   */
  public static ParameterSource sharing(Device device, Parameters base, Weights own) {
    return new ParameterSource(
        device,
        "",
        new ParameterValues.Shared(device, base, own),
        new Parameters(),
        Optional.empty());
  }

  /** Where parameters are made. */
  public Device device() {
    return device;
  }

  /** The dotted name of the part that parameters are given to; empty for the whole network. */
  public String name() {
    return path.isEmpty() ? path : path.substring(0, path.length() - 1);
  }

  /** The same source for what is inside the named part. */
  public ParameterSource child(String name) {
    return new ParameterSource(device, path + name + ".", values, made, change);
  }

  /** The same source for one part of a list. */
  public ParameterSource child(int index) {
    return child(Integer.toString(index));
  }

  /** Something to be learnt. */
  public Parameter parameter(String name, Shape shape, Init init) {
    return made.add(make(values, name, Parameter.Kind.LEARNT, shape, init));
  }

  /** A statistic: stored with the weights, changed by training, but by no gradient. */
  public Parameter buffer(String name, Shape shape, Init init) {
    return made.add(make(values, name, Parameter.Kind.BUFFER, shape, init));
  }

  /** A factor of a low-rank change. */
  Parameter factor(String name, Shape shape, Init init) {
    ParameterValues factors = change.orElseThrow().factors();
    return made.add(make(factors, name, Parameter.Kind.FACTOR, shape, init));
  }

  /** A count that starts at 0. */
  public Counter counter(String name) {
    return made.add(new Counter(path + name, values.count(path + name)));
  }

  private Parameter make(
      ParameterValues from, String name, Parameter.Kind kind, Shape shape, Init init) {
    try (Scope _ = Scope.open("parameter " + path + name)) {
      Tensor tensor = from.tensor(path + name, shape, init);
      return new Parameter(path + name, kind, tensor.unscoped());
    }
  }

  /** Everything this source and its children have given out so far. */
  public Parameters parameters() {
    return made;
  }

  /**
   * Checks that what was stored is what was asked for.
   *
   * @throws WeightsException with one message for everything that was missing, left over or of
   *     another shape
   */
  public void requireComplete() throws WeightsException {
    values.requireComplete(made);
  }
}
