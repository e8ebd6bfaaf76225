package org.wardlock.kernels.cuda;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.wardlock.kernels.cuda.KernelSignature.Parameter;

/**
 * What the compiled kernels were made of, and how they want to be called; a text of one fact a line
 * beside them.
 *
 * @param compiler the version of nvcc
 * @param flags what nvcc was told, by target
 * @param families the families of kernels by name
 */
record Manifest(String compiler, Map<String, String> flags, Map<String, Family> families) {
  private static final String FORMAT = "wardlock-cuda-binaries 1";

  Manifest {
    flags = new TreeMap<>(flags);
    families = new TreeMap<>(families);
  }

  /**
   * The kernels of one source.
   *
   * @param sourceHash SHA-256 of the source's text
   * @param images what it was compiled to
   * @param kernels their signatures by name
   */
  record Family(String sourceHash, List<Image> images, Map<String, KernelSignature> kernels) {
    Family {
      images = List.copyOf(images);
      kernels = new TreeMap<>(kernels);
    }
  }

  /**
   * One compiled file.
   *
   * @param target {@code sm_80}, {@code sm_90a} or {@code compute_80}, which is PTX
   * @param file its name
   * @param hash its SHA-256
   */
  record Image(String target, String file, String hash) {}

  /** SHA-256 in hexadecimal digits. */
  static String hash(byte... content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** SHA-256 of a text. */
  static String hash(String text) {
    return hash(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The manifest as it is written. */
  String text() {
    var lines = new StringJoiner("\n", "", "\n");
    lines.add(FORMAT);
    lines.add("nvcc " + compiler);
    flags.forEach((target, text) -> lines.add("flags " + target + " " + text));
    families.forEach(
        (name, family) -> {
          lines.add("family " + name + " " + family.sourceHash());
          for (Image image : family.images()) {
            lines.add("image " + image.target() + " " + image.file() + " " + image.hash());
          }
          family.kernels().values().forEach(kernel -> lines.add(line(kernel)));
        });
    return lines.toString();
  }

  /** Name, then offset and size of each parameter, with a star at addresses. */
  private static String line(KernelSignature kernel) {
    var text = new StringBuilder("kernel ").append(kernel.name());
    for (Parameter parameter : kernel.parameters()) {
      text.append(' ').append(parameter.offset()).append(':').append(parameter.bytes());
      text.append(parameter.pointer() ? "*" : "");
    }
    return text.toString();
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IllegalArgumentException if a line is of another form
   */
  static Manifest parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(FORMAT)) {
      throw new IllegalArgumentException("manifest of CUDA binaries: first line is not " + FORMAT);
    }
    var reading = new Reading();
    for (String line : lines.subList(1, lines.size())) {
      try {
        reading.read(line);
      } catch (IndexOutOfBoundsException | NumberFormatException e) {
        throw new IllegalArgumentException("manifest of CUDA binaries: line '" + line + "'", e);
      }
    }
    return new Manifest(reading.compiler, reading.flags, reading.families());
  }

  private static final class Reading {
    private String compiler = "";
    private final Map<String, String> flags = new TreeMap<>();
    private final Map<String, String> sources = new TreeMap<>();
    private final Map<String, List<Image>> images = new TreeMap<>();
    private final Map<String, Map<String, KernelSignature>> kernels = new TreeMap<>();
    private String family = "";

    void read(String line) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "nvcc" -> compiler = words[1];
        case "flags" -> flags.put(words[1], line.split(" ", 3)[2]);
        case "family" -> {
          family = words[1];
          sources.put(family, words[2]);
          images.put(family, new ArrayList<>());
          kernels.put(family, new TreeMap<>());
        }
        case "image" -> images.get(family).add(new Image(words[1], words[2], words[3]));
        case "kernel" -> kernels.get(family).put(words[1], signature(words));
        default -> throw new IndexOutOfBoundsException(words[0]);
      }
    }

    private static KernelSignature signature(String... words) {
      var parameters = new ArrayList<Parameter>();
      for (int i = 2; i < words.length; i++) {
        boolean pointer = words[i].endsWith("*");
        String[] numbers = words[i].replace("*", "").split(":");
        parameters.add(
            new Parameter(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), pointer));
      }
      return new KernelSignature(words[1], parameters);
    }

    Map<String, Family> families() {
      var families = new TreeMap<String, Family>();
      sources.forEach(
          (name, hash) ->
              families.put(name, new Family(hash, images.get(name), kernels.get(name))));
      return families;
    }
  }
}
