package org.wardlock.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Surefire runs classes by their names: a test in a class named otherwise would never run. */
class TestNamesTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern TEST_METHOD =
      Pattern.compile(
          "^ +@(Test|ParameterizedTest|RepeatedTest|TestFactory|Property|Example)\\b",
          Pattern.MULTILINE);
  private static final Pattern MEANT_TO_BE_EXTENDED =
      Pattern.compile("^(public )?(abstract class|(sealed )?interface) ", Pattern.MULTILINE);

  @Test
  void everyClassWithTestsIsRun() throws IOException {
    List<Path> withTests;
    try (Stream<Path> files = Files.walk(ROOT)) {
      withTests =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> ROOT.relativize(file).toString().contains("src/test/java"))
              .filter(file -> TEST_METHOD.matcher(read(file)).find())
              .toList();
    }
    assertFalse(withTests.isEmpty(), "no test found below " + ROOT);
    List<Path> neverRun =
        withTests.stream()
            .filter(file -> !file.toString().matches(".*(Test|Properties)\\.java"))
            .filter(file -> !MEANT_TO_BE_EXTENDED.matcher(read(file)).find())
            .map(ROOT::relativize)
            .toList();
    assertEquals(List.of(), neverRun, "name a class with tests ...Test or ...Properties");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
