package org.wardlock.cli;

import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Asks for a password on the terminal from which the program was started, also where stdin or
 * stdout is a file: the JVM has no console then, but {@code /dev/tty} is there.
 */
final class PasswordPrompt {
  private static final File TERMINAL = new File("/dev/tty");

  private PasswordPrompt() {}

  /**
   * The password, which the caller wipes; empty if there is nobody to ask.
   *
   * @throws InputException if the prompt was ended without an answer
   */
  static Optional<char[]> ask(String prompt) throws IOException {
    Console console = System.console();
    if (console != null && console.isTerminal()) {
      char[] password = console.readPassword("%s", prompt);
      if (password == null) {
        throw ended();
      }
      return Optional.of(password);
    }
    return setEcho(false) ? Optional.of(askTerminal(prompt)) : Optional.empty();
  }

  private static char[] askTerminal(String prompt) throws IOException {
    // an interruption must not leave a terminal that shows nothing
    Thread restore = new Thread(() -> setEcho(true), "echo");
    Runtime.getRuntime().addShutdownHook(restore);
    try (var in = new FileInputStream(TERMINAL);
        var out = new FileOutputStream(TERMINAL)) {
      out.write(prompt.getBytes(StandardCharsets.UTF_8));
      char[] password = readLine(in);
      out.write('\n');
      return password;
    } finally {
      setEcho(true);
      Runtime.getRuntime().removeShutdownHook(restore);
    }
  }

  private static char[] readLine(FileInputStream in) throws IOException {
    var line = new WipedBytes();
    int next = in.read();
    if (next < 0) {
      throw ended();
    }
    while (next >= 0 && next != '\n' && next != '\r') {
      line.write(next);
      next = in.read();
    }
    return line.decoded();
  }

  private static InputException ended() {
    return new InputException("no password for the key file: the prompt was ended");
  }

  /** Whether there is a terminal, and it does as it is told. */
  private static boolean setEcho(boolean wanted) {
    try {
      return new ProcessBuilder("stty", wanted ? "echo" : "-echo")
              .redirectInput(TERMINAL)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Bytes that leave no trace. */
  private static final class WipedBytes extends ByteArrayOutputStream {
    WipedBytes() {
      // longer than passwords are: growing would leave copies behind
      super(1 << 12);
    }

    char[] decoded() {
      CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(buf, 0, count));
      char[] characters = new char[text.length()];
      text.get(characters);
      Arrays.fill(buf, (byte) 0);
      Arrays.fill(text.array(), '\0');
      return characters;
    }
  }
}
