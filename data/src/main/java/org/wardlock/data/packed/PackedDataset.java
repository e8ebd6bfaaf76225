package org.wardlock.data.packed;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.wardlock.data.DataException;
import org.wardlock.data.DataIdentity;
import org.wardlock.data.Dataset;
import org.wardlock.data.PictureShape;
import org.wardlock.data.image.Picture;
import org.wardlock.tensor.spi.HostMemory;

/**
 * A packed split. Shards are mapped into memory, so pictures are read straight from the page cache;
 * each is held against its checksum whenever it is read. Mappings go when the data set is garbage.
 */
public final class PackedDataset implements Dataset {
  /** What the folder of a cache is, for messages. */
  public static final String EXPECTED =
      "what wardlock pack has finished; an interrupted one goes on with pack --resume";

  private final PackHeader header;
  private final List<Shard> shards;

  /** The first picture of each shard; none is empty. */
  private final int[] starts;

  private PackedDataset(PackHeader header, List<Shard> shards) {
    this.header = header;
    this.shards = shards;
    this.starts = shards.stream().mapToInt(Shard::start).toArray();
  }

  /**
   * A file of pictures in memory.
   *
   * @param start number of its first picture
   */
  private record Shard(Path file, int start, MemorySegment pixels) {}

  /**
   * Opens a packed split.
   *
   * @param folder of the split itself, such as {@code cache/train}
   * @throws DataException if its header is missing, of another version or contradicts itself, or if
   *     a shard is missing or has another length than it must have
   */
  public static PackedDataset open(Path folder) {
    PackHeader header = PackHeader.read(folder);
    var shards = new ArrayList<Shard>();
    int start = 0;
    for (int shard = 0; shard < header.shards().size(); shard++) {
      Path file = PackHeader.shardFile(folder, shard);
      requireLength(file, header.bytes(shard));
      int pictures = header.shards().get(shard).pictures();
      if (pictures > 0) {
        shards.add(new Shard(file, start, map(file)));
        start += pictures;
      }
    }
    return new PackedDataset(header, shards);
  }

  private static MemorySegment map(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
  }

  /** Checks every byte of a split's shards, which opening it does not. */
  static void requireIntact(Path folder, PackHeader header) {
    for (int shard = 0; shard < header.shards().size(); shard++) {
      Path file = PackHeader.shardFile(folder, shard);
      requireLength(file, header.bytes(shard));
      try {
        if (!PackFiles.sha256(file).equals(header.shards().get(shard).sha256())) {
          throw new DataException(
              file, "has changed since it was packed: delete %s and pack again".formatted(folder));
        }
      } catch (IOException e) {
        throw DataException.unreadable(file, e);
      }
    }
  }

  private static void requireLength(Path file, long expected) {
    try {
      long found = Files.size(file);
      if (found != expected) {
        throw new DataException(
            file,
            "%d bytes found; expected %d: truncated or damaged, delete %s and pack again"
                .formatted(found, expected, file.getParent()));
      }
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
  }

  @Override
  public int size() {
    return header.pictures();
  }

  @Override
  public int label(int index) {
    return header.labels()[index];
  }

  @Override
  public List<String> classes() {
    return header.classes();
  }

  @Override
  public String name(int index) {
    return header.names().get(index);
  }

  /** The number in the split that was packed: what chance does to a picture stays the same. */
  @Override
  public long id(int index) {
    return header.ids()[index];
  }

  @Override
  public Picture picture(int index) {
    Objects.checkIndex(index, size());
    int found = Arrays.binarySearch(starts, index);
    // where no shard starts with it, it lies in the one before the place it would have
    Shard shard = shards.get(found >= 0 ? found : -found - 2);
    byte[] rgb = new byte[shape().orElseThrow().values()];
    long offset = (long) (index - shard.start()) * rgb.length;
    HostMemory.copy(shard.pixels(), offset, MemorySegment.ofArray(rgb), 0, rgb.length);
    if (ShardWriter.checksum(rgb) != header.checksums()[index]) {
      throw new DataException(
          shard.file(),
          "picture '%s' in it has changed since it was packed: delete %s and pack again"
              .formatted(name(index), shard.file().getParent()));
    }
    return new Picture(header.size(), header.size(), rgb);
  }

  @Override
  public Optional<PictureShape> shape() {
    return Optional.of(new PictureShape(Picture.CHANNELS, header.size(), header.size()));
  }

  /** Over everything in the header, and so over the content of every shard. */
  @Override
  public DataIdentity identity() {
    return new DataIdentity(size(), header.digest());
  }
}
