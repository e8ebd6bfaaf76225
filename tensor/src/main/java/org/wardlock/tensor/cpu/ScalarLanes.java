package org.wardlock.tensor.cpu;

/** Lanes without the Vector API. */
public final class ScalarLanes implements LaneKernel {

  @Override
  public void sum(float[] x, int at, int length, float[] lanes, int phase) {
    for (int i = 0; i < length; i++) {
      int lane = (phase + i) % LANES;
      lanes[lane] += x[at + i];
    }
  }

  @Override
  public void max(float[] x, int at, int length, float[] lanes, int phase) {
    for (int i = 0; i < length; i++) {
      int lane = (phase + i) % LANES;
      lanes[lane] = Math.max(lanes[lane], x[at + i]);
    }
  }

  @Override
  public void min(float[] x, int at, int length, float[] lanes, int phase) {
    for (int i = 0; i < length; i++) {
      int lane = (phase + i) % LANES;
      lanes[lane] = Math.min(lanes[lane], x[at + i]);
    }
  }

  @Override
  public void sumProducts(
      float[] x, int xAt, float[] y, int yAt, int length, float[] lanes, int phase) {
    for (int i = 0; i < length; i++) {
      int lane = (phase + i) % LANES;
      lanes[lane] = Fma.fma(x[xAt + i], y[yAt + i], lanes[lane]);
    }
  }

  @Override
  public void sumSquares(float[] x, int at, float center, int length, float[] lanes, int phase) {
    for (int i = 0; i < length; i++) {
      int lane = (phase + i) % LANES;
      float distance = x[at + i] - center;
      lanes[lane] = Fma.fma(distance, distance, lanes[lane]);
    }
  }

  @Override
  public void sumCentered(
      float[] x, int xAt, float center, float[] y, int yAt, int length, float[] lanes, int phase) {
    for (int i = 0; i < length; i++) {
      int lane = (phase + i) % LANES;
      lanes[lane] = Fma.fma(x[xAt + i] - center, y[yAt + i], lanes[lane]);
    }
  }
}
