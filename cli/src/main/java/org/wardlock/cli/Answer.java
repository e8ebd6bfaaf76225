package org.wardlock.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a command found, for programs: names and values in the order they were put. */
final class Answer {
  private final Map<String, Object> values = new LinkedHashMap<>();

  Answer put(String name, Object value) {
    values.put(name, value);
    return this;
  }

  Map<String, Object> values() {
    return values;
  }

  /** Writes the answer where the user asked for it, if anywhere. */
  void writeTo(Optional<Path> file) throws IOException {
    if (file.isPresent()) {
      write(file.get());
    }
  }

  /** Writes the answer to a file, whole or not at all. */
  void write(Path file) throws IOException {
    // made here, as its classes take a tenth of a second to load and most answers go to nobody
    var mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    OutputFile.write(file, mapper.writeValueAsString(values) + "\n");
  }
}
