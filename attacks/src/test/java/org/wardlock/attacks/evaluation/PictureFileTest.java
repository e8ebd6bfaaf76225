package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.Testing;
import org.wardlock.nn.files.FormatException;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** What a file of three pictures of two values looks like after each step, and after a kill. */
class PictureFileTest {
  private static final Shape ONE = Shape.of(1, 1, 2);
  private static final Shape ALL = Shape.of(3, 1, 1, 2);
  private static final Map<String, String> METADATA = Map.of("threat", "linf 1/255");
  private static final int EACH = 2 * Float.BYTES;

  @TempDir private Path folder;
  private Path file;
  private Path partial;
  private byte[] whole;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("pictures");
    partial = folder.resolve("pictures.partial");
    PictureFile.begin(file, ALL, METADATA);
    try (PictureFile pictures = open(0)) {
      pictures.append(batch(1, 2));
      pictures.publishIfWhole();
      assertFalse(Files.exists(file), "one of three pictures");
      pictures.append(batch(3, 4, 5, 6));
      assertFalse(Files.exists(file), "nobody knows yet that these count");
      pictures.publishIfWhole();
      assertFalse(Files.exists(partial));
    }
    whole = Files.readAllBytes(file);
  }

  private static Tensor batch(float... values) {
    return Testing.images(ONE, values);
  }

  private PictureFile open(int done) throws IOException {
    return PictureFile.open(file, ALL, METADATA, done);
  }

  /** The state of a run that has come to so many bytes. */
  private void unfinished(int bytes) throws IOException {
    Files.deleteIfExists(file);
    Files.write(partial, Arrays.copyOf(whole, bytes));
  }

  private void requireWhole() throws IOException {
    assertArrayEquals(whole, Files.readAllBytes(file));
    assertFalse(Files.exists(partial));
  }

  @Test
  void whateverLiesBeyondWhatCountsIsWrittenAgain() throws IOException {
    // from none of the batch to all of it, with its name still missing
    for (int bytes = whole.length - 2 * EACH; bytes <= whole.length; bytes++) {
      unfinished(bytes);
      try (PictureFile pictures = open(1)) {
        assertEquals(whole.length - 2 * EACH, Files.size(partial));
        pictures.append(batch(3, 4, 5, 6));
        pictures.publishIfWhole();
      }
      requireWhole();
    }
  }

  @Test
  void aFileThatLacksOnlyItsNameGetsIt() throws IOException {
    unfinished(whole.length);
    open(3).close();
    requireWhole();
    open(3).close();
    requireWhole();
  }

  @Test
  void noPicturesAreAWholeFile() throws IOException {
    Path none = folder.resolve("none");
    Shape empty = ALL.with(0, 0);
    PictureFile.begin(none, empty, METADATA);
    PictureFile.open(none, empty, METADATA, 0).close();
    assertTrue(Files.exists(none));
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    requireProblem(file, 3, whole.length + 1 + " bytes, expected " + whole.length);
    Files.delete(file);
    requireProblem(file, 3, "cannot be opened: no such file");
    requireProblem(partial, 1, "cannot be opened: no such file");
    unfinished(whole.length - 1);
    requireProblem(partial, 3, whole.length - 1 + " bytes, expected at least " + whole.length);
    byte[] other = whole.clone();
    other[20] ^= 1;
    Files.write(partial, other);
    requireProblem(partial, 1, "begins otherwise than this run's pictures do");
    assertArrayEquals(other, Files.readAllBytes(partial), "nothing is cut off another's file");
  }

  private void requireProblem(Path named, int done, String problem) {
    var error = assertThrows(FormatException.class, () -> open(done));
    assertTrue(error.getMessage().startsWith(named + ": " + problem), error.getMessage());
  }

  @Test
  void picturesThatDoNotFitAreRefused() throws IOException {
    unfinished(whole.length - EACH);
    try (PictureFile pictures = open(2)) {
      for (Tensor batch :
          new Tensor[] {batch(1, 2, 3, 4), Testing.images(Shape.of(2, 1, 1), 1, 2)}) {
        var error = assertThrows(IllegalArgumentException.class, () -> pictures.append(batch));
        assertEquals(
            "kept pictures: batch %s does not fit into [3,1,1,2], where 1 are missing"
                .formatted(batch.shape()),
            error.getMessage());
      }
      pictures.append(batch(5, 6));
      pictures.publishIfWhole();
    }
    requireWhole();
  }
}
