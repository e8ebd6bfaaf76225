package org.wardlock.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README pastes is the program that is tested. */
class ReadmeTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Path SOURCE =
      ROOT.resolve("examples/src/main/java/org/wardlock/examples/Embedding.java");
  private static final Pattern PASTED = Pattern.compile("(?s)```java\n(.*?)\n```");
  private static final Pattern BODY = Pattern.compile("(?s)void main\\(.*?\\{\n(.*?)\n  \\}\n");

  @Test
  void theReadmePastesTheExample() throws IOException {
    assertEquals(part(BODY, SOURCE).stripIndent(), part(PASTED, ROOT.resolve("README.md")));
  }

  private static String part(Pattern pattern, Path file) throws IOException {
    Matcher matcher = pattern.matcher(Files.readString(file));
    assertTrue(matcher.find(), file + " has nothing like " + pattern);
    return matcher.group(1);
  }
}
