package org.wardlock.data.packed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.wardlock.data.DataException;
import org.wardlock.data.Split;

/**
 * Packs a split of a data set into a folder of its own, {@code train} for instance. Until it is
 * whole, the folder has a hidden name; whatever the instant at which it is interrupted, the next
 * run goes on with the shard that was in work, and ends with the bytes of an undisturbed run.
 *
 * <p>A shard or record that is damaged in between is made again. A finished split is not touched
 * but checked, byte by byte. Two runs must not write into one folder at the same time.
 */
public final class Packer {
  /** How many pictures wait at most to be written, for each thread that decodes. */
  private static final int AHEAD = 4;

  private final PackPlan plan;
  private final Path root;
  private final Path finished;
  private final Path partial;
  private final int workers;

  /**
   * @param plan what is packed
   * @param root the cache's folder, which exists
   * @param split what the pictures are in it
   * @param workers how many threads decode
   */
  public Packer(PackPlan plan, Path root, Split split, int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("packing: " + workers + " threads, expected at least 1");
    }
    this.plan = plan;
    this.root = root;
    this.finished = root.resolve(split.text());
    this.partial = root.resolve("." + split.text() + ".partial");
    this.workers = workers;
  }

  /**
   * Packs what is not packed yet.
   *
   * @param progress is told how many more pictures are done, whenever some are
   * @param stop whether to stop; what is finished then stays for the next run
   * @throws DataException if the folder holds a cache of other pictures or of another kind, if a
   *     finished one is damaged, or if no picture can be read
   * @throws IOException if writing fails
   */
  public PackedSplit run(IntConsumer progress, BooleanSupplier stop) throws IOException {
    if (Files.exists(finished)) {
      PackHeader header = requireSame(finished);
      PackedDataset.requireIntact(finished, header);
      progress.accept(plan.pictures());
      return result(header);
    }
    if (Files.exists(partial.resolve(PackHeader.FILE))) {
      PackHeader header = requireSame(partial);
      progress.accept(plan.pictures());
      return publish(header);
    }
    Files.createDirectories(partial);
    List<ShardRecord> records = pack(progress, stop);
    if (records.size() < plan.shards()) {
      return interrupted(records);
    }
    requireSomePicture(records);
    PackHeader header = PackHeader.of(plan, records);
    header.write(partial);
    return publish(header);
  }

  /** Gives back the records of all shards, or of those that were finished before it was stopped. */
  private List<ShardRecord> pack(IntConsumer progress, BooleanSupplier stop) throws IOException {
    var records = new ArrayList<ShardRecord>();
    var number = new AtomicInteger();
    try (ExecutorService decoders =
        Executors.newFixedThreadPool(
            workers,
            task ->
                Thread.ofPlatform()
                    .daemon()
                    .name("wardlock-pack-" + number.getAndIncrement())
                    .unstarted(task))) {
      var writer = new ShardWriter(plan, decoders, AHEAD * workers, progress, stop);
      for (int shard = 0; shard < plan.shards() && !stop.getAsBoolean(); shard++) {
        Optional<ShardRecord> record = finishedBefore(shard);
        if (record.isPresent()) {
          progress.accept(plan.to(shard) - plan.from(shard));
        } else {
          record = write(writer, shard);
        }
        if (record.isEmpty()) {
          return records;
        }
        records.add(record.get());
      }
    }
    return records;
  }

  private Optional<ShardRecord> write(ShardWriter writer, int shard) throws IOException {
    Optional<ShardRecord> record = writer.write(PackHeader.shardFile(partial, shard), shard);
    if (record.isPresent()) {
      PackJson.write(recordFile(shard), record.get());
    }
    return record;
  }

  /** The record of a shard that an earlier run finished, if both are as they were written. */
  private Optional<ShardRecord> finishedBefore(int shard) throws IOException {
    ShardRecord record;
    try {
      record = PackJson.read(recordFile(shard), PackHeader.FORMAT, ShardRecord.class);
    } catch (DataException _) {
      return Optional.empty();
    }
    if (!record.plan().equals(plan.digest())) {
      throw otherPlan(partial);
    }
    try {
      String found = PackFiles.sha256(PackHeader.shardFile(partial, shard));
      return found.equals(record.sha256()) ? Optional.of(record) : Optional.empty();
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private Path recordFile(int shard) {
    return PackHeader.shardFile(partial, shard).resolveSibling(shard + ".json");
  }

  private PackHeader requireSame(Path folder) {
    PackHeader header = PackHeader.read(folder);
    if (!header.plan().equals(plan.digest())) {
      throw otherPlan(folder);
    }
    return header;
  }

  private DataException otherPlan(Path folder) {
    return new DataException(
        folder,
        "holds other pictures, or pictures of another size than %d: choose another folder, or delete it"
            .formatted(plan.size()));
  }

  private void requireSomePicture(List<ShardRecord> records) {
    if (records.stream().allMatch(record -> record.positions().length == 0)) {
      SkippedPicture first = records.getFirst().skipped().getFirst();
      throw new DataException(
          "none of %d pictures can be read; the first, %s: %s"
              .formatted(plan.pictures(), first.name(), first.reason()));
    }
  }

  /** Everything is on the disk; only the name is missing, and what was needed to go on must go. */
  private PackedSplit publish(PackHeader header) throws IOException {
    for (int shard = 0; shard < plan.shards(); shard++) {
      Files.deleteIfExists(recordFile(shard));
    }
    PackFiles.force(partial);
    PackFiles.rename(partial, finished);
    PackFiles.force(root);
    return result(header);
  }

  private static PackedSplit result(PackHeader header) {
    return new PackedSplit(true, header.pictures(), header.bytes(), header.skipped());
  }

  private PackedSplit interrupted(List<ShardRecord> records) {
    int pictures = records.stream().mapToInt(record -> record.positions().length).sum();
    return new PackedSplit(
        false,
        pictures,
        pictures * PackPlan.pictureBytes(plan.size()),
        records.stream().flatMap(record -> record.skipped().stream()).toList());
  }
}
