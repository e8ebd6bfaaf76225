package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Optional;

/** Depthwise convolution plane by plane, over any {@link PlaneWorker}. */
public class PlanarDepthwise implements DepthwiseKernel {
  /** Multiply-adds of a task: some tens of microseconds. */
  private static final long WORK_PER_TASK = 1 << 21;

  /** Makes the worker of a task. */
  @FunctionalInterface
  public interface Workshop {
    /** A worker, to be closed after the task. */
    PlaneWorker open(Extents extents, KernelContext context);
  }

  private final Workshop workshop;

  /** Convolution by the workers of {@code workshop}. */
  public PlanarDepthwise(Workshop workshop) {
    this.workshop = workshop;
  }

  @Override
  public void forward(
      Extents extents,
      FloatSlice x,
      FloatSlice weight,
      Optional<FloatSlice> bias,
      FloatSlice out,
      KernelContext context) {
    convolve(extents, x, weight, bias, out, false, context);
  }

  @Override
  public void backwardInput(
      Extents extents, FloatSlice g, FloatSlice weight, FloatSlice out, KernelContext context) {
    convolve(extents, g, weight, Optional.empty(), out, true, context);
  }

  private void convolve(
      Extents extents,
      FloatSlice x,
      FloatSlice weight,
      Optional<FloatSlice> bias,
      FloatSlice out,
      boolean turned,
      KernelContext context) {
    int planes = extents.batch() * extents.channels();
    if (planes == 0 || extents.plane() == 0) {
      return;
    }
    int planesPerTask = perTask((long) extents.plane() * extents.taps());
    context.run(
        tasks(planes, planesPerTask),
        task -> {
          int end = Math.min(planes, (task + 1) * planesPerTask);
          float[] taps = context.take(extents.taps());
          try (PlaneWorker worker = workshop.open(extents, context)) {
            for (int plane = task * planesPerTask; plane < end; plane++) {
              int channel = plane % extents.channels();
              copyTaps(
                  weight.data(),
                  weight.offset() + channel * extents.taps(),
                  extents.taps(),
                  turned,
                  taps);
              float start =
                  bias.isPresent() ? bias.get().data()[bias.get().offset() + channel] : 0f;
              worker.load(x.data(), x.offset() + plane * extents.plane());
              worker.convolve(taps, start, out.data(), out.offset() + plane * extents.plane());
            }
          }
          context.release(taps);
        });
  }

  /** A filter as a worker reads it, {@code turned} by half a turn for the gradient. */
  static void copyTaps(float[] weight, int offset, int count, boolean turned, float[] taps) {
    for (int tap = 0; tap < count; tap++) {
      taps[tap] = weight[offset + (turned ? count - 1 - tap : tap)];
    }
  }

  @Override
  public void backwardWeight(
      Extents extents, FloatSlice x, FloatSlice g, FloatSlice out, KernelContext context) {
    int channels = extents.channels();
    if (channels == 0) {
      return;
    }
    int channelsPerTask = perTask((long) extents.batch() * extents.plane() * extents.taps());
    context.run(
        tasks(channels, channelsPerTask),
        task -> {
          int first = task * channelsPerTask;
          int count = Math.min(channelsPerTask, channels - first);
          int lanesPerChannel = extents.taps() * PlaneWorker.LANES;
          float[] lanes = context.take(count * lanesPerChannel);
          Arrays.fill(lanes, 0, count * lanesPerChannel, 0f);
          try (PlaneWorker worker = workshop.open(extents, context)) {
            // Pictures outside: then memory is read in longer runs.
            for (int picture = 0; picture < extents.batch(); picture++) {
              for (int channel = 0; channel < count; channel++) {
                int plane = (picture * channels + first + channel) * extents.plane();
                worker.load(x.data(), x.offset() + plane);
                worker.correlate(g.data(), g.offset() + plane, lanes, channel * lanesPerChannel);
              }
            }
          }
          for (int channel = 0; channel < count; channel++) {
            int to = out.offset() + (first + channel) * extents.taps();
            addLanes(lanes, channel * lanesPerChannel, extents, out.data(), to);
          }
          context.release(lanes);
        });
  }

  /** Adds the lanes of each tap up. */
  static void addLanes(
      float[] lanes, int lanesOffset, Extents extents, float[] out, int outOffset) {
    int used = Math.min(extents.width(), PlaneWorker.LANES);
    for (int tap = 0; tap < extents.taps(); tap++) {
      int from = lanesOffset + tap * PlaneWorker.LANES;
      Arrays.fill(lanes, from + used, from + PlaneWorker.LANES, 0f);
      for (int half = PlaneWorker.LANES / 2; half > 0; half /= 2) {
        for (int lane = from; lane < from + half; lane++) {
          lanes[lane] += lanes[lane + half];
        }
      }
      out[outOffset + tap] = lanes[from];
    }
  }

  @Override
  public PlaneWorker open(Extents extents, KernelContext context) {
    return workshop.open(extents, context);
  }

  private static int perTask(long work) {
    return Math.clamp(WORK_PER_TASK / Math.max(1, work), 1, Integer.MAX_VALUE / 2);
  }

  private static int tasks(int items, int itemsPerTask) {
    return (int) (((long) items + itemsPerTask - 1) / itemsPerTask);
  }
}
