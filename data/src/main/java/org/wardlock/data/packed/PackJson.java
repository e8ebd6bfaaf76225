package org.wardlock.data.packed;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wardlock.data.DataException;

/**
 * Records in JSON files. They are bound to their fields without a tree in between, since the header
 * of a million pictures is large. What is missing, of another type or not known is an error.
 */
final class PackJson {
  /** A header that is larger belongs to more pictures than can be numbered. */
  private static final long MAX_BYTES = 1L << 30;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private PackJson() {}

  static void write(Path file, Object content) throws IOException {
    byte[] bytes = MAPPER.writeValueAsBytes(content);
    PackFiles.write(
        file,
        channel -> {
          PackFiles.writeFully(channel, bytes);
          return true;
        });
  }

  /**
   * Reads a file that holds an object with a field {@code format}.
   *
   * @param format the only version of the file's format that is understood
   * @throws DataException if it cannot be read, or is not such an object
   */
  static <T> T read(Path file, int format, Class<T> type) {
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new DataException(
            file, "%d bytes found; expected at most %d".formatted(size, MAX_BYTES));
      }
      byte[] bytes = Files.readAllBytes(file);
      requireFormat(file, bytes, format);
      return MAPPER.readValue(bytes, type);
    } catch (JsonProcessingException e) {
      String found = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new DataException(file, "not as wardlock pack writes it: " + found, e);
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
  }

  /** Before anything else is asked of the file: another version may have other fields. */
  private static void requireFormat(Path file, byte[] bytes, int format) throws IOException {
    Version version = MAPPER.readValue(bytes, Version.class);
    if (version == null) {
      throw new DataException(file, "holds null; expected a JSON object");
    }
    JsonNode found = version.format();
    if (!found.isIntegralNumber() || found.longValue() != format) {
      throw new DataException(
          file,
          "format %s; expected %d: another version of the program wrote it, pack again"
              .formatted(found, format));
    }
  }

  /** The one field that every version has. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Version(JsonNode format) {}
}
