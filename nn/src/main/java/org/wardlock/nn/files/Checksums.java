package org.wardlock.nn.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * SHA-256 of files, and a file {@code SHA256SUMS} that vouches for all others in its folder; {@code
 * sha256sum -c} reads it, too.
 */
public final class Checksums {
  private static final String FILE = "SHA256SUMS";

  private Checksums() {}

  /** Writes the sums of all files in a folder, durably. */
  public static void write(Path folder) throws IOException {
    DurableFiles.replace(folder.resolve(FILE), sums(folder));
  }

  /**
   * Checks that a folder holds what was written, and nothing else.
   *
   * @throws FormatException naming what is missing or has changed
   */
  public static void verify(Path folder) throws FormatException {
    Path file = folder.resolve(FILE);
    try {
      String expected = Files.readString(file);
      String found = sums(folder);
      if (!found.equals(expected)) {
        String name = firstDifference(expected.lines().toList(), found.lines().toList());
        throw new FormatException(
            folder, "file " + name + " is missing, or has changed since it was written");
      }
    } catch (FormatException e) {
      throw e;
    } catch (IOException e) {
      throw new FormatException(file, "cannot be checked: " + DurableFiles.reason(e), e);
    }
  }

  /** The file named by a line that only one of the two has. */
  private static String firstDifference(List<String> expected, List<String> found) {
    String line =
        Stream.concat(
                expected.stream().filter(entry -> !found.contains(entry)),
                found.stream().filter(entry -> !expected.contains(entry)))
            .findFirst()
            .orElse(FILE);
    return line.substring(line.lastIndexOf(' ') + 1);
  }

  /** A line for each file, by name: the sum, two spaces, the name. */
  private static String sums(Path folder) throws IOException {
    var lines = new StringBuilder();
    for (Path file : files(folder)) {
      lines.append(of(file)).append("  ").append(file.getFileName()).append('\n');
    }
    return lines.toString();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(entry -> !entry.endsWith(FILE)).sorted().toList();
    }
  }

  /** What tells several files together from others: SHA-256 over their sums, in hexadecimal. */
  public static String of(List<Path> files) throws IOException {
    MessageDigest digest = sha256();
    for (Path file : files) {
      digest.update(of(file).getBytes(StandardCharsets.US_ASCII));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 of a file, in hexadecimal. */
  public static String of(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Checks that a file is the one that a description vouches for.
   *
   * @param expected its SHA-256, in hexadecimal
   * @param description the name of the file that says so
   * @throws FormatException if it is missing, or has another digest
   */
  public static void require(Path file, String expected, String description)
      throws FormatException {
    String found;
    try {
      found = of(file);
    } catch (IOException e) {
      throw new FormatException(file, "cannot be read, though " + description + " is there", e);
    }
    if (!found.equals(expected)) {
      throw new FormatException(
          file,
          "damaged: has digest %s, expected %s by %s".formatted(found, expected, description));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
