package org.wardlock.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a command found, for programs: names and values in the order they were put. */
final class Answer {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Map<String, Object> values = new LinkedHashMap<>();

  Answer put(String name, Object value) {
    values.put(name, value);
    return this;
  }

  Map<String, Object> values() {
    return values;
  }

  String toJson() throws IOException {
    return MAPPER.writeValueAsString(values) + "\n";
  }

  /** Writes the answer where the user asked for it, if anywhere. */
  void writeTo(Optional<Path> file) throws IOException {
    if (file.isPresent()) {
      write(file.get());
    }
  }

  /** Writes the answer beside the file first, so that a reader never sees half of it. */
  void write(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path partial = absolute.resolveSibling(absolute.getFileName() + ".partial");
    Files.writeString(partial, toJson());
    Files.move(
        partial, absolute, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
