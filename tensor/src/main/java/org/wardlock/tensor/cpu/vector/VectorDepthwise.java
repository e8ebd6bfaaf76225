package org.wardlock.tensor.cpu.vector;

import org.wardlock.tensor.cpu.PlanarDepthwise;

/** Depthwise convolution by the Vector API. */
public final class VectorDepthwise extends PlanarDepthwise {
  /** Convolution plane by plane. */
  public VectorDepthwise() {
    super(VectorPlaneWorker::open);
  }
}
