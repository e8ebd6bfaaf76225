package org.wardlock.data.packed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.wardlock.data.packed.PackFolders.damage;
import static org.wardlock.data.packed.PackFolders.pack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.data.DataException;
import org.wardlock.data.Dataset;
import org.wardlock.data.MemoryDataset;
import org.wardlock.data.PictureShape;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;

class PackedDatasetTest {
  private static final PictureShape SHAPE = new PictureShape(3, 8, 8);

  @TempDir private Path root;

  private final MemoryDataset source = new MemoryDataset(10, 4, SHAPE);

  @BeforeEach
  void pack4PicturesAShard() throws IOException {
    pack(PackPlan.inShards(source, 8, 4), root);
  }

  private Dataset open() {
    return DataSource.parse("packed:" + root).open(Split.TRAIN);
  }

  private void assertRefused(String... parts) {
    String message = assertThrows(DataException.class, this::open).getMessage();
    assertEquals(1, message.lines().count(), message);
    for (String part : parts) {
      assertTrue(message.contains(part), "'" + part + "' is not in: " + message);
    }
  }

  @Test
  void picturesAreTheSources() {
    Dataset packed = open();
    assertEquals(source.classes(), packed.classes());
    assertEquals(Optional.of(SHAPE), packed.shape());
    byte[] expected = new byte[SHAPE.values()];
    byte[] found = new byte[SHAPE.values()];
    for (int i = 0; i < source.size(); i++) {
      source.copyPixels(i, expected, 0);
      packed.copyPixels(i, found, 0);
      assertArrayEquals(expected, found, "picture " + i);
    }
    assertThrows(IndexOutOfBoundsException.class, () -> packed.picture(10));
    assertThrows(IndexOutOfBoundsException.class, () -> packed.picture(-1));
  }

  @Test
  void aSelectionKeepsItsOrderAndNumbers() throws IOException {
    Dataset selected = Selection.limit(6, 3).of(source);
    Path other = Files.createDirectory(root.resolve("other"));
    pack(PackPlan.inShards(selected, 8, 4), other);
    Dataset packed = DataSource.parse("packed:" + other).open(Split.TRAIN);
    for (int i = 0; i < 6; i++) {
      assertEquals(selected.id(i), packed.id(i));
      assertEquals(selected.picture(i), packed.picture(i));
    }
  }

  @Test
  void identityTellsCachesApart() throws IOException {
    assertEquals(open().identity(), open().identity());
    assertEquals(10, open().identity().count());
    assertNotEquals(source.identity(), open().identity());
    Path other = Files.createDirectory(root.resolve("other"));
    pack(PackPlan.inShards(source, 7, 4), other);
    assertNotEquals(
        open().identity(), DataSource.parse("packed:" + other).open(Split.TRAIN).identity());
  }

  @Test
  void missingSplitsAreNamed() throws IOException {
    Files.move(root.resolve("train"), root.resolve("test"));
    assertRefused("no folder 'train' in it", "pack --resume");
    assertEquals(10, DataSource.parse("packed:" + root).open(Split.VAL).size());
    Files.move(root.resolve("test"), root.resolve(".train.partial"));
    assertRefused("no folder 'train' in it", "pack --resume");
    Files.createDirectory(root.resolve("train"));
    assertRefused("header.json: no such file");
  }

