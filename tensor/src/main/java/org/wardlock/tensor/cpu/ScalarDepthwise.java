package org.wardlock.tensor.cpu;

/** Depthwise convolution without the Vector API. */
public final class ScalarDepthwise extends PlanarDepthwise {
  /** Convolution plane by plane. */
  public ScalarDepthwise() {
    super(ScalarPlaneWorker::new);
  }
}
