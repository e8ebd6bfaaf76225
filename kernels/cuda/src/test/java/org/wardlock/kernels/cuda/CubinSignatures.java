package org.wardlock.kernels.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wardlock.kernels.cuda.KernelSignature.Parameter;

/**
 * Reads the kernels' parameters from machine code: an ELF file whose section {@code
 * .nv.info.KERNEL} lists attributes, one a parameter. It does not say which are addresses.
 */
final class CubinSignatures {
  private static final String INFO = ".nv.info.";

  /** An attribute with a payload, of which this one is about a parameter. */
  private static final int SIZED = 4;

  private static final int PARAMETER = 0x17;
  private static final int SIZE_SHIFT = 18;

  private CubinSignatures() {}

  /** The signature of every kernel by name, with no parameter marked as an address. */
  static Map<String, KernelSignature> of(byte... cubin) {
    ByteBuffer elf = ByteBuffer.wrap(cubin).order(ByteOrder.LITTLE_ENDIAN);
    int table = Math.toIntExact(elf.getLong(0x28));
    int entryBytes = elf.getShort(0x3A);
    int names = Math.toIntExact(elf.getLong(table + elf.getShort(0x3E) * entryBytes + 0x18));
    var signatures = new HashMap<String, KernelSignature>();
    for (int i = 0; i < elf.getShort(0x3C); i++) {
      int entry = table + i * entryBytes;
      String name = text(cubin, names + elf.getInt(entry));
      if (name.startsWith(INFO)) {
        int start = Math.toIntExact(elf.getLong(entry + 0x18));
        int size = Math.toIntExact(elf.getLong(entry + 0x20));
        ByteBuffer info = elf.slice(start, size).order(ByteOrder.LITTLE_ENDIAN);
        String kernel = name.substring(INFO.length());
        signatures.put(kernel, new KernelSignature(kernel, parameters(info)));
      }
    }
    return signatures;
  }

  private static String text(byte[] bytes, int start) {
    int end = start;
    while (bytes[end] != 0) {
      end++;
    }
    return new String(bytes, start, end - start, StandardCharsets.US_ASCII);
  }

  private static List<Parameter> parameters(ByteBuffer info) {
    var byOrdinal = new TreeMap<Integer, Parameter>();
    while (info.remaining() >= Integer.BYTES) {
      int format = info.get();
      int attribute = info.get();
      int value = info.getShort();
      int payload = format == SIZED ? value : 0;
      if (format == SIZED && attribute == PARAMETER) {
        int at = info.position();
        int size = info.getInt(at + 8) >>> SIZE_SHIFT;
        byOrdinal.put(
            (int) info.getShort(at + 4), new Parameter(info.getShort(at + 6), size, false));
      }
      info.position(info.position() + payload);
    }
    return new ArrayList<>(byOrdinal.values());
  }
}
