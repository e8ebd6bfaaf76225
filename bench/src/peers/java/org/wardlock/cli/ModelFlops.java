package org.wardlock.cli;

import org.wardlock.nn.model.Architecture;

/** The count of {@code wardlock bench}, which the command line keeps to itself. */
public final class ModelFlops {
  private ModelFlops() {}

  /** One forward pass of one picture. */
  public static double forward(Architecture architecture) {
    return FlopCount.forward(architecture);
  }

  /** Forward and backward towards everything. */
  public static double training(Architecture architecture) {
    return FlopCount.training(architecture);
  }

  /** Forward and backward towards the pixels. */
  public static double inputGradient(Architecture architecture) {
    return FlopCount.inputGradient(architecture);
  }
}
