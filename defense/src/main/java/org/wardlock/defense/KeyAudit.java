package org.wardlock.defense;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.wardlock.nn.files.DurableFiles;

/**
 * Where it is written down who opened which key, and when: a line for each attempt, whether it
 * succeeds or not, and never a secret.
 */
@FunctionalInterface
public interface KeyAudit {
  /** The name of the logger of {@link #LOGGER}. */
  String LOGGER_NAME = "org.wardlock.defense.audit";

  /**
   * To the {@link System.Logger} of that name at level DEBUG, which shows nothing until whoever
   * runs the program asks for it.
   */
  KeyAudit LOGGER =
      event -> System.getLogger(LOGGER_NAME).log(System.Logger.Level.DEBUG, event.line());

  /**
   * Writes one line.
   *
   * @throws IOException if that fails: a key whose opening cannot be written down is not handed out
   */
  void record(Event event) throws IOException;

  /**
   * To the end of a file, which is made if there is none; each line is forced to the disk before
   * the key is handed out.
   */
  static KeyAudit file(Path file) {
    return event -> {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        // in one write, so that lines of several programs do not mix
        byte[] line = (event.line() + "\n").getBytes(StandardCharsets.UTF_8);
        DurableFiles.writeFully(channel, ByteBuffer.wrap(line));
        channel.force(true);
      } catch (IOException e) {
        throw new IOException(
            "key audit %s: cannot be written (%s), so no key is opened"
                .formatted(file, DurableFiles.reason(e)),
            e);
      }
    };
  }

  /**
   * An attempt to open a key.
   *
   * @param when to the millisecond
   * @param user as the operating system names who runs the program
   * @param process the operating system's number of it
   * @param file that was to be opened
   * @param id of the key, if it came as far as that; of the one asked for, where a store has none
   * @param outcome {@code opened}, or why not
   */
  record Event(
      Instant when, String user, long process, Path file, Optional<KeyId> id, String outcome) {

    /** What happens now, in this process. */
    static Event now(Path file, Optional<KeyId> id, String outcome) {
      return new Event(
          Instant.now().truncatedTo(ChronoUnit.MILLIS),
          System.getProperty("user.name", "unknown"),
          ProcessHandle.current().pid(),
          file.toAbsolutePath().normalize(),
          id,
          outcome);
    }

    /** The event in one line, whatever characters its parts have. */
    public String line() {
      return "%s user=%s process=%s key=%s file=%s outcome=%s"
          .formatted(
              when,
              quoted(user),
              process,
              id.map(KeyId::text).orElse("unknown"),
              quoted(file.toString()),
              quoted(outcome));
    }

    private static String quoted(String text) {
      var quoted = new StringBuilder("\"");
      text.chars()
          .forEach(
              c -> {
                if (c == '"' || c == '\\') {
                  quoted.append('\\').append((char) c);
                } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                  quoted.append(String.format("\\u%04x", c));
                } else {
                  quoted.append((char) c);
                }
              });
      return quoted.append('"').toString();
    }
  }
}
