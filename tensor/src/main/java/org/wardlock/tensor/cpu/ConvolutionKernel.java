package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Optional;

/**
 * Convolution as products over the windows of one picture after another, which are laid out where
 * the product reads them and never leave the cache.
 *
 * <p>A value of the result is summed as {@link GemmKernel} sums over (c, u, v); the gradient
 * towards the input over the channels that come out, and then tap by tap in row-major order; the
 * one towards the weight, within each of up to {@link #PARTS} parts of the batch, over some
 * positions of all its pictures, then over the next ones, and at last over the parts. So the bits
 * depend on the extents alone, and but for the last not on the batch.
 */
final class ConvolutionKernel {
  /** Values of the windows that are laid out at a time: they stay in a second-level cache. */
  private static final int LAID_OUT = 1 << 17;

  /**
   * Weights up to which this is the better way; with more channels what windows cost beside the
   * products hardly counts, and the filters' panels do.
   */
  private static final int MOST_WEIGHTS = 1 << 18;

  /** Parts of a batch that are summed for themselves, and tasks wanted of a small one. */
  private static final int PARTS = 16;

  /** A multiple of the positions that are summed over at a time. */
  private static final int POSITIONS = GemmKernel.INNER_BLOCK;

  private final GemmTile tile;

  ConvolutionKernel(GemmTile tile) {
    this.tile = tile;
  }

  /** Whether this kernel suits. */
  static boolean suits(ConvolutionExtents extents) {
    long weights = (long) extents.out() * extents.inner();
    return weights > 0 && weights <= MOST_WEIGHTS && extents.batch() > 0 && extents.picture() > 0;
  }

  void forward(
      ConvolutionExtents extents,
      FloatSlice x,
      FloatSlice weight,
      Optional<FloatSlice> bias,
      FloatSlice out,
      KernelContext context) {
    int positions = extents.positions();
    int inner = extents.inner();
    int fitting = Math.max(1, LAID_OUT / inner);
    int even = GemmPlan.blocks(positions * extents.batch(), PARTS);
    int length = atOnce(Math.min(positions, Math.min(fitting, even)), tile.columns());
    WindowSegments[] pieces = WindowSegments.pieces(extents, length, tile.columns());
    try (PanelBuffer filters = PanelBuffer.ofRows(tile, extents.out(), inner, context)) {
      filters.pack(weight.data(), weight.offset(), inner, 1, extents.out(), inner);
      context.run(
          extents.batch() * pieces.length,
          task -> {
            WindowSegments windows = pieces[task % pieces.length];
            int count = windows.positions();
            int picture = task / pieces.length;
            int to = out.offset() + picture * extents.out() * positions + windows.begin();
            float[] padded = context.take(extents.in() * windows.plane());
            float[] spare = context.take(tile.rows() * tile.columns());
            try (PanelBuffer columns = PanelBuffer.ofColumns(tile, count, inner, context)) {
              windows.pad(x.data(), x.offset() + picture * extents.picture(), padded);
              columns.unfold(windows, padded, count, inner);
              PanelBuffer.multiply(filters, columns, out.data(), to, positions, false, spare);
            }
            context.release(spare);
            context.release(padded);
            if (bias.isPresent()) {
              for (int channel = 0; channel < extents.out(); channel++) {
                float start = bias.get().data()[bias.get().offset() + channel];
                PackedGemm.add(start, out.data(), to + channel * positions, count);
              }
            }
          });
    }
  }

  private static int atOnce(int most, int multiple) {
    return Math.max(1, GemmPlan.blocks(most, multiple)) * multiple;
  }

  void backwardInput(
      ConvolutionExtents extents,
      FloatSlice g,
      FloatSlice weight,
      FloatSlice out,
      KernelContext context) {
    long laidOut = (long) extents.inner() * extents.positions();
    long wanted = Math.max(laidOut / LAID_OUT + 1, GemmPlan.blocks(PARTS, extents.batch()));
    int channels = GemmPlan.blocks(extents.in(), (int) Math.min(extents.in(), wanted));
    int groups = GemmPlan.blocks(extents.in(), channels);
    PanelBuffer[] filters = new PanelBuffer[groups];
    var windows = new WindowSegments[groups];
    int positions = extents.positions();
    try {
      for (int group = 0; group < groups; group++) {
        ConvolutionExtents some = extents.of(Math.min(channels, extents.in() - group * channels));
        windows[group] = new WindowSegments(some, 0, positions, positions);
        int first = group * channels * extents.taps();
        filters[group] = PanelBuffer.ofRows(tile, some.inner(), extents.out(), context);
        filters[group].pack(
            weight.data(),
            weight.offset() + first,
            1,
            extents.inner(),
            some.inner(),
            extents.out());
      }
      context.run(
          extents.batch() * groups,
          task -> {
            int picture = task / groups;
            int first = task % groups * channels;
            int plane = extents.height() * extents.width();
            backwardInput(
                windows[task % groups],
                g.data(),
                g.offset() + picture * extents.out() * positions,
                filters[task % groups],
                out.data(),
                out.offset() + picture * extents.picture() + first * plane,
                context);
          });
    } finally {
      for (PanelBuffer panels : filters) {
        if (panels != null) {
          panels.close();
        }
      }
    }
  }

