package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.kernels.cuda.KernelSignature.Parameter;
import org.wardlock.kernels.source.GpuMemory;
import org.wardlock.kernels.source.KernelArguments.Argument;

class KernelSignatureTest {
  private static final GpuMemory MEMORY = () -> {};
  private static final long ADDRESS = 0x7F00_1234_5678L;

  private static final KernelSignature KERNEL =
      new KernelSignature(
          "k",
          List.of(
              new Parameter(0, 4, false),
              new Parameter(8, 8, true),
              new Parameter(16, 12, false),
              new Parameter(32, 8, false)));

  private static final List<Argument> ARGUMENTS =
      List.of(
          new Argument.Words(7),
          new Argument.Memory(MEMORY),
          new Argument.Words(1, 2, 3),
          new Argument.LongWord(-5));

  private static byte[] pack(List<Argument> arguments) {
    return KERNEL.pack(arguments, _ -> ADDRESS);
  }

  @Test
  void argumentsLieAtTheirOffsets() {
    ByteBuffer expected = ByteBuffer.allocate(40).order(ByteOrder.nativeOrder());
    expected.putInt(0, 7).putLong(8, ADDRESS).putLong(32, -5);
    expected.putInt(16, 1).putInt(20, 2).putInt(24, 3);
    assertArrayEquals(expected.array(), pack(ARGUMENTS));
    assertArrayEquals(new byte[0], new KernelSignature("none", List.of()).pack(List.of(), _ -> 0));
  }

  @Test
  void aMissingArgumentIsFound() {
    var error = assertThrows(IllegalArgumentException.class, () -> pack(ARGUMENTS.subList(0, 3)));
    assertEquals("kernel k takes 4 parameters and was given 3 arguments", error.getMessage());
  }

  @Test
  void anArgumentOfAnotherSizeIsFound() {
    var arguments = new ArrayList<>(ARGUMENTS);
    arguments.set(2, new Argument.Words(1, 2));
    var error = assertThrows(IllegalArgumentException.class, () -> pack(arguments));
    assertEquals("kernel k: parameter 2 is 12 bytes and was given 8 bytes", error.getMessage());
  }

  @Test
  void argumentsInAnotherOrderAreFound() {
    for (int i = 0; i < ARGUMENTS.size(); i++) {
      for (int j = i + 1; j < ARGUMENTS.size(); j++) {
        var swapped = new ArrayList<>(ARGUMENTS);
        Collections.swap(swapped, i, j);
        assertThrows(IllegalArgumentException.class, () -> pack(swapped), i + " and " + j);
      }
    }
  }

  /** Both are eight bytes. */
  @Test
  void aNumberIsNoAddress() {
    var arguments = new ArrayList<>(ARGUMENTS);
    arguments.set(1, new Argument.LongWord(ADDRESS));
    var error = assertThrows(IllegalArgumentException.class, () -> pack(arguments));
    assertEquals(
        "kernel k: parameter 1 is device memory and was given 8 bytes", error.getMessage());
  }
}
