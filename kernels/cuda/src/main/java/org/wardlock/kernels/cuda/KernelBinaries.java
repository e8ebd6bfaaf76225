package org.wardlock.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kernels as nvcc compiled them ahead of time: see CudaBinaries among the tests. */
final class KernelBinaries {
  /** The folder beside this class that they lie in. */
  static final String FOLDER = "binaries";

  static final String MANIFEST = "manifest.txt";

  /** Where in it those lie that no other device has, with a manifest of their own. */
  static final String OWN = "tensorcore/";

  /** Machine code for compute capability 8.0 and later ones of the same major number. */
  static final String AMPERE = "sm_80";

  /** Machine code for compute capability 9.0 alone, with its own instructions. */
  static final String HOPPER = "sm_90a";

  /** PTX for compute capability 8.0 and all later ones: the driver compiles it. */
  static final String PTX = "compute_80";

  /** PTX for compute capability 9.0 alone, of kernels that have none for others. */
  static final String HOPPER_PTX = "compute_90a";

  private final Manifest manifest;

  /** Binaries that a manifest describes. */
  KernelBinaries(Manifest manifest) {
    this.manifest = manifest;
  }

  /** The binaries in this jar. */
  static KernelBinaries load() {
    return new KernelBinaries(
        Manifest.parse(new String(resource(MANIFEST), StandardCharsets.UTF_8)));
  }

  /** The binaries in this jar of the kernels that CUDA alone has: src/main/cuda. */
  static KernelBinaries loadOwn() {
    return new KernelBinaries(
        Manifest.parse(new String(resource(OWN + MANIFEST), StandardCharsets.UTF_8)));
  }

  /** What they were made of. */
  Manifest manifest() {
    return manifest;
  }

  /**
   * A file as the driver wants it.
   *
   * @param target what it is compiled for
   * @param bytes machine code, or PTX with a zero at its end
   */
  record Image(String target, byte... bytes) {}

  /**
   * A family, whose binaries must have been made of this source.
   *
   * @throws IllegalStateException if they were made of another
   */
  Manifest.Family family(String name, String source) {
    Manifest.Family family = manifest.families().get(name);
    if (family == null || !family.sourceHash().equals(Manifest.hash(source))) {
      throw new IllegalStateException(
          "the CUDA binaries of the kernels "
              + name
              + (family == null ? " are missing" : " are not of their source")
              + ": make them again with mvn -Pcuda-binaries");
    }
    return family;
  }

  /**
   * The images that suit a device, best first.
   *
   * @throws IllegalStateException if none does
   */
  static List<Image> images(Manifest.Family family, int major, int minor) {
    var targets = new ArrayList<String>();
    if (major == 8) {
      targets.add(AMPERE);
    } else if (major == 9 && minor == 0) {
      targets.addAll(List.of(HOPPER, HOPPER_PTX));
    }
    targets.add(PTX);
    List<Image> images =
        targets.stream().flatMap(target -> image(family, target).stream()).toList();
    if (images.isEmpty()) {
      throw new IllegalStateException(
          "no CUDA binary is for compute capability " + major + "." + minor);
    }
    return images;
  }

  private static Optional<Image> image(Manifest.Family family, String target) {
    return family.images().stream()
        .filter(image -> image.target().equals(target))
        .findFirst()
        .map(image -> image(target, resource(image.file())));
  }

  private static Image image(String target, byte... content) {
    return new Image(target, isPtx(target) ? Arrays.copyOf(content, content.length + 1) : content);
  }

  /** Whether what is for a target is PTX, and not machine code. */
  static boolean isPtx(String target) {
    return target.startsWith("compute_");
  }

  /** A file's content. */
  static byte[] resource(String file) {
    try (InputStream in = KernelBinaries.class.getResourceAsStream(FOLDER + "/" + file)) {
      if (in == null) {
        throw new IllegalStateException(
            "CUDA binary " + file + " is missing: make it with mvn -Pcuda-binaries");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("CUDA binary " + file, e);
    }
  }
}
