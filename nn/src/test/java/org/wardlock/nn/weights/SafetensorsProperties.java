package org.wardlock.nn.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.wardlock.nn.Shared;
import org.wardlock.tensor.Scope;

/** Whatever is done to a file, it opens and reads, or WeightsException says why not. */
class SafetensorsProperties {
  private static final String HEADER =
      """
      {"__metadata__":{"format":"pt"},\
      "a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},\
      "a.bias":{"dtype":"F16","shape":[3],"data_offsets":[24,30]},\
      "count":{"dtype":"I64","shape":[],"data_offsets":[30,38]}}""";

  private static final List<String> TOKENS =
      List.of(
          "0",
          "-1",
          "2147483648",
          "9223372036854775807",
          "9223372036854775808",
          "1e99",
          "null",
          "true",
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\"F64\"",
          "\"BF16\"",
          "\"a.weight\"",
          "\"dtype\"",
          "\"shape\"",
          "\"data_offsets\"",
          "\\u0000",
          "\u00e9",
          " ",
          "");

  private Path file;

  @BeforeProperty
  void create() throws IOException {
    file = Files.createTempFile("mutated", ".safetensors");
  }

  @AfterProperty
  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  @Property(tries = 500)
  void tokensReplaced(
      @ForAll("tokens") String token, @ForAll @IntRange(max = 400) int at, @ForAll boolean insert)
      throws IOException {
    int start = at % HEADER.length();
    int end = insert ? start : Math.min(HEADER.length(), start + Math.max(1, token.length()));
    String header = HEADER.substring(0, start) + token + HEADER.substring(end);
    readOrRefuse(SafetensorsBytes.of(header, new byte[38]));
  }

  @Property(tries = 500)
  void bytesFlippedAndCut(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int flips, @ForAll boolean cut)
      throws IOException {
    var random = new Random(seed);
    byte[] bytes = SafetensorsBytes.of(HEADER, new byte[38]);
    for (int i = 0; i < flips; i++) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    int length = cut ? random.nextInt(bytes.length) : bytes.length;
    readOrRefuse(Arrays.copyOf(bytes, length));
  }

  private void readOrRefuse(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try (Scope _ = Scope.open("mutated");
        Safetensors opened = Safetensors.open(file)) {
      for (String name : opened.names()) {
        assertEquals(opened.shape(name), opened.tensor(name, Shared.device()).shape());
      }
    } catch (WeightsException e) {
      assertEquals(1, e.getMessage().lines().count(), e::getMessage);
    }
  }

  @Provide
  Arbitrary<String> tokens() {
    return Arbitraries.of(TOKENS);
  }
}
