package org.wardlock.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/** Everything of a network that is stored: parameters, buffers and counters, in order of making. */
public final class Parameters {
  private final List<Parameter> all = new ArrayList<>();
  private final List<Counter> counters = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  Parameters() {}

  Parameter add(Parameter parameter) {
    requireNew(parameter.name());
    all.add(parameter);
    return parameter;
  }

  Counter add(Counter counter) {
    requireNew(counter.name());
    counters.add(counter);
    return counter;
  }

  private void requireNew(String name) {
    if (!names.add(name)) {
      throw new IllegalStateException("parameter " + name + ": two modules ask for it");
    }
  }

  /** What is learnt, and statistics. */
  public List<Parameter> all() {
    return Collections.unmodifiableList(all);
  }

  /** What is learnt, factors of low-rank changes among it. */
  public List<Parameter> learnt() {
    return all.stream().filter(parameter -> !parameter.isBuffer()).toList();
  }

  /** Statistics. */
  public List<Parameter> buffers() {
    return all.stream().filter(Parameter::isBuffer).toList();
  }

  /** Counts. */
  public List<Counter> counters() {
    return Collections.unmodifiableList(counters);
  }

  /** How many numbers are learnt. */
  public long learntCount() {
    return learnt().stream().mapToLong(parameter -> parameter.shape().count()).sum();
  }

  /** The names of everything that is stored. */
  public Set<String> names() {
    return Collections.unmodifiableSet(names);
  }

  /**
   * What a weights file holds: tensors by name, sharing memory with this network except for the
   * counters, which are made in the current scope.
   */
  public Map<String, Tensor> state(Device device) {
    return state(device, _ -> true);
  }

  /** The same of chosen parameters, and of all counters. */
  public Map<String, Tensor> state(Device device, Predicate<Parameter> chosen) {
    var state = new LinkedHashMap<String, Tensor>();
    all.stream()
        .filter(chosen)
        .forEach(parameter -> state.put(parameter.name(), parameter.tensor()));
    counters.forEach(
        counter -> state.put(counter.name(), Tensor.ofLongs(device, Shape.of(), counter.value())));
    return state;
  }

  /**
   * Replaces values by stored ones, in place: for a network that is being trained.
   *
   * @param chosen which are stored; the others stay
   * @throws WeightsException if anything is missing, left over or of another shape or type; what
   *     came before it in the network has been replaced then
   */
  public void assign(Weights weights, Device device, Predicate<Parameter> chosen)
      throws WeightsException {
    var stored = new ParameterValues.Stored(device, weights);
    for (Parameter parameter : all.stream().filter(chosen).toList()) {
      try (Scope _ = Scope.open("parameter " + parameter.name())) {
        Updates.assign(
            parameter.tensor(), stored.tensor(parameter.name(), parameter.shape(), Init.zeros()));
      }
    }
    for (Counter counter : counters) {
      try (Scope _ = Scope.open("counter " + counter.name())) {
        counter.set(stored.count(counter.name()));
      }
    }
    stored.requireComplete(this);
  }

  /** Gives up the memory; the network can no longer be used. */
  public void release() {
    all.forEach(Parameter::release);
  }
}
