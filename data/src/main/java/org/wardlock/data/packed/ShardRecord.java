package org.wardlock.data.packed;

import java.util.List;

/**
 * What is known of a finished shard while others are still to be written. It lies beside the shard
 * and is written after it: a shard without a record is not finished.
 *
 * @param format version of this record
 * @param plan digest of the plan that the shard belongs to
 * @param sha256 of the shard's content
 * @param positions of its pictures in the source
 * @param checksums CRC-32C of each
 * @param skipped pictures of its part of the source that could not be read
 */
record ShardRecord(
    int format,
    String plan,
    String sha256,
    int[] positions,
    int[] checksums,
    List<SkippedPicture> skipped) {

  ShardRecord {
    skipped = List.copyOf(skipped);
    if (positions.length != checksums.length) {
      throw new IllegalArgumentException(
          "%d positions and %d checksums".formatted(positions.length, checksums.length));
    }
  }
}
