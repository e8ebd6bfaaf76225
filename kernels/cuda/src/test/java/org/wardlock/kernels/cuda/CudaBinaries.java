package org.wardlock.kernels.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wardlock.kernels.source.KernelSource;

/**
 * Compiles the shared kernels, and those that CUDA alone has, with nvcc into the resources of this
 * module and writes their manifests. Run by {@code mvn -Pcuda-binaries}.
 */
final class CudaBinaries {
  static final String DIALECT = "cuda.h";

  /** Without it nvcc would contract a product and a sum to fma where a kernel does not say so. */
  private static final List<String> COMMON =
      List.of("-std=c++17", "-O3", "-fmad=false", "-Werror=all-warnings", "-Xptxas=-v");

  private static final Map<String, List<String>> TARGETS =
      Map.of(
          KernelBinaries.AMPERE, List.of("-cubin", "-gencode=arch=compute_80,code=sm_80"),
          KernelBinaries.HOPPER, List.of("-cubin", "-gencode=arch=compute_90a,code=sm_90a"),
          KernelBinaries.PTX, List.of("-ptx", "-arch=compute_80"),
          KernelBinaries.HOPPER_PTX, List.of("-ptx", "-arch=compute_90a"));

  /** What nvcc states is its own version, which old drivers refuse; the first that suffices. */
  private static final List<String> PTX_VERSIONS =
      List.of("7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "7.8", "8.0", "8.4", "9.0");

  private static final Pattern SPILL = Pattern.compile("([1-9][0-9]*) bytes spill");

  private final Path folder;
  private final StringBuilder report = new StringBuilder();

  private CudaBinaries(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes them all.
   *
   * @param arguments the folder to write to, and the file for what ptxas says of registers and
   *     spills
   */
  public static void main(String... arguments) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("wardlock-nvcc");
    Path target = Path.of(arguments[0]);
    Files.createDirectories(target);
    var maker = new CudaBinaries(work);
    var families = new TreeMap<String, Manifest.Family>();
    for (String family : KernelSource.FAMILIES) {
      families.put(family, maker.make(family, KernelSource.of(DIALECT, family), target, ""));
    }
    maker.writeManifest(families, target);
    Files.createDirectories(target.resolve(KernelBinaries.OWN));
    var own = new TreeMap<String, Manifest.Family>();
    for (String family : CudaSource.FAMILIES) {
      own.put(family, maker.make(family, CudaSource.of(family), target, KernelBinaries.OWN));
    }
    maker.writeManifest(own, target.resolve(KernelBinaries.OWN));
    Files.writeString(Path.of(arguments[1]), maker.report);
    try (Stream<Path> files = Files.list(work)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(work);
  }

  private void writeManifest(Map<String, Manifest.Family> families, Path target)
      throws IOException, InterruptedException {
    var flags = new TreeMap<String, String>();
    for (Manifest.Family family : families.values()) {
      for (Manifest.Image image : family.images()) {
        flags.put(image.target(), String.join(" ", flags(image.target())));
      }
    }
    var manifest = new Manifest(compiler(), flags, families);
    Files.writeString(target.resolve(KernelBinaries.MANIFEST), manifest.text());
  }

  /** PTX, from which signatures are read, and machine code. */
  private static List<String> targets(String family) {
    return CudaSource.HOPPER.contains(family)
        ? List.of(KernelBinaries.HOPPER_PTX, KernelBinaries.HOPPER)
        : List.of(KernelBinaries.PTX, KernelBinaries.AMPERE, KernelBinaries.HOPPER);
  }

  private static List<String> flags(String target) {
    return Stream.concat(TARGETS.get(target).stream(), COMMON.stream()).toList();
  }

  private String compiler() throws IOException, InterruptedException {
    Matcher version = Pattern.compile("V([0-9.]+)").matcher(run("nvcc", "--version"));
    if (!version.find()) {
      throw new IllegalStateException("nvcc --version names no version");
    }
    return version.group(1);
  }

  private Manifest.Family make(String family, String source, Path target, String subfolder)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve(family + ".cu"), source);
    var images = new ArrayList<Manifest.Image>();
    for (String name : targets(family)) {
      boolean isPtx = KernelBinaries.isPtx(name);
      String file = family + "." + name + (isPtx ? ".ptx" : ".cubin");
      compile(family, name, file);
      byte[] content =
          isPtx
              ? withLowestVersion(file, name).getBytes(StandardCharsets.UTF_8)
              : Files.readAllBytes(folder.resolve(file));
      Files.write(target.resolve(subfolder + file), content);
      images.add(new Manifest.Image(name, subfolder + file, Manifest.hash(content)));
    }
    var kernels = new TreeMap<String, KernelSignature>();
    String ptx = Files.readString(folder.resolve(family + "." + targets(family).get(0) + ".ptx"));
    PtxSignatures.of(ptx).forEach(kernel -> kernels.put(kernel.name(), kernel));
    return new Manifest.Family(Manifest.hash(source), images, kernels);
  }

  private void compile(String family, String target, String file)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("nvcc"));
    command.addAll(flags(target));
    command.addAll(List.of("-o", file, family + ".cu"));
    String output = run(command.toArray(String[]::new));
    report.append("==== ").append(file).append('\n').append(output);
    Matcher spill = SPILL.matcher(output);
    if (spill.find()) {
      throw new IllegalStateException(file + " spills registers: " + spill.group());
    }
  }

  /** The PTX as if an older nvcc had made it, as far as ptxas takes that. */
  private String withLowestVersion(String file, String target)
      throws IOException, InterruptedException {
    String code = target.replace("compute", "sm");
    String ptx = Files.readString(folder.resolve(file));
    for (String version : PTX_VERSIONS) {
      String lowered = ptx.replaceFirst("(?m)^\\.version [0-9.]+$", ".version " + version);
      Files.writeString(folder.resolve("lowered.ptx"), lowered);
      String gencode = "-gencode=arch=" + target + ",code=" + code;
      if (start("nvcc", "-cubin", gencode, "-o", "lowered.cubin", "lowered.ptx").status() == 0) {
        return lowered;
      }
    }
    throw new IllegalStateException("ptxas takes " + file + " under no version of PTX");
  }

  private record Outcome(int status, String output) {}

  private String run(String... command) throws IOException, InterruptedException {
    Outcome outcome = start(command);
    if (outcome.status() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ":\n" + outcome.output());
    }
    return outcome.output();
  }

  private Outcome start(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }
}
