package org.wardlock.kernels.cuda;

import java.util.List;
import java.util.Optional;
import org.wardlock.kernels.cuda.CudaStream.Graph;
import org.wardlock.kernels.source.DeviceMemory;
import org.wardlock.kernels.source.DeviceMemory.Piece;
import org.wardlock.kernels.source.DeviceMemory.Reserve;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.spi.RepeatedWork;
import org.wardlock.tensor.spi.Storage;

/**
 * Work that a CUDA graph repeats. The first run is as any other: it may make what is made once. The
 * second is noted. In the third the launches are only written down; if they are those of the
 * second, with equal numbers and memory, they become a graph, which does them now and in every
 * later run. Else they are launched one by one and so is everything later, and {@link #refusal}
 * says why.
 *
 * <p>What is captured is this list and not what happens to reach the stream meanwhile, so other
 * threads may use the device at any time. The memory that the launches use stays with them: see
 * {@link Reserve}.
 */
final class RepeatedLaunches implements RepeatedWork {
  private final String name;
  private final Runnable work;
  private final CudaRuntime runtime;
  private final DeviceMemory<Long> memory;

  private boolean warm;
  private Optional<Recording> noted = Optional.empty();
  private Optional<Graph> graph = Optional.empty();
  private Optional<String> refusal = Optional.empty();

  /** What belongs to the graph. */
  private Reserve<Long> reserve = new Reserve<>();

  private List<Storage> changed = List.of();

  RepeatedLaunches(String name, Runnable work, CudaRuntime runtime, DeviceMemory<Long> memory) {
    this.name = name;
    this.work = work;
    this.runtime = runtime;
    this.memory = memory;
  }

  /** Sees everything that the work asks of the device, on the thread that it runs on. */
  abstract static class Observer {
    final Recording recording = new Recording();

    abstract Piece<Long> allocate(long bytes);

    abstract void launch(KernelLaunch launch, List<Piece<Long>> pieces);

    /** Something that cannot be repeated is about to be done. */
    abstract void obstacle(String what);
  }

  /** Does what is asked, and takes notes. */
  private final class Noting extends Observer {
    @Override
    Piece<Long> allocate(long bytes) {
      return memory.allocate(bytes);
    }

    @Override
    void launch(KernelLaunch launch, List<Piece<Long>> pieces) {
      runtime.launch(launch);
    }

    @Override
    void obstacle(String what) {
      recording.obstacle(what);
    }
  }

  /** Puts launches off until the work is done, or until something waits for them. */
  private final class PuttingOff extends Observer {
    private boolean over;

    @Override
    Piece<Long> allocate(long bytes) {
      return memory.allocate(bytes, reserve);
    }

    @Override
    void launch(KernelLaunch launch, List<Piece<Long>> pieces) {
      pieces.forEach(piece -> memory.hold(piece, reserve));
      if (over) {
        runtime.launch(launch);
      }
    }

    @Override
    void obstacle(String what) {
      recording.obstacle(what);
      launchAll();
    }

    void launchAll() {
      if (!over) {
        over = true;
        recording.launches().forEach(runtime::launch);
      }
    }
  }

  @Override
  public void run() {
    if (runtime.isObserved()) {
      // a part of other work that is to be repeated: what it leaves behind belongs to that
      close();
      work.run();
    } else if (graph.isPresent()) {
      runtime.repeat(graph.get());
      changed.forEach(Storage::changed);
    } else if (refusal.isPresent() || !warm) {
      work.run();
      warm = true;
    } else if (noted.isEmpty()) {
      note();
    } else {
      record(noted.get());
    }
  }

  private void note() {
    var noting = new Noting();
    runtime.observe(noting, work);
    refusal = noting.recording.obstacle();
    noted = Optional.of(noting.recording);
  }

  private void record(Recording expected) {
    reserve = new Reserve<>();
    var puttingOff = new PuttingOff();
    try {
      runtime.observe(puttingOff, work);
      Recording recording = puttingOff.recording;
      refusal = recording.obstacle().or(() -> expected.difference(recording));
      if (refusal.isEmpty()) {
        capture(recording);
      }
    } catch (RuntimeException | Error e) {
      refusal = Optional.of("a run that was recorded failed: " + e.getMessage());
      throw e;
    } finally {
      noted = Optional.empty(); // it has served, and knows storages that may be collected
      memory.seal(reserve);
      if (graph.isEmpty()) {
        try {
          puttingOff.launchAll();
        } finally {
          memory.giveUp(reserve);
        }
      }
    }
    graph.ifPresent(runtime::repeat);
  }

  private void capture(Recording recording) {
    try {
      graph = Optional.of(runtime.capture(name, recording.launches()));
      changed = recording.changed();
    } catch (DeviceException e) {
      refusal = Optional.of(e.getMessage());
    }
  }

  @Override
  public Optional<String> refusal() {
    return refusal;
  }

  @Override
  public void close() {
    if (graph.isPresent()) {
      runtime.destroy(graph.get());
      memory.giveUp(reserve);
    }
    graph = Optional.empty();
    warm = false;
    noted = Optional.empty();
    refusal = Optional.empty();
    changed = List.of();
  }
}
