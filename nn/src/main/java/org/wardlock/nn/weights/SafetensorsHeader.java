package org.wardlock.nn.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.wardlock.tensor.Shape;

/**
 * Reads the header of a safetensors file and believes nothing in it: the tensors must fill the rest
 * of the file exactly, without overlap or hole, each of the size that its type and shape say.
 */
final class SafetensorsHeader {
  /** As in the reference implementation. */
  static final long LARGEST = 100_000_000;

  private static final int MOST_TENSORS = 100_000;
  private static final int MOST_AXES = 16;
  private static final long TOO_MANY = Long.MAX_VALUE;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).build())
          .build();

  private final String file;
  private final long dataBytes;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();

  private SafetensorsHeader(String file, long dataBytes) {
    this.file = file;
    this.dataBytes = dataBytes;
  }

  /**
   * Reads a header.
   *
   * @param file for messages
   * @param json the header's bytes
   * @param dataBytes how many bytes follow it
   */
  static SafetensorsHeader parse(String file, byte[] json, long dataBytes) throws WeightsException {
    var header = new SafetensorsHeader(file, dataBytes);
    // a reader of our own: given bytes, Jackson would guess at UTF-16 and UTF-32
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    try (var reader = new InputStreamReader(new ByteArrayInputStream(json), decoder);
        JsonParser parser = JSON.createParser(reader)) {
      header.read(parser);
    } catch (WeightsException e) {
      throw e;
    } catch (CharacterCodingException e) {
      throw new WeightsException(file, "the header is not UTF-8, expected JSON in UTF-8", e);
    } catch (JsonProcessingException e) {
      throw new WeightsException(
          file, "the header is no valid JSON: " + shown(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new WeightsException(file, "the header cannot be read: " + shown(e.getMessage()), e);
    }
    header.requireTiling();
    return header;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  Map<String, StoredTensor> tensors() {
    return tensors;
  }

  private void read(JsonParser parser) throws IOException {
    require(parser.nextToken(), JsonToken.START_OBJECT, "the header", "an object of tensors");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      if (name.equals("__metadata__")) {
        readMetadata(parser);
      } else if (tensors.size() == MOST_TENSORS) {
        throw problem("more than " + MOST_TENSORS + " tensors");
      } else {
        tensors.put(name, readTensor(name, parser));
      }
    }
    if (parser.nextToken() != null) {
      throw problem("something follows the header's object, expected spaces only");
    }
  }

  private void readMetadata(JsonParser parser) throws IOException {
    require(parser.currentToken(), JsonToken.START_OBJECT, "__metadata__", "an object of strings");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      require(parser.nextToken(), JsonToken.VALUE_STRING, "__metadata__ " + shown(key), "a string");
      metadata.put(key, parser.getText());
    }
  }

  private StoredTensor readTensor(String name, JsonParser parser) throws IOException {
    String tensor = "tensor " + shown(name);
    require(parser.currentToken(), JsonToken.START_OBJECT, tensor, "an object");
    var fields = new Fields();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "dtype" -> {
          require(parser.currentToken(), JsonToken.VALUE_STRING, tensor + " dtype", "a string");
          fields.type = parser.getText();
        }
        case "shape" -> fields.shape = readNumbers(parser, tensor + " shape", MOST_AXES);
        case "data_offsets" -> fields.offsets = readNumbers(parser, tensor + " data_offsets", 2);
        default ->
            throw problem(
                tensor
                    + " has a field "
                    + shown(field)
                    + ", expected dtype, shape and data_offsets");
      }
    }
    return fields.check(tensor, name);
  }

  private long[] readNumbers(JsonParser parser, String what, int most) throws IOException {
    require(parser.currentToken(), JsonToken.START_ARRAY, what, "an array of integers");
    var numbers = new ArrayList<Long>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, what, "integers");
      long number = parser.getLongValue();
      if (number < 0 || numbers.size() == most) {
        throw problem(what + " holds " + number + ", expected at most " + most + " numbers from 0");
      }
      numbers.add(number);
    }
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  /** What has been read of one tensor; empty until it is found. */
  private final class Fields {
    private String type = "";
    private long[] shape;
    private long[] offsets;

    StoredTensor check(String tensor, String name) throws WeightsException {
      if (type.isEmpty() || shape == null || offsets == null) {
        throw problem(tensor + " lacks dtype, shape or data_offsets");
      }
      if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes) {
        throw problem(
            "%s has data_offsets %s, expected two ascending ones within the %d bytes of data"
                .formatted(tensor, Arrays.toString(offsets), dataBytes));
      }
      StoredType stored = knownType(tensor);
      Shape extents = extents(tensor);
      long expected = bytes(extents, stored);
      long found = offsets[1] - offsets[0];
      if (found != expected) {
        throw problem(
            "%s takes %d bytes, but its dtype %s and shape %s need %s"
                .formatted(
                    tensor,
                    found,
                    type,
                    Arrays.toString(shape),
                    expected == TOO_MANY ? "more than the file has" : Long.toString(expected)));
      }
      return new StoredTensor(name, stored, extents, offsets[0], offsets[1]);
    }

    private Shape extents(String tensor) throws WeightsException {
      var extents = new int[shape.length];
      for (int i = 0; i < shape.length; i++) {
        extents[i] = (int) Math.min(shape[i], Integer.MAX_VALUE);
        if (extents[i] != shape[i]) {
          throw problem("%s has an extent of %d, which is too large".formatted(tensor, shape[i]));
        }
      }
      try {
        return Shape.of(extents);
      } catch (ArithmeticException e) {
        throw new WeightsException(
            file, "%s has shape %s, which overflows".formatted(tensor, Arrays.toString(shape)), e);
      }
    }

    private long bytes(Shape extents, StoredType stored) {
      return extents.count() > dataBytes / stored.bytes()
          ? TOO_MANY
          : extents.count() * stored.bytes();
    }

    private StoredType knownType(String tensor) throws WeightsException {
      for (StoredType candidate : StoredType.values()) {
        if (candidate.name().equals(type)) {
          return candidate;
        }
      }
      throw problem(
          "%s has dtype %s, expected one of %s"
              .formatted(tensor, shown(type), List.of(StoredType.values())));
    }
  }

  private void requireTiling() throws WeightsException {
    var inOrder = new ArrayList<>(tensors.values());
    inOrder.sort(
        Comparator.comparingLong(StoredTensor::begin).thenComparingLong(StoredTensor::end));
    long position = 0;
    for (StoredTensor tensor : inOrder) {
      if (tensor.begin() != position) {
        throw problem(
            "tensor %s begins at byte %d, %s: expected %d"
                .formatted(
                    shown(tensor.name()),
                    tensor.begin(),
                    tensor.begin() < position ? "inside the one before it" : "after a hole",
                    position));
      }
      position = tensor.end();
    }
    if (position != dataBytes) {
      throw problem(
          "the tensors end at byte %d of %d: bytes are left over".formatted(position, dataBytes));
    }
  }

  private void require(JsonToken found, JsonToken expected, String what, String description)
      throws WeightsException {
    if (found != expected) {
      String token = found == null ? "the end" : found.toString().toLowerCase(Locale.ROOT);
      throw problem("%s is %s, expected %s".formatted(what, token, description));
    }
  }

  private WeightsException problem(String problem) {
    return new WeightsException(file, problem);
  }

  /** A stranger's text, made fit for one line of a message. */
  static String shown(String text) {
    String line =
        text.codePoints()
            .limit(120)
            .collect(
                StringBuilder::new,
                (builder, c) -> builder.appendCodePoint(Character.isISOControl(c) ? ' ' : c),
                StringBuilder::append)
            .toString();
    return line.length() < text.length() ? line + "..." : line;
  }
}
