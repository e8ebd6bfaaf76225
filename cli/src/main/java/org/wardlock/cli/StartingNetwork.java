package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardlock.nn.LoraSettings;
import org.wardlock.nn.LoraWeights;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.model.Part;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Tensor;

/**
 * What training begins with: nothing, weights, or weights and what an adapter says of them; and
 * what it leaves: a whole model, or an adapter where only a part of given weights changes.
 *
 * @param architecture of the network
 * @param weights the file of weights, if any
 * @param adapter to them, if any
 * @param tuning what is trained
 */
record StartingNetwork(
    Architecture architecture,
    Optional<Path> weights,
    Optional<Adapter> adapter,
    FineTuning tuning) {

  /** Checks that the parts fit each other. */
  StartingNetwork {
    if (adapter.isPresent() && weights.isEmpty()) {
      throw new InputException("--adapter: give the weights it was made from by --weights");
    }
    if (weights.isEmpty() && tuning.lora().isPresent()) {
      throw new InputException("--lora-rank: changes given weights; name them by --weights");
    }
    Optional<LoraSettings> before = adapter.flatMap(Adapter::lora);
    boolean same =
        before.isPresent()
            && tuning.lora().filter(lora -> lora.meansTheSameAs(before.get())).isPresent();
    if (before.isPresent() && !tuning.isFull() && !same) {
      throw new InputException(
          "--adapter %s: has low-rank changes (%s), and what comes of it would be an adapter, too: give the same to --lora-rank, --lora-alpha and --lora-targets, or train all parts"
              .formatted(adapter.get().folder(), before.get()));
    }
  }

  /** Whether what comes of it is stored as an adapter to the weights. */
  boolean makesAdapter() {
    return weights.isPresent() && !tuning.isFull();
  }

  /** The id of the key that it was trained behind, if it names one. */
  Optional<String> keyId() throws IOException {
    if (adapter.isPresent()) {
      return adapter.get().config().keyId();
    }
    if (weights.isEmpty()) {
      return Optional.empty();
    }
    try (Safetensors stored = Safetensors.open(weights.get())) {
      return Optional.ofNullable(stored.metadata().get(ModelConfig.KEY_ID));
    }
  }

  Network network(Device device, long seed) throws IOException {
    if (weights.isEmpty()) {
      return Network.initial(architecture, device, seed);
    }
    try (Safetensors stored = Safetensors.open(weights.get())) {
      if (adapter.isEmpty()) {
        return adapt(stored, device, seed);
      }
      adapter.get().requireBase(weights.get());
      try (Safetensors changed =
          Safetensors.open(adapter.get().folder().resolve(Adapter.TENSORS))) {
        Weights whole = changed.over(stored);
        if (adapter.get().lora().isEmpty()) {
          return adapt(whole, device, seed);
        }
        if (tuning.lora().isEmpty()) {
          return adapt(
              LoraWeights.merged(whole, changed, adapter.get().lora().get()), device, seed);
        }
        Network network = adapt(whole, device, seed);
        network.parameters().assign(changed, device, Parameter::isFactor);
        return network;
      }
    }
  }

  private Network adapt(Weights stored, Device device, long seed) throws IOException {
    String head = architecture.body().head() + ".weight";
    Optional<String> misfit = Optional.empty();
    if (!stored.names().contains(head)) {
      misfit = Optional.of("has no " + head);
    } else if (stored.shape(head).rank() == 2
        && stored.shape(head).extent(0) != architecture.classes()) {
      misfit =
          Optional.of(
              "tells %d classes apart, not %d"
                  .formatted(stored.shape(head).extent(0), architecture.classes()));
    }
    if (misfit.isPresent() && !tuning.learnt().contains(Part.HEAD)) {
      throw new InputException(
          "--weights %s: %s, so it needs a new head: train it, too"
              .formatted(weights.get(), misfit.get()));
    }
    return Network.adapt(architecture, device, stored, tuning.lora(), misfit.isPresent(), seed);
  }

  /** What decides the bits of the run, by name. */
  Map<String, String> facts() throws IOException {
    var facts = new LinkedHashMap<String, String>();
    if (weights.isPresent()) {
      facts.put("weights", Checksums.of(weights.get()));
    }
    if (adapter.isPresent()) {
      facts.put("adapter", adapter.get().digest());
    }
    if (!tuning.isFull()) {
      facts.put("trained parts", Part.text(tuning.learnt()));
    }
    return facts;
  }

  /** Writes the adapter that a network trained so is to its weights. */
  void writeAdapter(Path folder, Network network, ModelConfig config, Map<String, Tensor> state)
      throws IOException {
    var kept = new LinkedHashMap<>(state);
    Set<String> names = new HashSet<>(tuning.changed(network, state).keySet());
    if (adapter.isPresent()) {
      try (Safetensors before = Safetensors.open(adapter.get().folder().resolve(Adapter.TENSORS))) {
        names.addAll(before.names());
      }
    }
    kept.keySet().retainAll(names);
    Path base = weights.orElseThrow();
    new Adapter(folder, Checksums.of(base), config, tuning.lora()).write(kept, base);
  }
}
