package org.wardlock.data.packed;

import java.util.List;

/**
 * What packing a split came to.
 *
 * @param complete whether it is finished; if it was stopped before, the rest counts what is safe on
 *     the disk
 * @param pictures in the cache
 * @param bytes of their pixels
 * @param skipped pictures that could not be read
 */
public record PackedSplit(
    boolean complete, int pictures, long bytes, List<SkippedPicture> skipped) {
  /** Keeps a copy of the list. */
  public PackedSplit {
    skipped = List.copyOf(skipped);
  }
}
