package org.wardlock.kernels.cuda;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What each compiled kernel takes of a GPU, as its machine code states it: registers of a thread,
 * shared memory of a block beside what a launch adds, and the stack of a thread, which is where
 * registers that do not suffice are spilled to.
 *
 * @param registers of a thread
 * @param sharedBytes of a block
 * @param stackBytes of a thread; 0 means that nothing is spilled
 */
record KernelResources(int registers, int sharedBytes, int stackBytes) {
  /** Every block on Hopper has so much shared memory more, which is the driver's. */
  private static final int KEPT_BY_DRIVER = 1024;

  private static final String INFO = ".nv.info";
  private static final String SHARED = ".nv.shared.";
  private static final String TEXT = ".text.";

  // attributes of .nv.info: a byte for the form, one for the kind, two for the payload's size
  private static final int SIZED = 4;
  private static final int FRAME_SIZE = 0x11;
  private static final int REGISTERS = 0x2F;

  /**
   * Writes the table of all kernels in a folder of binaries.
   *
   * @param arguments the folder, and the file to write
   */
  public static void main(String... arguments) throws IOException {
    Files.writeString(Path.of(arguments[1]), table(read(Path.of(arguments[0]))));
  }

  private static Map<String, byte[]> read(Path folder) throws IOException {
    var cubins = new TreeMap<String, byte[]>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".cubin")).toList()) {
        cubins.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return cubins;
  }

  /** A line for each kernel and target, in order of name. */
  static String table(Map<String, byte[]> cubins) {
    var lines = new TreeMap<String, KernelResources>();
    cubins.forEach(
        (file, cubin) -> {
          String target = file.split("\\.")[1];
          int kept = target.equals(KernelBinaries.HOPPER) ? KEPT_BY_DRIVER : 0;
          of(cubin)
              .forEach((kernel, found) -> lines.put(line(kernel, target), found.without(kept)));
        });
    var text = new StringBuilder();
    text.append(
        "# What each kernel takes, as its machine code states it; made by mvn -Pcuda-binaries.\n");
    text.append(line("# kernel", "target")).append("registers   shared    stack\n");
    lines.forEach(
        (line, found) ->
            text.append(line)
                .append(
                    "%9d %8d %8d%n"
                        .formatted(found.registers(), found.sharedBytes(), found.stackBytes())));
    return text.toString();
  }

  private static String line(String kernel, String target) {
    return "%-24s %-8s".formatted(kernel, target);
  }

  private KernelResources without(int kept) {
    return new KernelResources(registers, Math.max(0, sharedBytes - kept), stackBytes);
  }

  /** The kernels of a cubin by name. */
  static Map<String, KernelResources> of(byte... cubin) {
    var elf = new Elf(cubin);
    Map<Integer, Integer> registers = new TreeMap<>();
    Map<Integer, Integer> frames = new TreeMap<>();
    Map<String, Integer> shared = new TreeMap<>();
    for (Elf.Section section : elf.sections()) {
      if (section.name().equals(INFO)) {
        readInfo(section.content(), registers, frames);
      } else if (section.name().startsWith(SHARED)) {
        shared.put(section.name().substring(SHARED.length()), section.bytes());
      }
    }
    List<String> symbols = elf.symbols();
    var kernels = new TreeMap<String, KernelResources>();
    for (Elf.Section section : elf.sections()) {
      if (section.name().startsWith(TEXT)) {
        String kernel = section.name().substring(TEXT.length());
        int symbol = symbols.lastIndexOf(kernel);
        if (!registers.containsKey(symbol) || !frames.containsKey(symbol)) {
          throw new IllegalArgumentException(
              "cubin: " + INFO + " does not state the registers and the stack of " + kernel);
        }
        kernels.put(
            kernel,
            new KernelResources(
                registers.get(symbol), shared.getOrDefault(kernel, 0), frames.get(symbol)));
      }
    }
    return kernels;
  }

  private static void readInfo(
      ByteBuffer info, Map<Integer, Integer> registers, Map<Integer, Integer> frames) {
    while (info.remaining() >= Integer.BYTES) {
      int form = info.get();
      int kind = info.get();
      int value = info.getShort();
      if (form != SIZED) {
        continue;
      }
      int next = info.position() + value;
      if (kind == REGISTERS || kind == FRAME_SIZE) {
        int symbol = info.getInt();
        (kind == REGISTERS ? registers : frames).put(symbol, info.getInt());
      }
      info.position(next);
    }
  }

  /** The parts of a 64-bit ELF file that say something of kernels. */
  private record Elf(ByteBuffer file) {
    private static final int SYMBOL_TABLE = 2;
    private static final int NO_BITS = 8;
    private static final int SYMBOL_BYTES = 24;

    Elf(byte... content) {
      this(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN));
    }

    /**
     * A section.
     *
     * @param bytes its size in memory; in the file it may have none
     */
    record Section(String name, int type, int bytes, int link, ByteBuffer content) {}

    List<Section> sections() {
      int table = Math.toIntExact(file.getLong(0x28));
      int entryBytes = file.getShort(0x3A);
      int names = Math.toIntExact(file.getLong(table + file.getShort(0x3E) * entryBytes + 0x18));
      return Stream.iterate(0, i -> i < file.getShort(0x3C), i -> i + 1)
          .map(
              i -> {
                int entry = table + i * entryBytes;
                int type = file.getInt(entry + 4);
                int start = Math.toIntExact(file.getLong(entry + 0x18));
                int bytes = Math.toIntExact(file.getLong(entry + 0x20));
                ByteBuffer content =
                    type == NO_BITS
                        ? ByteBuffer.allocate(0)
                        : file.slice(start, bytes).order(ByteOrder.LITTLE_ENDIAN);
                return new Section(
                    text(names + file.getInt(entry)),
                    type,
                    bytes,
                    file.getInt(entry + 0x28),
                    content);
              })
          .toList();
    }

    /** The names of all symbols, by number. */
    List<String> symbols() {
      List<Section> sections = sections();
      Section table =
          sections.stream().filter(s -> s.type() == SYMBOL_TABLE).findFirst().orElseThrow();
      ByteBuffer names = sections.get(table.link()).content();
      return Stream.iterate(0, i -> i < table.bytes() / SYMBOL_BYTES, i -> i + 1)
          .map(i -> text(names, table.content().getInt(i * SYMBOL_BYTES)))
          .toList();
    }

    private String text(int start) {
      return text(file, start);
    }

    private static String text(ByteBuffer bytes, int start) {
      int end = start;
      while (bytes.get(end) != 0) {
        end++;
      }
      byte[] text = new byte[end - start];
      bytes.get(start, text);
      return new String(text, StandardCharsets.US_ASCII);
    }
  }
}
