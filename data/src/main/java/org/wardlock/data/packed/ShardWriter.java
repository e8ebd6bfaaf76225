package org.wardlock.data.packed;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;
import org.wardlock.data.DataException;

/**
 * Writes shards: pictures are decoded and resized by many threads, a few ahead of the one that is
 * written, and written in the source's order.
 */
final class ShardWriter {
  private final PackPlan plan;
  private final String planDigest;
  private final ExecutorService decoders;
  private final int ahead;
  private final IntConsumer progress;
  private final BooleanSupplier stop;

  /**
   * @param ahead how many pictures may be in work or wait to be written
   * @param progress is told of every picture that is written or skipped, by 1
   * @param stop whether to give up, asked before every picture
   */
  ShardWriter(
      PackPlan plan,
      ExecutorService decoders,
      int ahead,
      IntConsumer progress,
      BooleanSupplier stop) {
    this.plan = plan;
    this.planDigest = plan.digest();
    this.decoders = decoders;
    this.ahead = ahead;
    this.progress = progress;
    this.stop = stop;
  }

  /** A picture of the source, ready to be written or found unreadable. */
  private sealed interface Outcome {}

  private record Packed(Entry entry, byte[] rgb) implements Outcome {}

  private record Unreadable(SkippedPicture picture) implements Outcome {}

  /** What is kept of a picture once its pixels are written. */
  private record Entry(int position, int checksum) {}

  /** Writes a shard, durably; empty if told to stop before it was whole. */
  Optional<ShardRecord> write(Path file, int shard) throws IOException {
    var entries = new ArrayList<Entry>();
    var skipped = new ArrayList<SkippedPicture>();
    MessageDigest digest = PackFiles.sha256();
    boolean whole =
        PackFiles.write(file, channel -> fill(channel, shard, digest, entries, skipped));
    return whole ? Optional.of(describe(digest, entries, skipped)) : Optional.empty();
  }

  private ShardRecord describe(
      MessageDigest digest, List<Entry> entries, List<SkippedPicture> skipped) {
    return new ShardRecord(
        PackHeader.FORMAT,
        planDigest,
        HexFormat.of().formatHex(digest.digest()),
        entries.stream().mapToInt(Entry::position).toArray(),
        entries.stream().mapToInt(Entry::checksum).toArray(),
        skipped);
  }

  private boolean fill(
      FileChannel channel,
      int shard,
      MessageDigest digest,
      List<Entry> entries,
      List<SkippedPicture> skipped)
      throws IOException {
    var window = new ArrayDeque<Future<Outcome>>();
    int submitted = plan.from(shard);
    try {
      for (int position = plan.from(shard); position < plan.to(shard); position++) {
        if (stop.getAsBoolean()) {
          return false;
        }
        while (submitted < plan.to(shard) && window.size() < ahead) {
          int next = submitted++;
          window.add(decoders.submit(() -> pack(next)));
        }
        switch (await(window.remove())) {
          case Packed(Entry entry, byte[] rgb) -> {
            PackFiles.writeFully(channel, rgb);
            digest.update(rgb);
            entries.add(entry);
          }
          case Unreadable(SkippedPicture picture) -> skipped.add(picture);
        }
        progress.accept(1);
      }
      return true;
    } finally {
      window.forEach(picture -> picture.cancel(false));
    }
  }

  private Outcome pack(int position) {
    try {
      byte[] rgb = plan.picture(position).rgb();
      return new Packed(new Entry(position, checksum(rgb)), rgb);
    } catch (DataException e) {
      return new Unreadable(skipped(position, e));
    }
  }

  /** CRC-32C: fast enough to be checked whenever a picture is read. */
  static int checksum(byte[] rgb) {
    var checksum = new CRC32C();
    checksum.update(rgb);
    return (int) checksum.getValue();
  }

  /** The reason does without the file's place, which may be another when the cache is read. */
  private SkippedPicture skipped(int position, DataException failure) {
    String name = plan.dataset().name(position);
    String message = failure.getMessage();
    int behind = message.indexOf(name + ": ");
    String reason = behind < 0 ? message : message.substring(behind + name.length() + 2);
    return new SkippedPicture(plan.dataset().id(position), name, reason);
  }

  private static Outcome await(Future<Outcome> picture) {
    try {
      return picture.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while packing pictures");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        default -> throw new IllegalStateException("packing: a decoder failed", e.getCause());
      }
    }
  }
}
