package org.wardlock.tensor.cpu;

import java.util.Arrays;

/** Laying out panels without vectors: {@link GemmTile#pack}. */
public final class GemmPacking {
  private GemmPacking() {}

  /** Lays out one panel of {@code width} values for each k, those from {@code lanes} on being 0. */
  public static void pack(
      float[] data,
      int offset,
      int laneStride,
      int innerStride,
      int lanes,
      int width,
      int inner,
      float[] panel,
      int panelOffset) {
    if (laneStride == 1) {
      packLanesTogether(data, offset, innerStride, lanes, width, inner, panel, panelOffset);
    } else {
      packLanesApart(
          data, offset, laneStride, innerStride, lanes, width, inner, panel, panelOffset);
    }
  }

  private static void packLanesTogether(
      float[] data,
      int offset,
      int innerStride,
      int lanes,
      int width,
      int inner,
      float[] panel,
      int panelOffset) {
    for (int k = 0; k < inner; k++) {
      int to = panelOffset + k * width;
      System.arraycopy(data, offset + k * innerStride, panel, to, lanes);
      Arrays.fill(panel, to + lanes, to + width, 0f);
    }
  }

  /** Four lanes at a time: reads run along k, where such operands are usually contiguous. */
  private static void packLanesApart(
      float[] data,
      int offset,
      int laneStride,
      int innerStride,
      int lanes,
      int width,
      int inner,
      float[] panel,
      int panelOffset) {
    int lane = 0;
    for (; lane + 4 <= lanes; lane += 4) {
      int from0 = offset + lane * laneStride;
      int from1 = from0 + laneStride;
      int from2 = from1 + laneStride;
      int from3 = from2 + laneStride;
      int to = panelOffset + lane;
      for (int k = 0; k < inner; k++) {
        int step = k * innerStride;
        panel[to] = data[from0 + step];
        panel[to + 1] = data[from1 + step];
        panel[to + 2] = data[from2 + step];
        panel[to + 3] = data[from3 + step];
        to += width;
      }
    }
    packLanes(data, offset, laneStride, innerStride, lane, lanes, width, inner, panel, panelOffset);
  }

  /** One lane at a time, from {@code firstLane} on; zeros from {@code lanes} to {@code width}. */
  public static void packLanes(
      float[] data,
      int offset,
      int laneStride,
      int innerStride,
      int firstLane,
      int lanes,
      int width,
      int inner,
      float[] panel,
      int panelOffset) {
    for (int lane = firstLane; lane < width; lane++) {
      int from = offset + lane * laneStride;
      int to = panelOffset + lane;
      for (int k = 0; k < inner; k++) {
        panel[to] = lane < lanes ? data[from + k * innerStride] : 0f;
        to += width;
      }
    }
  }
}
