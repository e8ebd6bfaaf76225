package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.wardlock.tensor.cpu.LaneKernel;
import org.wardlock.tensor.cpu.ScalarLanes;

/**
 * Lanes by the Vector API. The 16 lanes are one, two or four vectors, which the machine's vector
 * length decides when C2 compiles; longer ones are not used. Values before the first whole round of
 * lanes and after the last one are left to the scalar twin.
 */
public final class VectorLanes implements LaneKernel {
  private static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > LANES
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;
  private static final int WIDTH = SPECIES.length();
  private static final boolean TWO = WIDTH <= LANES / 2;
  private static final boolean FOUR = WIDTH <= LANES / 4;

  private final LaneKernel scalar = new ScalarLanes();

  private static FloatVector load(float[] values, int at) {
    return FloatVector.fromArray(SPECIES, values, at);
  }

  /** Values before the next round of lanes begins. */
  private static int head(int length, int phase) {
    return Math.min(length, -phase & (LANES - 1));
  }

  /** Where the last whole round of lanes ends. */
  private static int end(int length, int head) {
    return length - (length - head) % LANES;
  }

  @Override
  public void sum(float[] x, int at, int length, float[] lanes, int phase) {
    int head = head(length, phase);
    int end = end(length, head);
    scalar.sum(x, at, head, lanes, phase);
    if (head < end) {
      FloatVector lanes0 = load(lanes, 0);
      FloatVector lanes1 = TWO ? load(lanes, WIDTH) : lanes0;
      FloatVector lanes2 = FOUR ? load(lanes, 2 * WIDTH) : lanes0;
      FloatVector lanes3 = FOUR ? load(lanes, 3 * WIDTH) : lanes0;
      for (int i = head; i < end; i += LANES) {
        lanes0 = lanes0.add(load(x, at + i));
        if (TWO) {
          lanes1 = lanes1.add(load(x, at + i + WIDTH));
        }
        if (FOUR) {
          lanes2 = lanes2.add(load(x, at + i + 2 * WIDTH));
          lanes3 = lanes3.add(load(x, at + i + 3 * WIDTH));
        }
      }
      lanes0.intoArray(lanes, 0);
      if (TWO) {
        lanes1.intoArray(lanes, WIDTH);
      }
      if (FOUR) {
        lanes2.intoArray(lanes, 2 * WIDTH);
        lanes3.intoArray(lanes, 3 * WIDTH);
      }
    }
    scalar.sum(x, at + end, length - end, lanes, 0);
  }

  @Override
  public void max(float[] x, int at, int length, float[] lanes, int phase) {
    int head = head(length, phase);
    int end = end(length, head);
    scalar.max(x, at, head, lanes, phase);
    if (head < end) {
      FloatVector lanes0 = load(lanes, 0);
      FloatVector lanes1 = TWO ? load(lanes, WIDTH) : lanes0;
      FloatVector lanes2 = FOUR ? load(lanes, 2 * WIDTH) : lanes0;
      FloatVector lanes3 = FOUR ? load(lanes, 3 * WIDTH) : lanes0;
      for (int i = head; i < end; i += LANES) {
        lanes0 = lanes0.max(load(x, at + i));
        if (TWO) {
          lanes1 = lanes1.max(load(x, at + i + WIDTH));
        }
        if (FOUR) {
          lanes2 = lanes2.max(load(x, at + i + 2 * WIDTH));
          lanes3 = lanes3.max(load(x, at + i + 3 * WIDTH));
        }
      }
      lanes0.intoArray(lanes, 0);
      if (TWO) {
        lanes1.intoArray(lanes, WIDTH);
      }
      if (FOUR) {
        lanes2.intoArray(lanes, 2 * WIDTH);
        lanes3.intoArray(lanes, 3 * WIDTH);
      }
    }
    scalar.max(x, at + end, length - end, lanes, 0);
  }

  @Override
  public void min(float[] x, int at, int length, float[] lanes, int phase) {
    int head = head(length, phase);
    int end = end(length, head);
    scalar.min(x, at, head, lanes, phase);
    if (head < end) {
      FloatVector lanes0 = load(lanes, 0);
      FloatVector lanes1 = TWO ? load(lanes, WIDTH) : lanes0;
      FloatVector lanes2 = FOUR ? load(lanes, 2 * WIDTH) : lanes0;
      FloatVector lanes3 = FOUR ? load(lanes, 3 * WIDTH) : lanes0;
      for (int i = head; i < end; i += LANES) {
        lanes0 = lanes0.min(load(x, at + i));
        if (TWO) {
          lanes1 = lanes1.min(load(x, at + i + WIDTH));
        }
        if (FOUR) {
          lanes2 = lanes2.min(load(x, at + i + 2 * WIDTH));
          lanes3 = lanes3.min(load(x, at + i + 3 * WIDTH));
        }
      }
      lanes0.intoArray(lanes, 0);
      if (TWO) {
        lanes1.intoArray(lanes, WIDTH);
      }
      if (FOUR) {
        lanes2.intoArray(lanes, 2 * WIDTH);
        lanes3.intoArray(lanes, 3 * WIDTH);
      }
    }
    scalar.min(x, at + end, length - end, lanes, 0);
  }

