package org.wardlock.data.packed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.wardlock.data.Dataset;
import org.wardlock.data.MemoryDataset;
import org.wardlock.data.PictureShape;
import org.wardlock.data.Preprocess;
import org.wardlock.data.Split;
import org.wardlock.data.image.Interpolation;

class PackerProperties {
  private static final PictureShape SHAPE = new PictureShape(3, 6, 10);

  @Property(tries = 60)
  void everyReadablePictureIsFoundWhateverTheShards(
      @ForAll @IntRange(min = 1, max = 30) int pictures,
      @ForAll @Size(max = 8) Set<@IntRange(min = 0, max = 29) Integer> broken,
      @ForAll @IntRange(min = 1, max = 12) int size,
      @ForAll @IntRange(min = 1, max = 31) int perShard,
      @ForAll @IntRange(min = 1, max = 4) int workers,
      @ForAll @IntRange(min = 0, max = 30) int interruptedAfter)
      throws IOException {
    var dataset = new MemoryDataset(pictures, 3, SHAPE);
    broken.forEach(dataset::breakPicture);
    List<Integer> readable = Stream.iterate(0, i -> i + 1).limit(pictures).toList();
    readable = readable.stream().filter(index -> !broken.contains(index)).toList();
    Assume.that(!readable.isEmpty());
    Path root = Files.createTempDirectory("packed");
    try {
      PackPlan plan = PackPlan.inShards(dataset, size, perShard);
      var done = new AtomicInteger();
      new Packer(plan, root, Split.TRAIN, workers)
          .run(done::addAndGet, () -> done.get() >= interruptedAfter);
      PackedSplit packed = new Packer(plan, root, Split.TRAIN, workers).run(_ -> {}, () -> false);
      assertEquals(readable.size(), packed.pictures());
      assertEquals(pictures - readable.size(), packed.skipped().size());
      Dataset read = PackedDataset.open(root.resolve("train"));
      assertEquals(readable.size(), read.size());
      var preprocess = new Preprocess(size, size, Interpolation.BICUBIC);
      for (int i = 0; i < read.size(); i++) {
        int source = readable.get(i);
        assertEquals(preprocess.apply(dataset.picture(source)), read.picture(i));
        assertEquals(dataset.label(source), read.label(i));
        assertEquals(dataset.name(source), read.name(i));
        assertEquals(source, read.id(i));
      }
    } finally {
      delete(root);
    }
  }

  private static void delete(Path root) throws IOException {
    var paths = new ArrayList<Path>();
    try (Stream<Path> walk = Files.walk(root)) {
      walk.forEach(paths::add);
    }
    for (Path path : paths.reversed()) {
      Files.delete(path);
    }
  }
}
