package org.wardlock.nn.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.wardlock.nn.Shared;
import org.wardlock.nn.files.WriteException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class SafetensorsTest {
  private static final String A = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

  private final Device device = Shared.device();

  @TempDir Path folder;

  @Test
  void readsWhatItWrote() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    try (Scope _ = Scope.open("test")) {
      Map<String, Tensor> tensors =
          Map.of(
              "floats", Tensor.of(device, Shape.of(2, 3), 1, -2, 3.5f, Float.MIN_VALUE, 0, -0f),
              "scalar", Tensor.ofLongs(device, Shape.of(), 1L << 40),
              "bytes", Tensor.ofBytes(device, Shape.of(3), (byte) 1, (byte) -1, (byte) 0),
              "ints", Tensor.ofInts(device, Shape.of(1), -7),
              "empty", Tensor.of(device, Shape.of(0, 4)),
              "half", Tensor.of(device, Shape.of(2), 0.5f, 65504f).cast(DType.F16));
      Safetensors.write(file, tensors, Map.of("note", "two \"lines\"\nof text"));
      try (Safetensors read = Safetensors.open(file)) {
        assertEquals(tensors.keySet(), read.names());
        assertEquals(Map.of("note", "two \"lines\"\nof text"), read.metadata());
        for (String name : tensors.keySet()) {
          Tensor expected = tensors.get(name);
          Tensor found = read.tensor(name, device);
          assertEquals(expected.shape(), found.shape());
          assertEquals(expected.shape(), read.shape(name));
          assertEquals(expected.dtype(), found.dtype());
          assertArrayEquals(bytes(expected), bytes(found), name);
        }
      }
    }
  }

  private static byte[] bytes(Tensor tensor) {
    byte[] bytes = new byte[Math.toIntExact(tensor.shape().count() * tensor.dtype().bytes())];
    tensor.download(MemorySegment.ofArray(bytes));
    return bytes;
  }

  @Test
  void aHeaderAndTheElementsAreTheFileOfOneTensor() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    Map<String, String> metadata = Map.of("b", "two", "a", "one");
    try (Scope _ = Scope.open("test")) {
      Tensor tensor = Tensor.of(device, Shape.of(2, 3), 1, -2, 3.5f, Float.MIN_VALUE, 0, -0f);
      Safetensors.write(file, Map.of("x", tensor), metadata);
      byte[] header = Safetensors.header("x", DType.F32, Shape.of(2, 3), metadata);
      ByteBuffer expected = ByteBuffer.allocate(header.length + 24).put(header).put(bytes(tensor));
      assertArrayEquals(expected.array(), Files.readAllBytes(file));
    }
  }

  @Test
  void writesEqualContentAsEqualBytesAndLeavesNothingElse() throws IOException {
    try (Scope _ = Scope.open("test")) {
      Tensor one = Tensor.of(device, Shape.of(1), 1);
      Tensor two = Tensor.of(device, Shape.of(1), 2);
      Path first = folder.resolve("first");
      Path second = folder.resolve("second");
      Safetensors.write(first, Map.of("x", one, "y", two), Map.of());
      Safetensors.write(second, Map.of("y", two, "x", one), Map.of());
      assertEquals(-1, Files.mismatch(first, second));
      try (Stream<Path> left = Files.list(folder)) {
        assertEquals(List.of(first, second), left.sorted().toList());
      }
    }
  }

  @Test
  void readsTensorsThatLieUnaligned() throws IOException {
    String header =
        """
        {"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},\
        "f":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}""";
    ByteBuffer data = ByteBuffer.allocate(5).order(ByteOrder.LITTLE_ENDIAN);
    data.put((byte) 9).putFloat(2.5f);
    Path file = write(header, data.array());
    try (Scope _ = Scope.open("test");
        Safetensors read = Safetensors.open(file)) {
      assertEquals(2.5f, read.tensor("f", device).item());
    }
  }

  @Test
  void anUnwritableFolderIsNamed() {
    Path file = folder.resolve("absent").resolve("weights.safetensors");
    var error =
        assertThrows(WriteException.class, () -> Safetensors.write(file, Map.of(), Map.of()));
    assertEquals("weights " + file + ": cannot be written: no such file", error.getMessage());
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("absent");
    var error = assertThrows(WeightsException.class, () -> Safetensors.open(file));
    assertEquals("weights " + file + ": cannot be read: no such file", error.getMessage());
  }

  @Test
  void aTypeThatNoTensorHoldsIsToldWhenItIsAskedFor() throws IOException {
    Path file =
        write("{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", new byte[8]);
    try (Safetensors read = Safetensors.open(file)) {
      var error = assertThrows(WeightsException.class, () -> read.tensor("a", device));
      assertTrue(error.getMessage().contains("tensor a is of type F64"), error::getMessage);
    }
  }

  static Stream<Arguments> lies() {
    String huge = "9223372036854775807";
    return Stream.of(
        lie("", "is the end, expected an object of tensors"),
        lie("[]", "is start_array, expected an object of tensors"),
        lie("{", "no valid JSON"),
        lie(A + "} x", "no valid JSON"),
        lie(A + "}{}", "something follows"),
        lie(A + ",\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]}}", "Duplicate"),
        lie(A + ",\"b\":[]}", "tensor b is start_array"),
        lie(A.replace("F32", "F31") + "}", "tensor a has dtype F31"),
        lie(A.replace("F32", "F64") + "}", "tensor a takes 8 bytes"),
        lie(A.replace("[2]", "[3]") + "}", "tensor a takes 8 bytes"),
        lie(A.replace("[2]", "[-2]") + "}", "tensor a shape holds -2"),
        lie(A.replace("[2]", "[2.0]") + "}", "expected integers"),
        lie(A.replace("[2]", "\"2\"") + "}", "expected an array of integers"),
        lie(A.replace("[2]", "[4294967296,4294967296]") + "}", "too large"),
        lie(A.replace("[2]", "[2147483647,2147483647,2147483647,0]") + "}", "overflows"),
        lie(A.replace("[2]", "[2147483647,2147483647]") + "}", "more than the file has"),
        lie(A.replace("[2]", "[" + huge + "0]") + "}", "no valid JSON"),
        lie(A.replace("[2]", "[" + "1,".repeat(40) + "2]") + "}", "expected at most 16 numbers"),
        lie(A.replace("[0,8]", "[0,9]") + "}", "two ascending ones within the 8 bytes"),
        lie(A.replace("[0,8]", "[0," + huge + "]") + "}", "two ascending ones"),
        lie(A.replace("[0,8]", "[8,0]") + "}", "two ascending ones"),
        lie(A.replace("[0,8]", "[0]") + "}", "two ascending ones"),
        lie(A.replace(",\"data_offsets\":[0,8]", "") + "}", "lacks dtype, shape or data_offsets"),
        lie(A.replace("dtype", "type") + "}", "has a field type"),
        lie(
            A + ",\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
            "tensor b begins at byte 4, inside the one before it: expected 8"),
        lie(
            "{\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
            "tensor b begins at byte 4, after a hole: expected 0"),
        lie(
            "{\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
            "the tensors end at byte 4 of 8"),
        lie("{\"__metadata__\":{\"k\":1}}", "__metadata__ k is value_number_int"),
        lie("{\"__metadata__\":[]}", "expected an object of strings"),
        lie("{\"a\":{\"dtype\":{\"x\":{\"y\":{}}}}}", "tensor a dtype is start_object"));
  }

  private static Arguments lie(String header, String found) {
    return Arguments.of(header, found);
  }

  @ParameterizedTest
  @MethodSource("lies")
  void aHeaderThatLiesIsFoundOut(String header, String expected) throws IOException {
    Path file = write(header, new byte[8]);
    var error = assertThrows(WeightsException.class, () -> Safetensors.open(file));
    assertTrue(error.getMessage().startsWith("weights " + file + ": "), error::getMessage);
    assertTrue(error.getMessage().contains(expected), error::getMessage);
    assertEquals(1, error.getMessage().lines().count(), error::getMessage);
  }

  @Test
  void bytesThatAreNoTextAreFoundOut() throws IOException {
    Path file = folder.resolve("binary");
    ByteBuffer content = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putLong(4);
    Files.write(file, content.put((byte) '{').put((byte) 0xFF).put((byte) 0xFE).array());
    var error = assertThrows(WeightsException.class, () -> Safetensors.open(file));
    assertTrue(error.getMessage().contains("not UTF-8"), error::getMessage);
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void aLengthThatLiesIsFoundOut(byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("short"), content);
    var error = assertThrows(WeightsException.class, () -> Safetensors.open(file));
    assertTrue(error.getMessage().contains("expected"), error::getMessage);
  }

  static Stream<byte[]> lengths() {
    return Stream.of(
        new byte[0],
        new byte[7],
        new byte[] {1, 0, 0, 0, 0, 0, 0, 0},
        new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, '{', '}'},
        new byte[] {0, 0, 0, 0, 0, 0, 0, 127, '{', '}'},
        "a text file that is no weights file".getBytes(StandardCharsets.UTF_8));
  }

  private Path write(String header, byte[] data) throws IOException {
    return Files.write(folder.resolve("lying"), SafetensorsBytes.of(header, data));
  }
}
