package org.wardlock.data.packed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.data.packed.PackFolders.contents;
import static org.wardlock.data.packed.PackFolders.damage;
import static org.wardlock.data.packed.PackFolders.pack;
import static org.wardlock.data.packed.PackFolders.restore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.data.DataException;
import org.wardlock.data.Dataset;
import org.wardlock.data.ForwardingDataset;
import org.wardlock.data.MemoryDataset;
import org.wardlock.data.PictureShape;
import org.wardlock.data.Split;
import org.wardlock.data.image.Picture;

class PackerTest {
  private static final PictureShape SHAPE = new PictureShape(3, 12, 9);
  private static final int SIZE = 7;
  private static final int PICTURES = 11;
  private static final int PER_SHARD = 3;

  @TempDir private Path folder;

  private final Dataset dataset =
      new MemoryDataset(PICTURES, 4, SHAPE).breakPicture(4).breakPicture(10);
  private final PackPlan plan = PackPlan.inShards(dataset, SIZE, PER_SHARD);
  private Map<String, ByteBuffer> undisturbed;

  @BeforeEach
  void packUndisturbed() throws IOException {
    undisturbed = packed(plan, "undisturbed");
  }

  private Map<String, ByteBuffer> packed(PackPlan wanted, String name) throws IOException {
    Path root = Files.createDirectory(folder.resolve(name));
    pack(wanted, root);
    return contents(root);
  }

  @Test
  void aSplitIsAFolderOfAHeaderAndShards() {
    assertEquals(
        List.of(
            "train/00000.rgb",
            "train/00001.rgb",
            "train/00002.rgb",
            "train/00003.rgb",
            "train/header.json"),
        List.copyOf(undisturbed.keySet()));
    int picture = 3 * SIZE * SIZE;
    assertEquals(3 * picture, undisturbed.get("train/00000.rgb").capacity());
    assertEquals(2 * picture, undisturbed.get("train/00001.rgb").capacity());
    assertEquals(1 * picture, undisturbed.get("train/00003.rgb").capacity());
  }

  @Test
  void whatCannotBeReadIsListed() throws IOException {
    PackedSplit again = pack(plan, folder.resolve("undisturbed"));
    assertTrue(again.complete());
    assertEquals(9, again.pictures());
    assertEquals(9L * 3 * SIZE * SIZE, again.bytes());
    assertEquals(
        List.of(
            new SkippedPicture(4, "picture-4", "broken"),
            new SkippedPicture(10, "picture-10", "broken")),
        again.skipped());
  }

  @Test
  void aKillAtAnyPictureChangesNoByte() throws IOException {
    Path root = Files.createDirectory(folder.resolve("watched"));
    var snapshots = new ArrayList<Map<String, ByteBuffer>>();
    new Packer(plan, root, Split.TRAIN, 3)
        .run(
            _ -> {},
            () -> {
              snapshots.add(contents(root));
              return false;
            });
    assertTrue(snapshots.size() > PICTURES, "snapshots: " + snapshots.size());
    for (int i = 0; i < snapshots.size(); i++) {
      Path killed = restore(snapshots.get(i), folder.resolve("killed" + i));
      assertEquals(9, pack(plan, killed).pictures());
      assertEquals(undisturbed, contents(killed), "killed at snapshot " + i);
    }
  }

  @Test
  void finishedShardsAreNotDecodedAgain() throws IOException {
    Path root = Files.createDirectory(folder.resolve("stopped"));
    assertFalse(stopAfter(root, 7).complete());
    var decoded = new ArrayList<Integer>();
    var counting =
        new ForwardingDataset(dataset) {
          @Override
          public Picture picture(int index) {
            synchronized (decoded) {
              decoded.add(index);
            }
            return super.picture(index);
          }
        };
    pack(PackPlan.inShards(counting, SIZE, PER_SHARD), root);
    decoded.sort(null);
    assertEquals(List.of(6, 7, 8, 9, 10), decoded);
    assertEquals(undisturbed, contents(root));
  }

