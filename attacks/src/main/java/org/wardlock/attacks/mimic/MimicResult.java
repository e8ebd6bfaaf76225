package org.wardlock.attacks.mimic;

import java.util.List;
import org.wardlock.tensor.Tensor;

/**
 * Mimicking pictures.
 *
 * @param images (N, channels, height, width), multiples of 1/255 in [0, 1]
 * @param pairs what became of each
 */
public record MimicResult(Tensor images, List<MimicOutcome> pairs) {
  /** Keeps a copy of the list. */
  public MimicResult {
    pairs = List.copyOf(pairs);
  }
}
