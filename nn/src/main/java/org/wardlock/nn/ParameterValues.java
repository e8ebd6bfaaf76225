package org.wardlock.nn;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * The ways of filling a parameter: by its initialisation, from stored weights, with the memory of
 * another network, or a part by each.
 */
sealed interface ParameterValues {
  /** The values of a parameter, in the current scope. */
  Tensor tensor(String name, Shape shape, Init init);

  /** The value of a counter. */
  long count(String name);

  /** Complains about what did not fit. */
  void requireComplete(Parameters made) throws WeightsException;

  /** Random numbers keyed by seed and name, so that the order of making does not matter. */
  record Initial(Device device, long seed) implements ParameterValues {
    /** Keeps these numbers apart from those drawn with the same seed for other ends: "init". */
    private static final int PURPOSE = 0x696E6974;

    @Override
    public Tensor tensor(String name, Shape shape, Init init) {
      return init.values(device, shape, seed, PURPOSE, stream(name));
    }

    /** FNV-1a over the name's bytes. */
    private static long stream(String name) {
      long hash = 0xCBF29CE484222325L;
      for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
        hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
      }
      return hash;
    }

    @Override
    public long count(String name) {
      return 0;
    }

    @Override
    public void requireComplete(Parameters made) {
      // nothing was stored, so nothing can be missing
    }
  }

  /** Values from elsewhere, but for parameters whose names begin with a prefix: these are new. */
  record Renewed(ParameterValues others, String prefix, Initial fresh) implements ParameterValues {
    private ParameterValues of(String name) {
      return name.startsWith(prefix) ? fresh : others;
    }

    @Override
    public Tensor tensor(String name, Shape shape, Init init) {
      return of(name).tensor(name, shape, init);
    }

    @Override
    public long count(String name) {
      return of(name).count(name);
    }

    @Override
    public void requireComplete(Parameters made) throws WeightsException {
      others.requireComplete(made);
    }
  }

  /** What a file holds. */
  final class Stored implements ParameterValues {
    private static final int NAMED = 8;

    private final Device device;
    private final Weights weights;
    private final List<String> missing = new ArrayList<>();
    private final List<String> unfit = new ArrayList<>();

    Stored(Device device, Weights weights) {
      this.device = device;
      this.weights = weights;
    }

    @Override
    public Tensor tensor(String name, Shape shape, Init init) {
      if (!weights.names().contains(name)) {
        missing.add(name);
        return absent(shape);
      }
      Shape found = weights.shape(name);
      if (!found.equals(shape)) {
        unfit.add("tensor " + name + " has shape " + found + ", expected " + shape);
        return absent(shape);
      }
      try {
        Tensor stored = weights.tensor(name, device);
        Tensor values = stored.cast(DType.F32);
        // a copy: the stored tensor may be changed, or given up, by whoever owns it
        return values == stored ? stored.copy() : values;
      } catch (WeightsException e) {
        unfit.add(e.problem());
        return absent(shape);
      }
    }

    /** Stands in for what is not there, so that all problems can be told; takes no memory. */
    private Tensor absent(Shape shape) {
      return Tensor.scalar(device, 0).expand(shape);
    }

    @Override
    public long count(String name) {
      if (!weights.names().contains(name)) {
        return 0; // PyTorch did not count before version 0.4.1, and nothing computes with counts
      }
      try {
        Tensor tensor = weights.tensor(name, device);
        if (tensor.dtype() != DType.I64 || tensor.shape().count() != 1) {
          unfit.add(
              "tensor %s is %s %s, expected one I64"
                  .formatted(name, tensor.dtype(), tensor.shape()));
          return 0;
        }
        long[] value = new long[1];
        tensor.download(MemorySegment.ofArray(value));
        return value[0];
      } catch (WeightsException e) {
        unfit.add(e.problem());
        return 0;
      }
    }

    @Override
    public void requireComplete(Parameters made) throws WeightsException {
      List<String> unexpected =
          weights.names().stream().filter(name -> !made.names().contains(name)).sorted().toList();
      String problem =
          String.join(
              "; ",
              Stream.of(
                      named("missing", missing),
                      named("unexpected", unexpected),
                      String.join("; ", unfit.subList(0, Math.min(NAMED, unfit.size()))),
                      unfit.size() > NAMED ? (unfit.size() - NAMED) + " more do not fit" : "")
                  .filter(part -> !part.isEmpty())
                  .toList());
      if (!problem.isEmpty()) {
        throw new WeightsException(weights.description(), problem);
      }
    }

    private static String named(String what, List<String> names) {
      if (names.isEmpty()) {
        return "";
      }
      String some = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
      String rest = names.size() > NAMED ? ", ..." : "";
      return "%d tensor(s) %s: %s%s".formatted(names.size(), what, some, rest);
    }
  }

  /** What another network holds, in the same memory, but for what is stored apart. */
  final class Shared implements ParameterValues {
    private final Map<String, Tensor> shared = new HashMap<>();
    private final Map<String, Long> counts = new HashMap<>();
    private final Weights own;
    private final Stored stored;

    Shared(Device device, Parameters base, Weights own) {
      base.all().forEach(parameter -> shared.put(parameter.name(), parameter.tensor()));
      base.counters().forEach(counter -> counts.put(counter.name(), counter.value()));
      this.own = own;
      this.stored = new Stored(device, own);
    }

    @Override
    public Tensor tensor(String name, Shape shape, Init init) {
      Tensor other = shared.get(name);
      boolean fits = other != null && other.shape().equals(shape);
      return own.names().contains(name) || !fits
          ? stored.tensor(name, shape, init)
          : other.detach();
    }

    @Override
    public long count(String name) {
      return own.names().contains(name) || !counts.containsKey(name)
          ? stored.count(name)
          : counts.get(name);
    }

    @Override
    public void requireComplete(Parameters made) throws WeightsException {
      stored.requireComplete(made);
    }
  }
}