  @Override
  public void sumProducts(
      float[] x, int xAt, float[] y, int yAt, int length, float[] lanes, int phase) {
    int head = head(length, phase);
    int end = end(length, head);
    scalar.sumProducts(x, xAt, y, yAt, head, lanes, phase);
    if (head < end) {
      FloatVector lanes0 = load(lanes, 0);
      FloatVector lanes1 = TWO ? load(lanes, WIDTH) : lanes0;
      FloatVector lanes2 = FOUR ? load(lanes, 2 * WIDTH) : lanes0;
      FloatVector lanes3 = FOUR ? load(lanes, 3 * WIDTH) : lanes0;
      for (int i = head; i < end; i += LANES) {
        lanes0 = load(x, xAt + i).fma(load(y, yAt + i), lanes0);
        if (TWO) {
          lanes1 = load(x, xAt + i + WIDTH).fma(load(y, yAt + i + WIDTH), lanes1);
        }
        if (FOUR) {
          lanes2 = load(x, xAt + i + 2 * WIDTH).fma(load(y, yAt + i + 2 * WIDTH), lanes2);
          lanes3 = load(x, xAt + i + 3 * WIDTH).fma(load(y, yAt + i + 3 * WIDTH), lanes3);
        }
      }
      lanes0.intoArray(lanes, 0);
      if (TWO) {
        lanes1.intoArray(lanes, WIDTH);
      }
      if (FOUR) {
        lanes2.intoArray(lanes, 2 * WIDTH);
        lanes3.intoArray(lanes, 3 * WIDTH);
      }
    }
    scalar.sumProducts(x, xAt + end, y, yAt + end, length - end, lanes, 0);
  }

  @Override
  public void sumSquares(float[] x, int at, float center, int length, float[] lanes, int phase) {
    int head = head(length, phase);
    int end = end(length, head);
    scalar.sumSquares(x, at, center, head, lanes, phase);
    if (head < end) {
      FloatVector lanes0 = load(lanes, 0);
      FloatVector lanes1 = TWO ? load(lanes, WIDTH) : lanes0;
      FloatVector lanes2 = FOUR ? load(lanes, 2 * WIDTH) : lanes0;
      FloatVector lanes3 = FOUR ? load(lanes, 3 * WIDTH) : lanes0;
      for (int i = head; i < end; i += LANES) {
        FloatVector distance0 = load(x, at + i).sub(center);
        lanes0 = distance0.fma(distance0, lanes0);
        if (TWO) {
          FloatVector distance1 = load(x, at + i + WIDTH).sub(center);
          lanes1 = distance1.fma(distance1, lanes1);
        }
        if (FOUR) {
          FloatVector distance2 = load(x, at + i + 2 * WIDTH).sub(center);
          lanes2 = distance2.fma(distance2, lanes2);
          FloatVector distance3 = load(x, at + i + 3 * WIDTH).sub(center);
          lanes3 = distance3.fma(distance3, lanes3);
        }
      }
      lanes0.intoArray(lanes, 0);
      if (TWO) {
        lanes1.intoArray(lanes, WIDTH);
      }
      if (FOUR) {
        lanes2.intoArray(lanes, 2 * WIDTH);
        lanes3.intoArray(lanes, 3 * WIDTH);
      }
    }
    scalar.sumSquares(x, at + end, center, length - end, lanes, 0);
  }

  @Override
  public void sumCentered(
      float[] x, int xAt, float center, float[] y, int yAt, int length, float[] lanes, int phase) {
    int head = head(length, phase);
    int end = end(length, head);
    scalar.sumCentered(x, xAt, center, y, yAt, head, lanes, phase);
    if (head < end) {
      FloatVector lanes0 = load(lanes, 0);
      FloatVector lanes1 = TWO ? load(lanes, WIDTH) : lanes0;
      FloatVector lanes2 = FOUR ? load(lanes, 2 * WIDTH) : lanes0;
      FloatVector lanes3 = FOUR ? load(lanes, 3 * WIDTH) : lanes0;
      for (int i = head; i < end; i += LANES) {
        lanes0 = load(x, xAt + i).sub(center).fma(load(y, yAt + i), lanes0);
        if (TWO) {
          lanes1 = load(x, xAt + i + WIDTH).sub(center).fma(load(y, yAt + i + WIDTH), lanes1);
        }
        if (FOUR) {
          lanes2 =
              load(x, xAt + i + 2 * WIDTH).sub(center).fma(load(y, yAt + i + 2 * WIDTH), lanes2);
          lanes3 =
              load(x, xAt + i + 3 * WIDTH).sub(center).fma(load(y, yAt + i + 3 * WIDTH), lanes3);
        }
      }
      lanes0.intoArray(lanes, 0);
      if (TWO) {
        lanes1.intoArray(lanes, WIDTH);
      }
      if (FOUR) {
        lanes2.intoArray(lanes, 2 * WIDTH);
        lanes3.intoArray(lanes, 3 * WIDTH);
      }
    }
    scalar.sumCentered(x, xAt + end, center, y, yAt + end, length - end, lanes, 0);
  }
}
