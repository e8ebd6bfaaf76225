package org.wardlock.data.packed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.wardlock.data.DataException;
import org.wardlock.data.Dataset;
import org.wardlock.data.Hashing;

/**
 * What a packed split is. The last four lists have an entry for each picture, in order.
 *
 * @param format version of the format
 * @param size height and width of every picture in pixels
 * @param resize the rule by which they came to that size
 * @param interpolation the filter
 * @param source what tells the data set they came from
 * @param plan digest of all that decides what is packed
 * @param digest over everything else that decides what a reader sees: tells this cache from others
 * @param classes names
 * @param shards in order
 * @param skipped pictures of the source that could not be read
 * @param labels classes, or {@link Dataset#UNLABELLED}
 * @param ids numbers in the split they came from
 * @param names what the source calls them
 * @param checksums CRC-32C of each picture's bytes
 */
record PackHeader(
    int format,
    int size,
    String resize,
    String interpolation,
    Source source,
    String plan,
    String digest,
    List<String> classes,
    List<Shard> shards,
    List<SkippedPicture> skipped,
    int[] labels,
    long[] ids,
    List<String> names,
    int[] checksums) {
  static final int FORMAT = 1;
  static final String FILE = "header.json";
  static final String RESIZE = "shorter side to size, centre cut out";

  /**
   * The data set that was packed.
   *
   * @param count of its pictures
   * @param digest as its identity has it
   */
  record Source(int count, String digest) {}

  /**
   * A file of pictures.
   *
   * @param pictures how many it has
   * @param sha256 of its content
   */
  record Shard(int pictures, String sha256) {}

  PackHeader {
    classes = List.copyOf(classes);
    shards = List.copyOf(shards);
    skipped = List.copyOf(skipped);
    names = List.copyOf(names);
  }

  /** The header that belongs to all shards of a plan. */
  static PackHeader of(PackPlan plan, List<ShardRecord> records) {
    Dataset dataset = plan.dataset();
    int[] positions = records.stream().flatMapToInt(r -> Arrays.stream(r.positions())).toArray();
    return new PackHeader(
            FORMAT,
            plan.size(),
            RESIZE,
            interpolationName(),
            new Source(plan.source().count(), plan.source().digest()),
            plan.digest(),
            "",
            dataset.classes(),
            records.stream().map(r -> new Shard(r.positions().length, r.sha256())).toList(),
            records.stream().flatMap(r -> r.skipped().stream()).toList(),
            Arrays.stream(positions).map(dataset::label).toArray(),
            Arrays.stream(positions).mapToLong(dataset::id).toArray(),
            Arrays.stream(positions).mapToObj(dataset::name).toList(),
            records.stream().flatMapToInt(r -> Arrays.stream(r.checksums())).toArray())
        .withDigest();
  }

  static String interpolationName() {
    return PackPlan.INTERPOLATION.name().toLowerCase(Locale.ROOT);
  }

  /** The same with the digest that belongs to it. */
  PackHeader withDigest() {
    return new PackHeader(
        format,
        size,
        resize,
        interpolation,
        source,
        plan,
        contentDigest(),
        classes,
        shards,
        skipped,
        labels,
        ids,
        names,
        checksums);
  }

  /** The file of a shard. */
  static Path shardFile(Path folder, int shard) {
    return folder.resolve(String.format(Locale.ROOT, "%05d.rgb", shard));
  }

  /** The number of pictures. */
  int pictures() {
    return labels.length;
  }

  /** The number of bytes that a shard must have. */
  long bytes(int shard) {
    return shards.get(shard).pictures() * PackPlan.pictureBytes(size);
  }

  /** The number of bytes of all pictures. */
  long bytes() {
    return pictures() * PackPlan.pictureBytes(size);
  }

  void write(Path folder) throws IOException {
    PackJson.write(folder.resolve(FILE), this);
  }

  /**
   * Reads a folder's header.
   *
   * @throws DataException if it cannot be read, is of another version, or contradicts itself
   */
  static PackHeader read(Path folder) {
    Path file = folder.resolve(FILE);
    PackHeader header = PackJson.read(file, FORMAT, PackHeader.class);
    header.requireSound(file);
    return header;
  }

  private void requireSound(Path file) {
    require(file, size >= 1 && size <= PackPlan.MAX_SIZE, "size " + size);
    require(file, resize.equals(RESIZE), "resize rule '" + resize + "'");
    require(
        file, interpolation.equals(interpolationName()), "interpolation '" + interpolation + "'");
    long counted = 0;
    for (int shard = 0; shard < shards.size(); shard++) {
      int pictures = shards.get(shard).pictures();
      boolean fits = pictures >= 0 && bytes(shard) <= Integer.MAX_VALUE;
      require(file, fits, "%d pictures in shard %d".formatted(pictures, shard));
      counted += pictures;
    }
    require(file, counted > 0, "no picture");
    requireCount(file, "labels", labels.length, counted);
    requireCount(file, "ids", ids.length, counted);
    requireCount(file, "names", names.size(), counted);
    requireCount(file, "checksums", checksums.length, counted);
    for (int label : labels) {
      require(
          file,
          label >= Dataset.UNLABELLED && label < classes.size(),
          "label %d with %d classes".formatted(label, classes.size()));
    }
    requireDistinctIds(file);
    require(file, digest.equals(contentDigest()), "content that does not have its digest");
  }

  private void requireDistinctIds(Path file) {
    long[] sorted = ids.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      boolean fits = sorted[i] >= 0 && sorted[i] <= Integer.MAX_VALUE;
      require(file, fits, "id " + sorted[i]);
      require(file, i == 0 || sorted[i] != sorted[i - 1], "id " + sorted[i] + " twice");
    }
  }

  private static void requireCount(Path file, String list, int found, long expected) {
    require(file, found == expected, "%d %s for %d pictures".formatted(found, list, expected));
  }

  private static void require(Path file, boolean sound, String found) {
    if (!sound) {
      throw new DataException(
          file, "has %s, which wardlock pack does not write: damaged, pack again".formatted(found));
    }
  }

  private String contentDigest() {
    var hashing = new Hashing().add(format).add(size).add(resize).add(interpolation);
    hashing.add(source.count()).add(source.digest()).add(plan);
    hashing.add(classes.size());
    classes.forEach(hashing::add);
    hashing.add(shards.size());
    shards.forEach(shard -> hashing.add(shard.pictures()).add(shard.sha256()));
    hashing.add(skipped.size());
    skipped.forEach(picture -> hashing.add(picture.id()).add(picture.name()).add(picture.reason()));
    hashing.add(encode(labels));
    ByteBuffer idBytes = ByteBuffer.allocate(Long.BYTES * ids.length);
    idBytes.asLongBuffer().put(ids);
    hashing.add(idBytes.array());
    names.forEach(hashing::add);
    return hashing.add(encode(checksums)).finish();
  }

  private static byte[] encode(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * values.length);
    bytes.asIntBuffer().put(values);
    return bytes.array();
  }
}