  private PackedSplit stopAfter(Path root, int pictures) throws IOException {
    var done = new AtomicInteger();
    return new Packer(plan, root, Split.TRAIN, 2)
        .run(done::addAndGet, () -> done.get() >= pictures);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 5, 6, 11})
  void whenStoppedItSaysWhatIsSafe(int pictures) throws IOException {
    Path root = Files.createDirectory(folder.resolve("stopped"));
    PackedSplit stopped = stopAfter(root, pictures);
    // the last shard is whole by then, and its record is written without asking again
    boolean complete = pictures >= PICTURES;
    assertEquals(complete, stopped.complete());
    int shards = pictures / PER_SHARD;
    assertEquals(complete ? 9 : shards * PER_SHARD - (shards > 1 ? 1 : 0), stopped.pictures());
    assertEquals(complete, Files.exists(root.resolve("train")));
    pack(plan, root);
    assertEquals(undisturbed, contents(root));
  }

  @Test
  void aCrashBeforeTheHeaderIsWrittenLosesNothing() throws IOException {
    Path root = Files.createDirectory(folder.resolve("crashed"));
    var crashing =
        new ForwardingDataset(dataset) {
          @Override
          public List<String> classes() {
            throw new OutOfMemoryError("planted");
          }
        };
    assertThrows(
        OutOfMemoryError.class, () -> pack(PackPlan.inShards(crashing, SIZE, PER_SHARD), root));
    assertFalse(Files.exists(root.resolve("train")));
    pack(plan, root);
    assertEquals(undisturbed, contents(root));
  }

  @Test
  void aKillBeforeTheFolderGetsItsNameLosesNothing() throws IOException {
    Path root = restore(undisturbed, folder.resolve("unnamed"));
    Path partial = root.resolve(".train.partial");
    Files.move(root.resolve("train"), partial);
    Files.writeString(partial.resolve("2.json"), "a record that was not yet deleted");
    assertTrue(pack(plan, root).complete());
    assertEquals(undisturbed, contents(root));
  }

  @Test
  void whatIsDamagedWhileInterruptedIsMadeAgain() throws IOException {
    Path root = Files.createDirectory(folder.resolve("stopped"));
    stopAfter(root, 9);
    Path partial = root.resolve(".train.partial");
    damage(partial.resolve("00000.rgb"), 50);
    damage(partial.resolve("1.json"), 0);
    Files.delete(partial.resolve("00002.rgb"));
    pack(plan, root);
    assertEquals(undisturbed, contents(root));
  }

  @Test
  void anotherPlanIsRefused() throws IOException {
    Path root = Files.createDirectory(folder.resolve("stopped"));
    stopAfter(root, 4);
    var before = contents(root);
    var others =
        List.of(
            PackPlan.inShards(dataset, SIZE + 1, PER_SHARD),
            PackPlan.inShards(dataset, SIZE, PER_SHARD + 1),
            PackPlan.inShards(new MemoryDataset(12, 4, SHAPE), SIZE, PER_SHARD));
    for (PackPlan other : others) {
      assertRefused(other, root, ".train.partial: holds other pictures");
      assertRefused(other, folder.resolve("undisturbed"), "train: holds other pictures");
    }
    assertEquals(before, contents(root));
    assertEquals(undisturbed, contents(folder.resolve("undisturbed")));
  }

  private static void assertRefused(PackPlan plan, Path root, String expected) {
    String message = assertThrows(DataException.class, () -> pack(plan, root)).getMessage();
    assertTrue(message.lines().count() == 1 && message.contains(expected), message);
  }

  @Test
  void aFinishedSplitIsCheckedAndNotMadeAgain() throws IOException {
    Path root = folder.resolve("undisturbed");
    damage(root.resolve("train/00002.rgb"), 3);
    var before = contents(root);
    assertRefused(plan, root, "00002.rgb: has changed since it was packed");
    assertEquals(before, contents(root));
  }

  @Test
  void noPictureAtAllIsAnError() throws IOException {
    var broken = new MemoryDataset(2, 2, SHAPE).breakPicture(0).breakPicture(1);
    Path root = Files.createDirectory(folder.resolve("none"));
    assertRefused(
        PackPlan.of(broken, 8),
        root,
        "none of 2 pictures can be read; the first, picture-0: broken");
    assertFalse(Files.exists(root.resolve("train")));
  }

  @Test
  void aFailureThatIsNoPicturesIsNotSkipped() throws IOException {
    Path root = Files.createDirectory(folder.resolve("failed"));
    var failing =
        new ForwardingDataset(dataset) {
          @Override
          public Picture picture(int index) {
            if (index == 5) {
              throw new OutOfMemoryError("planted");
            }
            return super.picture(index);
          }
        };
    assertThrows(
        OutOfMemoryError.class, () -> pack(PackPlan.inShards(failing, SIZE, PER_SHARD), root));
    pack(plan, root);
    assertEquals(undisturbed, contents(root));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, PackPlan.MAX_SIZE + 1})
  void sizesAreChecked(int size) {
    String message =
        assertThrows(DataException.class, () -> PackPlan.of(dataset, size)).getMessage();
    assertTrue(message.contains("size " + size + ": expected a size from 1 to 8192"), message);
  }

  @Test
  void shardsStayBelowTwoGibibytes() {
    for (int size : new int[] {1, 32, 256, PackPlan.MAX_SIZE}) {
      PackPlan large = PackPlan.of(dataset, size);
      assertTrue(large.to(0) >= 1);
      assertTrue(
          (256L << 20) / PackPlan.pictureBytes(size) * PackPlan.pictureBytes(size) < 1L << 31);
    }
    assertThrows(IllegalArgumentException.class, () -> PackPlan.inShards(dataset, 256, 11_000));
  }
}