  @Test
  void truncatedAndMissingShardsAreNamed() throws IOException {
    Path shard = root.resolve("train/00001.rgb");
    byte[] whole = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(whole, whole.length - 1));
    assertRefused("00001.rgb: 767 bytes found; expected 768: truncated", "pack again");
    Files.write(shard, Arrays.copyOf(whole, whole.length + 192));
    assertRefused("00001.rgb: 960 bytes found; expected 768");
    Files.delete(shard);
    assertRefused("00001.rgb: no such file");
  }

  @Test
  void aDamagedPictureIsNamedWhenItIsRead() throws IOException {
    damage(root.resolve("train/00002.rgb"), 192 + 5);
    Dataset packed = open();
    assertEquals(source.picture(8), packed.picture(8));
    String message = assertThrows(DataException.class, () -> packed.picture(9)).getMessage();
    assertTrue(message.contains("00002.rgb: picture 'picture-9' in it has changed"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[1]", "{", "text", "{}", "{\"format\": 1}"})
  void aHeaderThatIsNoneIsNamed(String content) throws IOException {
    Files.writeString(root.resolve("train/header.json"), content);
    assertRefused("header.json: ");
  }

  @Test
  void anotherVersionIsNamed() throws IOException {
    Files.writeString(root.resolve("train/header.json"), "{\"format\": 2, \"pixels\": true}");
    assertRefused("header.json: format 2; expected 1: another version of the program wrote it");
    Files.writeString(root.resolve("train/header.json"), "{\"format\": \"1\"}");
    assertRefused("header.json: format \"1\"; expected 1");
  }

  @Test
  void everyBitOfTheHeaderIsGuarded() throws IOException {
    Path file = root.resolve("train/header.json");
    byte[] sound = Files.readAllBytes(file);
    for (int position = 0; position < sound.length; position++) {
      byte[] damaged = sound.clone();
      // a digit becomes another one, a letter another letter, a bracket something else
      damaged[position] ^= 1;
      if (Character.isWhitespace(sound[position])) {
        continue;
      }
      Files.write(file, damaged);
      assertRefused("train");
    }
  }

  /** What a header says that cannot be, with the digest that belongs to it. */
  static Stream<Arguments> lies() {
    return Stream.of(
        lie("label 4 with 4 classes", h -> labels(h, 0, 4)),
        lie("label -2 with 4 classes", h -> labels(h, 9, -2)),
        lie("9 labels for 10 pictures", h -> with(h, 8, new int[9], h.ids(), h.shards())),
        lie("id 1 twice", h -> ids(h, 5, 1)),
        lie("id -1", h -> ids(h, 5, -1)),
        lie("id 4294967296", h -> ids(h, 5, 1L << 32)),
        lie("size 0", h -> with(h, 0, h.labels(), h.ids(), h.shards())),
        lie("768 bytes found; expected 972", h -> with(h, 9, h.labels(), h.ids(), h.shards())),
        lie("-4 pictures in shard 0", h -> shards(h, -4, 4, 10)),
        lie("2000000000 pictures in shard 0", h -> shards(h, 2_000_000_000, 4, 2)),
        lie("00000.rgb: 768 bytes found; expected 576", h -> shards(h, 3, 4, 3)),
        lie("10 labels for 8 pictures", h -> shards(h, 4, 4)),
        lie("no picture", h -> shards(h)));
  }

  private static Arguments lie(String expected, UnaryOperator<PackHeader> change) {
    return arguments(expected, change);
  }

  private static PackHeader labels(PackHeader header, int index, int label) {
    int[] labels = header.labels().clone();
    labels[index] = label;
    return with(header, 8, labels, header.ids(), header.shards());
  }

  private static PackHeader ids(PackHeader header, int index, long id) {
    long[] ids = header.ids().clone();
    ids[index] = id;
    return with(header, 8, header.labels(), ids, header.shards());
  }

  private static PackHeader shards(PackHeader header, int... pictures) {
    List<PackHeader.Shard> shards =
        Arrays.stream(pictures)
            .mapToObj(count -> new PackHeader.Shard(count, header.shards().getFirst().sha256()))
            .toList();
    return with(header, 8, header.labels(), header.ids(), shards);
  }

  private static PackHeader with(
      PackHeader header, int size, int[] labels, long[] ids, List<PackHeader.Shard> shards) {
    return new PackHeader(
        header.format(),
        size,
        header.resize(),
        header.interpolation(),
        header.source(),
        header.plan(),
        "",
        header.classes(),
        shards,
        header.skipped(),
        labels,
        ids,
        header.names(),
        header.checksums());
  }

  @ParameterizedTest
  @MethodSource("lies")
  void aHeaderThatLiesIsNamed(String expected, UnaryOperator<PackHeader> change)
      throws IOException {
    Path folder = root.resolve("train");
    change.apply(PackHeader.read(folder)).withDigest().write(folder);
    assertRefused(expected);
  }
}
