package org.wardlock.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.RepeatedWork;

/**
 * A computation that is made again and again with other inputs of the same shapes: a step of
 * training, a forward pass. Where the device's backend can repeat work ({@link Backend#repeated}),
 * the body runs three times and is from then on repeated without running, which spares the time
 * that it takes to ask for each operation; elsewhere it runs each time. The results have the same
 * bits either way.
 *
 * <p>The body runs on the calling thread and is a function of its inputs and of tensors that stay
 * where they are, such as parameters, which it may change in place. Numbers that change from run to
 * run come in as tensors: a float that an operation is given stays what it was. A body that reads a
 * tensor, uploads one, or asks for other operations in its third run than in its second is run each
 * time; {@link #refusal} says why. What it does on the host besides goes into {@link #eachTime}.
 * Gradients do not pass through: neither towards inputs nor from results.
 *
 * <p>Used by one thread at a time. What is repeated keeps the memory that the body needs, until
 * {@link #close}.
 */
public final class RepeatedStep implements AutoCloseable {
  private static final ThreadLocal<List<Runnable>> HOST_WORK = new ThreadLocal<>();

  private final String name;
  private final Body body;

  /** Set by the first run: what the body is given, and what it is repeated by. */
  private List<Tensor> inputs = List.of();

  private Optional<RepeatedWork> work = Optional.empty();
  private boolean begun;

  /** Of the last time the body ran. */
  private List<Tensor> results = List.of();

  private List<Runnable> hostWork = List.of();
  private boolean ran;

  /** What is repeated. */
  @FunctionalInterface
  public interface Body {
    /**
     * Computes results, in a scope of its own.
     *
     * @param inputs of the shapes and types of the first run; leaves that ask for no gradient
     */
    List<Tensor> run(List<Tensor> inputs);
  }

  /**
   * A step.
   *
   * @param name for messages
   */
  public RepeatedStep(String name, Body body) {
    this.name = name;
    this.body = body;
  }

  /**
   * Does work on the host that belongs to the body: now, and whenever the body would have run.
   * Outside of a body just now.
   */
  public static void eachTime(Runnable work) {
    work.run();
    List<Runnable> collected = HOST_WORK.get();
    if (collected != null) {
      collected.add(work);
    }
  }

  /**
   * Makes the step.
   *
   * @param given at least one; of the shapes and types of the first run
   * @return the body's results, in the current scope and independent of later runs
   * @throws IllegalArgumentException if an input is of another shape, type or device than in the
   *     first run
   */
  public List<Tensor> run(Tensor... given) {
    if (!begun) {
      begin(given);
    }
    if (work.isEmpty() || work.get().refusal().isPresent()) {
      return runPlainly(given);
    }
    requireFit(given);
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open(name)) {
      for (int i = 0; i < given.length; i++) {
        Updates.assign(inputs.get(i), given[i]);
      }
    }
    ran = false;
    work.get().run();
    if (!ran) {
      hostWork.forEach(Runnable::run);
    }
    List<Tensor> copies;
    try (NoGrad _ = NoGrad.enter()) {
      copies = results.stream().map(Tensor::copy).toList();
    }
    if (work.get().refusal().isPresent()) {
      forgetTensors();
    }
    return copies;
  }

  private void begin(Tensor... given) {
    if (given.length == 0) {
      throw new IllegalArgumentException("step '" + name + "': no input; a step needs at least 1");
    }
    work = given[0].backend().repeated(name, this::runOnOwnInputs);
    if (work.isPresent()) {
      try (NoGrad _ = NoGrad.enter();
          Scope _ = Scope.open(name)) {
        inputs = List.of(given).stream().map(tensor -> tensor.copy().unscoped()).toList();
      }
    }
    begun = true;
  }

  private void requireFit(Tensor... given) {
    if (given.length != inputs.size()) {
      throw new IllegalArgumentException(
          "step '"
              + name
              + "': "
              + given.length
              + " inputs, expected "
              + inputs.size()
              + " as in its first run");
    }
    for (int i = 0; i < given.length; i++) {
      Tensor expected = inputs.get(i);
      if (!given[i].shape().equals(expected.shape())
          || given[i].dtype() != expected.dtype()
          || !given[i].device().equals(expected.device())) {
        throw new IllegalArgumentException(
            "step '"
                + name
                + "': input "
                + i
                + " is "
                + describe(given[i])
                + ", expected "
                + describe(expected)
                + " as in its first run; make a step for each shape");
      }
    }
  }

  private static String describe(Tensor tensor) {
    return tensor.shape() + " " + tensor.dtype() + " on " + tensor.device();
  }

  private List<Tensor> runPlainly(Tensor... given) {
    try (Scope _ = Scope.open(name)) {
      List<Tensor> detached = List.of(given).stream().map(Tensor::detach).toList();
      return body.run(detached).stream().map(tensor -> tensor.detach().keep()).toList();
    }
  }

  /** The body as it is repeated: what it leaves behind stays until it runs again. */
  private void runOnOwnInputs() {
    results.forEach(Tensor::release);
    results = List.of();
    List<Runnable> outer = HOST_WORK.get();
    List<Runnable> collected = new ArrayList<>();
    HOST_WORK.set(collected);
    try (Scope _ = Scope.open(name)) {
      List<Tensor> computed = body.run(inputs);
      results = computed.stream().map(tensor -> tensor.detach().unscoped()).toList();
    } finally {
      HOST_WORK.set(outer);
    }
    hostWork = List.copyOf(collected);
    ran = true;
  }

  /**
   * In one line, why the body runs each time; empty if it is repeated, still may be, or has not run
   * yet.
   */
  public Optional<String> refusal() {
    return begun && work.isEmpty()
        ? Optional.of("the device's backend repeats nothing")
        : work.flatMap(RepeatedWork::refusal);
  }

  /** Gives back what the step keeps. */
  @Override
  public void close() {
    forget();
  }

  /**
   * Gives back what the step keeps; the next run begins anew, with inputs of any shape. Worth it
   * before other work that needs the memory.
   */
  public void forget() {
    work.ifPresent(RepeatedWork::close);
    work = Optional.empty();
    begun = false;
    forgetTensors();
  }

  private void forgetTensors() {
    results.forEach(Tensor::release);
    inputs.forEach(Tensor::release);
    results = List.of();
    inputs = List.of();
    hostWork = List.of();
  }
}
