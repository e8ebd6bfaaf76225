package org.wardlock.nn.model;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.wardlock.nn.LoraSettings;
import org.wardlock.nn.NormStatistics;
import org.wardlock.nn.Parameter;
import org.wardlock.tensor.Tensor;

/**
 * How a pre-trained network is taught something new.
 *
 * @param learnt the parts whose weights are trained; the others stay as they are, and take neither
 *     memory nor work for gradients
 * @param lora low-rank changes that are trained beside the weights, if any
 * @param statistics what batch normalisation does
 */
public record FineTuning(Set<Part> learnt, Optional<LoraSettings> lora, NormStatistics statistics) {
  /** Everything is trained. */
  public static final FineTuning FULL =
      new FineTuning(Part.ALL, Optional.empty(), NormStatistics.REFRESHED);

  /** Refuses to train nothing. */
  public FineTuning {
    learnt = Set.copyOf(learnt);
    if (learnt.isEmpty() && lora.isEmpty()) {
      throw new IllegalArgumentException(
          "fine-tuning: nothing to train; name a part, or a rank for LoRA");
    }
  }

  /** Whether all weights change. */
  public boolean isFull() {
    return learnt.equals(Part.ALL);
  }

  /**
   * What of a network's state such training changed: what is trained, and statistics if they were
   * refreshed.
   */
  public Map<String, Tensor> changed(Network network, Map<String, Tensor> state) {
    boolean refreshed = statistics == NormStatistics.REFRESHED;
    var names = new HashSet<String>();
    for (Parameter parameter : network.parameters().all()) {
      if (parameter.isBuffer() ? refreshed : parameter.isTrainable()) {
        names.add(parameter.name());
      }
    }
    if (refreshed) {
      network.parameters().counters().forEach(counter -> names.add(counter.name()));
    }
    var changed = new LinkedHashMap<>(state);
    changed.keySet().retainAll(names);
    return changed;
  }

  /**
   * How many numbers such training changes.
   *
   * @param trainable low-rank factors among them
   * @param total all that can be learnt
   */
  public record Counts(long trainable, long total) {}

  /** How many numbers of a network are trained. */
  public Counts counts(Network network) {
    Predicate<Parameter> chosen = trained(network.architecture().body());
    long trainable =
        network.parameters().learnt().stream()
            .filter(chosen)
            .mapToLong(parameter -> parameter.shape().count())
            .sum();
    return new Counts(trainable, network.parameters().learntCount());
  }

  /** Which parameters of a network are trained. */
  public Predicate<Parameter> trained(Body body) {
    return parameter -> parameter.isFactor() || learnt.contains(Part.of(body, parameter.name()));
  }
}
