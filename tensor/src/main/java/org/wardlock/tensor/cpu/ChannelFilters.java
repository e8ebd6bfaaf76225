package org.wardlock.tensor.cpu;

/** The depthwise filters of a group of channels, with what it takes to convolve with them. */
final class ChannelFilters implements AutoCloseable {
  private final MixerParameters stage;
  private final ChannelGroup group;
  private final boolean turned;
  private final float[][] taps;
  private final PlaneWorker worker;

  /** Filters as they are, with their bias, or turned by half a turn, without one. */
  ChannelFilters(MixerParameters stage, ChannelGroup group, boolean turned) {
    this.stage = stage;
    this.group = group;
    this.turned = turned;
    taps = new float[group.channels()][];
    int count = stage.extents.taps();
    for (int i = 0; i < taps.length; i++) {
      taps[i] = stage.context.take(count);
      int from = stage.filter.offset() + (group.first() + i) * count;
      PlanarDepthwise.copyTaps(stage.filter.floats(), from, count, turned, taps[i]);
    }
    worker = stage.kernels.depthwise().open(stage.extents, stage.context);
  }

  /** Convolves a picture's planes with their filters. */
  void convolve(ChannelGroup.Planes x, int picture, ChannelGroup.Planes out, int to) {
    for (int i = 0; i < taps.length; i++) {
      float start = turned ? 0 : MixerParameters.value(stage.filterBias, group.first() + i);
      worker.load(x.data(), x.at(picture, i));
      worker.convolve(taps[i], start, out.data(), out.at(to, i));
    }
  }

  @Override
  public void close() {
    worker.close();
    for (float[] filterTaps : taps) {
      stage.context.release(filterTaps);
    }
  }
}
