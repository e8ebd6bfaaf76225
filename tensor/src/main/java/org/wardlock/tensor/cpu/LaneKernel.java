package org.wardlock.tensor.cpu;

/**
 * Adds rows of neighbouring values up, or takes their extremum, in 16 lanes: value i of a row goes
 * to lane {@code (phase + i) % 16}. Which lane a value goes to and in which order depends on its
 * place in the row alone, so every vector length gives the same bits; {@link Lanes} adds the lanes
 * up.
 */
public interface LaneKernel {
  /** Lanes on every machine: the floats of the widest vectors. */
  int LANES = 16;

  /** {@code lane += x}. */
  void sum(float[] x, int at, int length, float[] lanes, int phase);

  /** {@code lane = max(lane, x)}, NaN if either is. */
  void max(float[] x, int at, int length, float[] lanes, int phase);

  /** {@code lane = min(lane, x)}, NaN if either is. */
  void min(float[] x, int at, int length, float[] lanes, int phase);

  /** {@code lane = fma(x, y, lane)}. */
  void sumProducts(float[] x, int xAt, float[] y, int yAt, int length, float[] lanes, int phase);

  /** {@code lane = fma(x - center, x - center, lane)}. */
  void sumSquares(float[] x, int at, float center, int length, float[] lanes, int phase);

  /** {@code lane = fma(x - center, y, lane)}. */
  void sumCentered(
      float[] x, int xAt, float center, float[] y, int yAt, int length, float[] lanes, int phase);
}
