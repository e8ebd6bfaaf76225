package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.wardlock.nn.files.FormatException;
import org.wardlock.tensor.Shape;

/**
 * Puts the shards of a run together: the folder that comes of it holds the bytes that one run on
 * all pictures would have left, but for the seconds.
 */
public final class ShardMerge {
  /** What shards of one run differ in. */
  private static final Set<String> OF_A_SHARD = Set.of(Shard.KEY, "data", RecordFolder.KEPT_IMAGES);

  private final List<RecordedRun> shards;

  private ShardMerge(List<RecordedRun> shards) {
    this.shards = shards;
  }

  /**
   * Reads shards and checks that they are all of one run.
   *
   * @param folders of the shards, in any order
   * @throws FormatException if one is damaged, no shard, not finished, there already or another
   *     run's, or if any is missing
   */
  public static ShardMerge of(List<Path> folders) throws FormatException {
    Map<Integer, RecordedRun> byPart = new TreeMap<>();
    RecordedRun first = null;
    for (Path folder : folders) {
      RecordedRun run = RecordedRun.read(folder);
      Shard shard =
          run.shard()
              .orElseThrow(
                  () ->
                      new FormatException(
                          folder, "no shard: its run has all pictures, as --shard was not given"));
      first = first == null ? run : first;
      requireOneRun(first, run);
      RecordedRun before = byPart.putIfAbsent(shard.part(), run);
      if (before != null) {
        throw new FormatException(
            folder, "shard %s, as %s is: their pictures overlap".formatted(shard, before.folder()));
      }
      requireFinished(run, shard);
    }
    if (first == null) {
      throw new IllegalArgumentException("merge: no shards");
    }
    requireAll(first, byPart);
    return new ShardMerge(List.copyOf(byPart.values()));
  }

  private static void requireOneRun(RecordedRun first, RecordedRun run) throws FormatException {
    int parts = first.shard().orElseThrow().parts();
    Shard shard = run.shard().orElseThrow();
    if (shard.parts() != parts) {
      throw new FormatException(
          run.folder(), "shard %s, but %s is one of %d".formatted(shard, first.folder(), parts));
    }
    Map<String, String> expected = common(first);
    Map<String, String> found = common(run);
    Map<String, String> all = new LinkedHashMap<>(expected);
    all.putAll(found);
    for (String name : all.keySet()) {
      String here = found.getOrDefault(name, "nothing");
      String there = expected.getOrDefault(name, "nothing");
      if (!here.equals(there)) {
        throw new FormatException(
            run.folder(),
            "another run's shard: %s is %s, but %s in %s"
                .formatted(name, here, there, first.folder()));
      }
    }
  }

  /** What all shards of a run must agree in. */
  private static Map<String, String> common(RecordedRun run) {
    Map<String, String> common = new LinkedHashMap<>(run.identity());
    common.keySet().removeAll(OF_A_SHARD);
    common.put(RecordFolder.KEPT_IMAGES, run.keepsImages() ? "some" : "none");
    return common;
  }

  private static void requireFinished(RecordedRun run, Shard shard) throws FormatException {
    int all = pictures(run);
    int expected = shard.end(all) - shard.start(all);
    if (run.pictures().size() != expected) {
      throw new FormatException(
          run.folder(),
          "%d of %d pictures are done; finish it with --resume"
              .formatted(run.pictures().size(), expected));
    }
  }

  private static int pictures(RecordedRun run) throws FormatException {
    String text = run.identity().getOrDefault(Shard.ALL_PICTURES, "missing");
    try {
      return Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw new FormatException(
          run.folder().resolve(RecordFolder.IDENTITY),
          "%s: %s, expected a number".formatted(Shard.ALL_PICTURES, text),
          e);
    }
  }

  private static void requireAll(RecordedRun first, Map<Integer, RecordedRun> byPart)
      throws FormatException {
    int parts = first.shard().orElseThrow().parts();
    List<String> missing =
        IntStream.rangeClosed(1, parts)
            .filter(part -> !byPart.containsKey(part))
            .mapToObj(part -> part + "/" + parts)
            .toList();
    if (!missing.isEmpty()) {
      throw new FormatException(
          first.folder(),
          "a shard of %d, of which %s %s missing"
              .formatted(parts, abbreviated(missing), missing.size() == 1 ? "is" : "are"));
    }
  }

  private static String abbreviated(List<String> parts) {
    int shown = 5;
    return parts.size() <= shown
        ? String.join(", ", parts)
        : String.join(", ", parts.subList(0, shown)) + " and " + (parts.size() - shown) + " more";
  }

  /** The shards in their order. */
  public List<RecordedRun> shards() {
    return shards;
  }

  /** The identity of the whole: what a run without shards would have had. */
  public Map<String, String> identity() {
    Map<String, String> whole = new LinkedHashMap<>(shards.getFirst().identity());
    whole.replace("data", whole.get(Shard.ALL_DATA));
    whole.keySet().removeAll(Set.of(Shard.KEY, Shard.ALL_PICTURES, Shard.ALL_DATA));
    whole.keySet().removeAll(Set.of(RecordFolder.FORMAT_KEY, RecordFolder.KEPT_IMAGES));
    return whole;
  }

  /**
   * Writes the whole into a folder that has no records yet.
   *
   * @return what was written
   * @throws FormatException if it has records, or pictures of a shard are damaged
   */
  public RecordedRun writeTo(Path folder) throws IOException {
    try (RecordFolder whole = RecordFolder.begin(folder, identity(), keptImages())) {
      for (RecordedRun shard : shards) {
        whole.append(shard);
      }
    }
    return RecordedRun.read(folder);
  }

  private Optional<Shape> keptImages() throws IOException {
    int all = pictures(shards.getFirst());
    return shards.getFirst().keptImages().map(shape -> shape.with(0, all));
  }
}
