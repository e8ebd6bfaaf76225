package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.gradient.Fgsm;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.data.DataIdentity;
import org.wardlock.nn.files.FormatException;
import org.wardlock.tensor.Shape;

/** Shards put together are the run that they are parts of, to the byte; others are refused. */
class ShardMergeTest {
  private static final Shape SHAPE = Shape.of(1, 4, 4);
  private static final int COUNT = 23;
  private static final DataIdentity WHOLE = new DataIdentity(COUNT, "digest of all");

  private final Random random = new Random(7);
  private final LinearClassifier classifier = LinearClassifier.random(random, SHAPE, 4);
  private final Pictures all = Testing.answered(classifier, random, COUNT);

  @TempDir private Path folder;
  private Path whole;

  private record Part(Pictures pictures) implements PictureSource {
    @Override
    public int count() {
      return pictures.count();
    }

    @Override
    public Pictures pictures(int start, int end) {
      return pictures.select(IntStream.range(start, end).toArray());
    }
  }

  private AttackRun run(int radius) {
    Threat threat = Threat.linf(Rational.of(radius, 255));
    return new AttackRun(
        classifier, threat, List.of(new Fgsm(), new Pgd(Loss.DLR).iterations(4)), 9, 5);
  }

  /** Attacks some of the pictures, as the command does. */
  private Path attack(
      String name,
      int radius,
      Pictures pictures,
      String digest,
      Map<String, String> part,
      boolean keep)
      throws IOException {
    AttackRun run = run(radius);
    Map<String, String> identity = new LinkedHashMap<>(run.identity());
    identity.put("data", digest);
    identity.put("targeted", "false");
    identity.putAll(part);
    Optional<Shape> kept =
        keep ? Optional.of(Shape.of(pictures.count(), 1, 4, 4)) : Optional.empty();
    Path where = folder.resolve(name);
    try (RecordFolder records = RecordFolder.begin(where, identity, kept)) {
      run.run(new Part(pictures), records, RunListener.NONE);
    }
    return where;
  }

  private Path shard(String name, int part, int parts, int radius, boolean keep)
      throws IOException {
    Shard shard = new Shard(part, parts);
    int[] rows = IntStream.range(shard.start(COUNT), shard.end(COUNT)).toArray();
    return attack(
        name, radius, all.select(rows), "digest of " + shard, shard.identity(WHOLE), keep);
  }

  private List<Path> shards(int parts, boolean keep) throws IOException {
    List<Path> folders = new ArrayList<>();
    for (int part = 1; part <= parts; part++) {
      folders.add(shard("part " + part + " of " + parts, part, parts, 12, keep));
    }
    return folders;
  }

  @BeforeEach
  void attackAll() throws IOException {
    whole = attack("whole", 12, all, WHOLE.digest(), Map.of(), true);
  }

  @Test
  void filesAreThoseOfOneRun() throws IOException {
    for (int parts : new int[] {1, 2, 5, COUNT}) {
      Path merged = folder.resolve("merged " + parts);
      RecordedRun run = ShardMerge.of(shards(parts, true).reversed()).writeTo(merged);
      for (String file :
          List.of(RecordFolder.RECORDS, RecordFolder.IMAGES, RecordFolder.IDENTITY)) {
        assertArrayEquals(
            Files.readAllBytes(whole.resolve(file)),
            Files.readAllBytes(merged.resolve(file)),
            file + " of " + parts);
      }
      AttackReport expected = RecordedRun.read(whole).report();
      assertEquals(expected.robustAccuracy(), run.report().robustAccuracy());
      assertEquals(
          expected.attacks().stream().map(AttackReport.Line::forward).toList(),
          run.report().attacks().stream().map(AttackReport.Line::forward).toList());
      assertEquals(List.of("fgsm", "pgd-dlr"), run.attacks());
    }
  }

  @Test
  void theWholeCanBeResumedAndHasNothingLeft() throws IOException {
    Path merged = folder.resolve("merged");
    ShardMerge merge = ShardMerge.of(shards(3, false));
    merge.writeTo(merged);
    try (RecordFolder records = RecordFolder.resume(merged, merge.identity(), Optional.empty())) {
      assertEquals(COUNT, records.pictures().size());
    }
    assertFalse(Files.exists(merged.resolve(RecordFolder.IMAGES)));
    var error = assertThrows(FormatException.class, () -> merge.writeTo(merged));
    assertEquals(true, error.getMessage().contains("exists"), error.getMessage());
  }

  private void refused(List<Path> folders, Path named, String message) {
    var error = assertThrows(FormatException.class, () -> ShardMerge.of(folders));
    assertEquals(named + ": " + message, error.getMessage());
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    List<Path> parts = shards(5, false);
    refused(
        List.of(parts.get(0), parts.get(2), parts.get(1), parts.get(4)),
        parts.getFirst(),
        "a shard of 5, of which 4/5 is missing");
    refused(
        List.of(parts.getLast()),
        parts.getLast(),
        "a shard of 5, of which 1/5, 2/5, 3/5, 4/5 are missing");
  }

  @Test
  void whatOverlapsIsRefused() throws IOException {
    List<Path> parts = shards(2, false);
    refused(
        List.of(parts.get(0), parts.get(1), parts.get(0)),
        parts.getFirst(),
        "shard 1/2, as " + parts.getFirst() + " is: their pictures overlap");
    Path other = shard("third", 3, 3, 12, false);
    refused(
        List.of(parts.get(0), other), other, "shard 3/3, but " + parts.getFirst() + " is one of 2");
  }

  @Test
  void whatBelongsToAnotherRunIsRefused() throws IOException {
    List<Path> parts = shards(2, false);
    Path other = shard("foreign", 2, 2, 13, false);
    refused(
        List.of(parts.get(0), other),
        other,
        "another run's shard: threat is linf 13/255, but linf 12/255 in " + parts.getFirst());
    Path kept = shard("kept", 2, 2, 12, true);
    refused(
        List.of(parts.get(0), kept),
        kept,
        "another run's shard: kept images is some, but none in " + parts.getFirst());
    refused(
        List.of(parts.get(0), whole),
        whole,
        "no shard: its run has all pictures, as --shard was not given");
  }

  @Test
  void whatIsNotFinishedIsRefused() throws IOException {
    List<Path> parts = shards(2, false);
    Path progress = parts.getLast().resolve(RecordFolder.PROGRESS);
    Files.writeString(progress, Files.readString(progress).replaceAll("(?m)^12,", "10,"));
    refused(parts, parts.getLast(), "10 of 12 pictures are done; finish it with --resume");
  }

  @Test
  void damageIsNamed() throws IOException {
    List<Path> parts = shards(2, true);
    Path empty = Files.createDirectory(folder.resolve("empty"));
    refused(List.of(empty), empty, "no records.csv in it; expected a folder that attack wrote");
    Path images = parts.getLast().resolve(RecordFolder.IMAGES);
    byte[] bytes = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(bytes, bytes.length - 1));
    ShardMerge merge = ShardMerge.of(parts);
    var error =
        assertThrows(IOException.class, () -> merge.writeTo(folder.resolve("never finished")));
    assertEquals(true, error.getMessage().contains(images.toString()), error.getMessage());
    Path identity = parts.getLast().resolve(RecordFolder.IDENTITY);
    Files.writeString(identity, Files.readString(identity).replace("shard=2/2", "shard=3/2"));
    refused(
        parts,
        identity,
        "shard 3/2: expected i/n with i from 1 to n, such as 1/4 for the first of four");
  }
}
