package org.wardlock.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.wardlock.nn.files.DurableFiles;
import picocli.CommandLine.Option;

/**
 * Where the password of a key file comes from: a file, the environment or a prompt; never an
 * argument.
 */
final class PasswordOptions {
  private static final String VARIABLE = "WARDLOCK_PASSWORD";

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "The key file's password is this file's first line (default: the variable WARDLOCK_PASSWORD, else a prompt).")
  private Optional<Path> file;

  /** The password; the caller wipes it. */
  char[] read(boolean twice) throws IOException {
    if (file.isPresent()) {
      return firstLine("--password-file", file.get());
    }
    String variable = System.getenv(VARIABLE);
    if (variable != null) {
      return variable.toCharArray();
    }
    char[] password =
        PasswordPrompt.ask("Password of the key file: ")
            .orElseThrow(
                () ->
                    new InputException(
                        "no password for the key file: give --password-file FILE or set "
                            + VARIABLE
                            + "; there is no terminal to ask on"));
    if (twice) {
      char[] again = PasswordPrompt.ask("Once more: ").orElseGet(() -> new char[0]);
      boolean equal = Arrays.equals(password, again);
      Arrays.fill(again, '\0');
      if (!equal) {
        Arrays.fill(password, '\0');
        throw new InputException("the two passwords differ; nothing was written");
      }
    }
    return password;
  }

  /** The password that a text file named by an option begins with; the caller wipes it. */
  static char[] firstLine(String option, Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InputException(
          "%s %s: %s; expected a text file whose first line is the password"
              .formatted(option, file, DurableFiles.reason(e)));
    }
    CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
    int end = 0;
    while (end < decoded.length() && decoded.charAt(end) != '\n' && decoded.charAt(end) != '\r') {
      end++;
    }
    char[] line = new char[end];
    decoded.get(line);
    Arrays.fill(bytes, (byte) 0);
    Arrays.fill(decoded.array(), '\0');
    return line;
  }
}
