package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Operand;

/**
 * Runs one operation in every way the contract speaks of, and compares: against a double reference,
 * with all operands placed in each way, twice, against the bits of contiguous operands, against the
 * composed default, and each entry of a batch alone against the same entry within the batch.
 */
final class OperationCheck {
  /** The operation: reads some operands, writes others. */
  interface Call {
    void run(Backend backend, Operand[] in, Operand[] out);
  }

  private final Backend backend;
  private final String name;
  private List<Values> inputs = List.of();
  private List<Shape> outputs = List.of();
  private Optional<List<Values>> before = Optional.empty();
  private Function<List<Values>, List<Values>> reference;
  private Tolerance tolerance = Tolerance.OF_FEW;
  private List<Placement> placements = List.of(Placement.values());
  private boolean fused;
  private boolean[] batched = {};

  private OperationCheck(Backend backend, String name) {
    this.backend = backend;
    this.name = name;
  }

  static OperationCheck of(Backend backend, String name) {
    return new OperationCheck(backend, name);
  }

  /** Float32 operands that are read. */
  OperationCheck inputs(Values... values) {
    inputs = List.of(values);
    return this;
  }

  /** Float32 operands that are written to, contiguous; full of NaN before. */
  OperationCheck outputs(Shape... shapes) {
    outputs = List.of(shapes);
    return this;
  }

  /** Operands that are changed in place, contiguous, with what they hold before. */
  OperationCheck updates(Values... values) {
    before = Optional.of(List.of(values));
    outputs = Arrays.stream(values).map(Values::shape).toList();
    return this;
  }

  /** What the outputs should be, from the inputs as placed. */
  OperationCheck expecting(Function<List<Values>, List<Values>> outputsOfInputs) {
    reference = outputsOfInputs;
    return this;
  }

  OperationCheck within(Tolerance limit) {
    tolerance = limit;
    return this;
  }

  /** Placements other than all. */
  OperationCheck placed(Placement... some) {
    placements = List.of(some);
    return this;
  }

  /** There is a composed default, which must agree too; {@link PlainBackend} has nothing else. */
  OperationCheck fused() {
    fused = true;
    return this;
  }

  /**
   * The bits of an entry along axis 0 of every output do not depend on the other entries.
   *
   * @param isBatched for each input, whether it has the batch along axis 0
   */
  OperationCheck independent(boolean... isBatched) {
    batched = isBatched;
    return this;
  }

  void run(Call call) {
    // most placements show the operation the same values: these lie contiguous, and alone, once
    var contiguous = new HashMap<List<Values>, List<Values>>();
    for (Placement placement : placements) {
      String what = name + " " + placement;
      List<Values> seen = inputs.stream().map(placement::seen).toList();
      List<Values> expected = reference.apply(seen);
      List<Values> found = compute(backend, call, seen, placement, outputs);
      requireClose(what, expected, found);
      requireSameBits(what + " again", found, compute(backend, call, seen, placement, outputs));
      List<Values> plain = contiguous.computeIfAbsent(seen, values -> contiguous(call, values));
      requireSameBits(what + " against contiguous operands", plain, found);
      if (fused && !(backend instanceof PlainBackend)) {
        Backend composed = PrimitivesOnly.of(backend);
        requireClose(
            what + " composed", expected, compute(composed, call, seen, placement, outputs));
      }
    }
  }

  private void requireClose(String what, List<Values> expected, List<Values> found) {
    for (int i = 0; i < expected.size(); i++) {
      tolerance.check(what + " output " + i, expected.get(i), found.get(i));
    }
  }

  private List<Values> contiguous(Call call, List<Values> seen) {
    List<Values> found = compute(backend, call, seen, Placement.CONTIGUOUS, outputs);
    if (batched.length > 0) {
      requireIndependence(name, call, seen, found);
    }
    return found;
  }

  private void requireIndependence(String what, Call call, List<Values> seen, List<Values> found) {
    int batch = outputs.getFirst().extent(0);
    List<Shape> single = outputs.stream().map(shape -> shape.with(0, 1)).toList();
    for (int entry = 0; entry < batch; entry++) {
      var alone = new ArrayList<Values>();
      for (int i = 0; i < seen.size(); i++) {
        alone.add(batched[i] ? seen.get(i).entry(entry) : seen.get(i));
      }
      int which = entry;
      requireSameBits(
          what + " entry " + entry + " alone",
          found.stream().map(values -> values.entry(which)).toList(),
          compute(backend, call, alone, Placement.CONTIGUOUS, single));
    }
  }

  private List<Values> compute(
      Backend on, Call call, List<Values> values, Placement placement, List<Shape> shapes) {
    try (var workspace = new Workspace(backend)) {
      Operand[] in = values.stream().map(v -> workspace.put(v, placement)).toArray(Operand[]::new);
      Operand[] out = new Operand[shapes.size()];
      for (int i = 0; i < out.length; i++) {
        out[i] =
            before.isPresent()
                ? workspace.put(before.get().get(i), Placement.CONTIGUOUS)
                : workspace.output(shapes.get(i));
      }
      call.run(on, in, out);
      return Arrays.stream(out).map(workspace::get).toList();
    }
  }

  /** NaN equals NaN; zeros of different sign differ. */
  static void requireSameBits(String what, List<Values> expected, List<Values> found) {
    assertEquals(expected.size(), found.size(), what);
    for (int output = 0; output < expected.size(); output++) {
      requireSameBits(what + ", output " + output, expected.get(output), found.get(output));
    }
  }

  static void requireSameBits(String what, Values expected, Values found) {
    assertEquals(expected.shape(), found.shape(), what);
    for (int i = 0; i < expected.data().length; i++) {
      if (Double.compare(expected.data()[i], found.data()[i]) != 0) {
        fail(
            "%s: bits differ in shape %s at %d: %s, not %s"
                .formatted(what, found.shape(), i, found.data()[i], expected.data()[i]));
      }
    }
  }
}
