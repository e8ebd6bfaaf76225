package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Operand;

/**
 * Neighbouring channels of a batch (N, C, ...) that are worked on together: of each picture so much
 * lies side by side that memory is read ahead, and all pictures' values of the group stay in the
 * second-level cache.
 *
 * @param first channel of the group
 * @param channels in the group
 * @param allChannels of the batch
 * @param pictures in the batch
 * @param size values of a plane: of one channel of one picture
 */
record ChannelGroup(int first, int channels, int allChannels, int pictures, int size) {
  /** Values side by side worth having: those of two pages. */
  private static final int ENOUGH = 2048;

  /** Values of all pictures together that stay in the cache, twice. */
  private static final int MOST = 1 << 16;

  /** What is done to a group. */
  @FunctionalInterface
  interface Work {
    void run(ChannelGroup group);
  }

  /**
   * Where the planes of a group lie.
   *
   * @param start of the first picture's first plane
   * @param step from picture to picture
   * @param size from channel to channel
   */
  record Planes(float[] data, int start, int step, int size) {
    /** A picture's planes, side by side. */
    int at(int picture) {
      return start + picture * step;
    }

    /** One plane. */
    int at(int picture, int channel) {
      return start + picture * step + channel * size;
    }
  }

  /** Shares the groups of a batch out among the threads, for simple arithmetic. */
  static void forEach(Operand x, CpuContext context, Work work) {
    forEach(x, 1, context, work);
  }

  /**
   * Shares the groups of a batch out among the threads.
   *
   * @param cost how many steps of simple arithmetic a value takes
   */
  static void forEach(Operand x, int cost, CpuContext context, Work work) {
    int pictures = x.shape().extent(0);
    int all = x.shape().extent(1);
    int size = Math.toIntExact(x.shape().count() / Math.max(1, pictures * all));
    int group = Math.clamp(MOST / Math.max(1, pictures * size), 1, enough(size));
    Chunks.run(
        context,
        GemmPlan.blocks(all, group),
        (int) Math.min(Chunks.ELEMENTS, (long) cost * group * pictures * size),
        (start, end) -> {
          for (int first = start * group; first < Math.min(all, end * group); first += group) {
            int channels = Math.min(group, all - first);
            work.run(new ChannelGroup(first, channels, all, pictures, size));
          }
        });
  }

  private static int enough(int size) {
    return (ENOUGH - 1) / Math.max(1, size) + 1;
  }

  /** Values of the whole group. */
  int count() {
    return pictures * channels * size;
  }

  /** Values of the group in one picture. */
  int picture() {
    return channels * size;
  }

  /** Values of one channel. */
  int valuesPerChannel() {
    return pictures * size;
  }

  /** The lane that a picture's first value of a channel is added to. */
  int phase(int picture) {
    return (int) ((long) picture * size % LaneKernel.LANES);
  }

  /** The group in a tensor of the whole batch. */
  Planes planes(FloatSlice x) {
    return new Planes(x.data(), x.offset() + first * size, allChannels * size, size);
  }

  /** The group alone in memory, picture behind picture. */
  Planes alone(float... data) {
    return new Planes(data, 0, picture(), size);
  }
}