  /** Of some channels of one picture. */
  private void backwardInput(
      WindowSegments windows,
      float[] g,
      int gOffset,
      PanelBuffer filters,
      float[] out,
      int outOffset,
      KernelContext context) {
    ConvolutionExtents extents = windows.extents();
    int positions = windows.positions();
    float[] unfolded = context.take(extents.inner() * positions);
    float[] padded = context.take(extents.in() * windows.plane());
    float[] spare = context.take(tile.rows() * tile.columns());
    try (PanelBuffer columns = PanelBuffer.ofColumns(tile, positions, extents.out(), context)) {
      columns.pack(g, gOffset, 1, positions, positions, extents.out());
      PanelBuffer.multiply(filters, columns, unfolded, 0, positions, false, spare);
    }
    Arrays.fill(padded, 0, extents.in() * windows.plane(), 0f);
    for (int tap = 0; tap < extents.inner(); tap++) {
      int target = windows.tap(tap);
      for (int run = 0; run < windows.count(); run++) {
        add(
            unfolded,
            tap * positions + windows.first(run),
            padded,
            target + windows.source(run),
            extents.stride(),
            windows.length(run));
      }
    }
    windows.unpad(padded, out, outOffset);
    context.release(spare);
    context.release(padded);
    context.release(unfolded);
  }

  private void add(float[] addend, int from, float[] values, int to, int step, int length) {
    if (step == 1) {
      tile.add(addend, from, values, to, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      values[to + i * step] += addend[from + i];
    }
  }

  void backwardWeight(
      ConvolutionExtents extents,
      FloatSlice x,
      FloatSlice g,
      FloatSlice out,
      KernelContext context) {
    int pictures = GemmPlan.blocks(extents.batch(), PARTS);
    int parts = GemmPlan.blocks(extents.batch(), pictures);
    int weights = extents.out() * extents.inner();
    int fitting = atOnce(LAID_OUT / extents.inner() - POSITIONS, POSITIONS);
    int length = Math.min(extents.positions(), fitting);
    WindowSegments[] pieces = WindowSegments.pieces(extents, length, length);
    float[] sums = context.take(parts * weights);
    context.run(
        parts,
        part -> {
          int first = part * pictures;
          int count = Math.min(pictures, extents.batch() - first);
          sumOfPictures(extents, pieces, x, g, first, count, sums, part * weights, context);
        });
    System.arraycopy(sums, 0, out.data(), out.offset(), weights);
    for (int part = 1; part < parts; part++) {
      tile.add(sums, part * weights, out.data(), out.offset(), weights);
    }
    context.release(sums);
  }

  private void sumOfPictures(
      ConvolutionExtents extents,
      WindowSegments[] pieces,
      FloatSlice x,
      FloatSlice g,
      int first,
      int count,
      float[] sums,
      int sumsOffset,
      KernelContext context) {
    int inner = extents.inner();
    int positions = extents.positions();
    int length = pieces[0].positions();
    float[] unfolded = context.take(inner * length);
    float[] spare = context.take(tile.rows() * tile.columns());
    try (PanelBuffer rows = PanelBuffer.ofRows(tile, extents.out(), length, context);
        PanelBuffer columns = PanelBuffer.ofColumns(tile, inner, length, context)) {
      for (WindowSegments windows : pieces) {
        int some = windows.positions();
        float[] padded = context.take(extents.in() * windows.plane());
        for (int picture = first; picture < first + count; picture++) {
          windows.pad(x.data(), x.offset() + picture * extents.picture(), padded);
          windows.unfold(padded, unfolded);
          int from = g.offset() + picture * extents.out() * positions + windows.begin();
          rows.pack(g.data(), from, positions, 1, extents.out(), some);
          columns.pack(unfolded, 0, some, 1, inner, some);
          boolean adds = windows.begin() > 0 || picture > first;
          PanelBuffer.multiply(rows, columns, sums, sumsOffset, inner, adds, spare);
        }
        context.release(padded);
      }
    }
    context.release(spare);
    context.release(unfolded);
  }
}
