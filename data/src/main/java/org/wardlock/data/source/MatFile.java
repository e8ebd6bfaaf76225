package org.wardlock.data.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.InflaterInputStream;

/**
 * Reads MATLAB files of level 5 (The MathWorks: "MAT-File Format"): the variables that are numbers,
 * text and arrays of structs of these; all else becomes {@link Other}.
 */
final class MatFile {
  private static final int HEADER_LENGTH = 128;
  private static final int MAX_INFLATED = 1 << 26;

  // types of data elements
  private static final int INT8 = 1;
  private static final int UINT8 = 2;
  private static final int INT16 = 3;
  private static final int UINT16 = 4;
  private static final int INT32 = 5;
  private static final int UINT32 = 6;
  private static final int SINGLE = 7;
  private static final int DOUBLE = 9;
  private static final int INT64 = 12;
  private static final int UINT64 = 13;
  private static final int MATRIX = 14;
  private static final int COMPRESSED = 15;
  private static final int UTF8 = 16;

  // classes of matrices
  private static final int STRUCT_CLASS = 2;
  private static final int CHAR_CLASS = 4;
  private static final int FIRST_NUMERIC_CLASS = 6;
  private static final int LAST_NUMERIC_CLASS = 15;

  private MatFile() {}

  /** What a variable holds. */
  sealed interface Value {}

  /** Characters, row by row. */
  record Text(String text) implements Value {}

  /** Numbers, column by column. */
  record Numbers(double[] values) implements Value {}

  /** Structs with the same fields each. */
  record Structs(List<Map<String, Value>> elements) implements Value {}

  /** Something else. */
  record Other() implements Value {}

  /** A tagged piece of the file. */
  private record Element(int type, ByteBuffer data) {}

  /**
   * The variables by name.
   *
   * @throws IOException if the file cannot be read or is not of this kind
   */
  static Map<String, Value> read(Path file) throws IOException {
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
    boolean littleEndian =
        content.limit() > HEADER_LENGTH && content.get(126) == 'I' && content.get(127) == 'M';
    if (!littleEndian) {
      throw new IOException("not a MATLAB 5 file of a little-endian machine");
    }
    content.order(ByteOrder.LITTLE_ENDIAN).position(HEADER_LENGTH);
    try {
      Map<String, Value> variables = new HashMap<>();
      while (content.remaining() >= 2 * Integer.BYTES) {
        Element element = next(content);
        if (element.type == COMPRESSED) {
          element = next(inflate(element.data));
        }
        if (element.type == MATRIX) {
          readMatrix(element.data, variables);
        }
      }
      return variables;
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException("truncated or damaged MATLAB file", e);
    }
  }

  private static ByteBuffer inflate(ByteBuffer data) throws IOException {
    byte[] compressed = new byte[data.remaining()];
    data.get(compressed);
    try (var inflater = new InflaterInputStream(new ByteArrayInputStream(compressed))) {
      byte[] content = inflater.readNBytes(MAX_INFLATED);
      return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** The element at the buffer's position, which moves behind it and its padding. */
  private static Element next(ByteBuffer buffer) {
    int type = buffer.getInt();
    int length;
    int stored;
    if (type >>> 16 != 0) {
      // up to four bytes of data fit into the tag, whose upper half is their number then
      length = type >>> 16;
      type &= 0xFFFF;
      stored = Integer.BYTES;
    } else {
      length = buffer.getInt();
      stored = type == COMPRESSED ? length : Math.ceilDiv(length, Long.BYTES) * Long.BYTES;
    }
    ByteBuffer data = buffer.slice(buffer.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.position(Math.min(buffer.position() + stored, buffer.limit()));
    return new Element(type, data);
  }

  private static void readMatrix(ByteBuffer matrix, Map<String, Value> variables)
      throws IOException {
    if (!matrix.hasRemaining()) {
      return; // an empty one has no name
    }
    int matrixClass = next(matrix).data.get();
    long elements = 1;
    for (double extent : numbers(next(matrix))) {
      elements = Math.multiplyExact(elements, (long) extent);
    }
    String name = text(next(matrix));
    Value value =
        switch (matrixClass) {
          case STRUCT_CLASS -> structs(matrix, elements);
          case CHAR_CLASS -> new Text(text(next(matrix)));
          default ->
              matrixClass >= FIRST_NUMERIC_CLASS && matrixClass <= LAST_NUMERIC_CLASS
                  ? new Numbers(numbers(next(matrix)))
                  : new Other();
        };
    variables.put(name, value);
  }

  private static Structs structs(ByteBuffer matrix, long elements) throws IOException {
    int nameLength = (int) numbers(next(matrix))[0];
    String names = text(next(matrix));
    if (nameLength < 1 || elements > matrix.remaining()) {
      throw new IOException("damaged MATLAB file: structs that do not fit their bytes");
    }
    var structs = new ArrayList<Map<String, Value>>();
    for (long element = 0; element < elements; element++) {
      Map<String, Value> struct = new HashMap<>();
      for (int start = 0; start < names.length(); start += nameLength) {
        // a field is a matrix without a name
        Map<String, Value> unnamed = new HashMap<>();
        readMatrix(next(matrix).data, unnamed);
        String field = names.substring(start, start + nameLength);
        int end = field.indexOf('\0');
        struct.put(
            end < 0 ? field : field.substring(0, end), unnamed.getOrDefault("", new Other()));
      }
      structs.add(struct);
    }
    return new Structs(structs);
  }

  private static String text(Element element) throws IOException {
    Charset charset =
        switch (element.type) {
          case INT8, UINT8 -> StandardCharsets.ISO_8859_1;
          case UINT16 -> StandardCharsets.UTF_16LE;
          case UTF8 -> StandardCharsets.UTF_8;
          default -> throw new IOException("text of data type " + element.type);
        };
    return charset.decode(element.data).toString();
  }

  private static double[] numbers(Element element) throws IOException {
    int size =
        switch (element.type) {
          case INT8, UINT8 -> Byte.BYTES;
          case INT16, UINT16 -> Short.BYTES;
          case INT32, UINT32, SINGLE -> Integer.BYTES;
          case DOUBLE, INT64, UINT64 -> Long.BYTES;
          default -> throw new IOException("numbers of data type " + element.type);
        };
    ByteBuffer data = element.data;
    double[] values = new double[data.remaining() / size];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (element.type) {
            case INT8 -> data.get();
            case UINT8 -> Byte.toUnsignedInt(data.get());
            case INT16 -> data.getShort();
            case UINT16 -> Short.toUnsignedInt(data.getShort());
            case INT32 -> data.getInt();
            case UINT32 -> Integer.toUnsignedLong(data.getInt());
            case INT64, UINT64 -> data.getLong();
            case SINGLE -> data.getFloat();
            default -> data.getDouble();
          };
    }
    return values;
  }
}
