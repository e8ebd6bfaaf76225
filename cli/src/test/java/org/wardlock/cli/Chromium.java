package org.wardlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A headless Chromium with one page, driven by the DevTools protocol over a pipe: messages of JSON,
 * each ended by a zero byte.
 */
final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final int PATIENCE_SECONDS = 20;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Process process;
  private final OutputStream commands;
  private final InputStream answers;
  private String session = "";
  private int last;

  /**
   * Starts it.
   *
   * @param program as {@link #find} found it
   * @param profile an empty folder for what it writes
   */
  Chromium(Path program, Path profile) throws IOException {
    // it talks through descriptors 3 and 4, which a shell makes of those that Java gives
    var command = new ArrayList<>(List.of("sh", "-c"));
    command.add("exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1");
    command.add(program.toString());
    command.addAll(
        List.of(
            "--headless",
            "--remote-debugging-pipe",
            // tests may run as root, and the page is our own
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-extensions",
            "--no-first-run",
            "--hide-scrollbars",
            "--user-data-dir=" + profile,
            "about:blank"));
    process = new ProcessBuilder(command).start();
    commands = process.getOutputStream();
    answers = new BufferedInputStream(process.getInputStream());
    String target =
        call("Target.createTarget", Map.of("url", "about:blank")).get("targetId").asText();
    session =
        call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asText();
    call("Page.enable", Map.of());
  }

  /** The program, if it is installed. */
  static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** What screens look like. */
  enum Scheme {
    LIGHT,
    DARK
  }

  /** Shows a file on a screen of some width, in pixels of the style sheet. */
  void show(Path page, int width, Scheme scheme) throws IOException {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    Map<String, String> wanted =
        Map.of("name", "prefers-color-scheme", "value", scheme.name().toLowerCase(Locale.ROOT));
    call("Emulation.setEmulatedMedia", Map.of("features", List.of(wanted)));
    call("Page.navigate", Map.of("url", page.toUri().toString()));
    while (!read().path("method").asText().equals("Page.loadEventFired")) {
      // events of other kinds come before
    }
  }

  /** The value of an expression in the page, as JSON; promises are waited for. */
  JsonNode evaluate(String expression) throws IOException {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new IOException("in the page: " + answer.get("exceptionDetails"));
    }
    return answer.get("result").path("value");
  }

  /** The whole page as it is seen, however long. */
  BufferedImage screenshot() throws IOException {
    JsonNode answer =
        call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    byte[] png = Base64.getDecoder().decode(answer.get("data").asText());
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  private JsonNode call(String method, Map<String, ?> parameters) throws IOException {
    int id = ++last;
    var message = MAPPER.createObjectNode().put("id", id).put("method", method);
    message.set("params", MAPPER.valueToTree(parameters));
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    commands.write(MAPPER.writeValueAsBytes(message));
    commands.write(0);
    commands.flush();
    while (true) {
      JsonNode answer = read();
      if (answer.path("id").asInt() == id) {
        if (answer.has("error")) {
          throw new IOException(method + ": " + answer.get("error"));
        }
        return answer.get("result");
      }
    }
  }

  private JsonNode read() throws IOException {
    var message = new ByteArrayOutputStream();
    for (int next = answers.read(); next != 0; next = answers.read()) {
      if (next < 0) {
        throw new IOException("Chromium has ended");
      }
      message.write(next);
    }
    return MAPPER.readTree(message.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    try {
      // killed, it would leave files behind
      session = "";
      call("Browser.close", Map.of());
    } catch (IOException e) {
      process.destroy();
    }
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
