package org.wardlock.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The modules of the project: what each owns, may use of the others, and may use of third parties.
 */
enum ProjectModule {
  TENSOR("org.wardlock.tensor", List.of(), List.of(Library.HOTSPOT)),
  DATA("org.wardlock.data", List.of(TENSOR), List.of(Library.JACKSON)),
  NN("org.wardlock.nn", List.of(DATA, TENSOR), List.of(Library.JACKSON)),
  DEFENSE("org.wardlock.defense", List.of(NN, DATA, TENSOR), List.of()),
  ATTACKS("org.wardlock.attacks", List.of(NN, DATA, TENSOR), List.of()),
  THREAT("org.wardlock.threat", List.of(DEFENSE, ATTACKS, NN, DATA, TENSOR), List.of()),
  CLI(
      "org.wardlock.cli",
      List.of(THREAT, DEFENSE, ATTACKS, NN, DATA, TENSOR),
      List.of(Library.JACKSON, Library.PICOCLI, Library.PROGRESS_BAR)),
  KERNELS_SOURCE("org.wardlock.kernels.source", List.of(TENSOR), List.of()),
  KERNELS_OPENCL(
      "org.wardlock.kernels.opencl", List.of(KERNELS_SOURCE, TENSOR), List.of(Library.JOCL)),
  KERNELS_CUDA(
      "org.wardlock.kernels.cuda", List.of(KERNELS_SOURCE, TENSOR), List.of(Library.JCUDA)),
  BENCH(
      "org.wardlock.bench",
      List.of(
          CLI,
          THREAT,
          DEFENSE,
          ATTACKS,
          NN,
          DATA,
          TENSOR,
          KERNELS_SOURCE,
          KERNELS_OPENCL,
          KERNELS_CUDA),
      List.of(Library.JMH, Library.DJL, Library.ONNX_RUNTIME));

  /** Everything in the modules' main code, as compiled. */
  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.wardlock");

  private final String root;
  private final List<ProjectModule> uses;
  private final List<String> libraries;

  ProjectModule(String root, List<ProjectModule> uses, List<String> libraries) {
    this.root = root;
    this.uses = uses;
    this.libraries = libraries;
  }

  /** The module's packages, as ArchUnit writes them. */
  String packages() {
    return root + "..";
  }

  /**
   * Its own packages and those that it may depend on: of the JDK, of other modules, of libraries.
   */
  String[] permittedPackages() {
    // org.w3c.dom is the JDK's too: metadata of pictures are its trees.
    var permitted = new ArrayList<>(List.of("java..", "javax..", "jdk..", "org.w3c.dom.."));
    permitted.add(packages());
    uses.forEach(module -> permitted.add(module.packages()));
    permitted.addAll(libraries);
    return permitted.toArray(String[]::new);
  }

  /** The modules whose packages hold a class: one, if all is well. */
  static List<ProjectModule> owners(JavaClass type) {
    return Arrays.stream(values())
        .filter(module -> resideInAPackage(module.packages()).test(type))
        .toList();
  }

  /** The packages of all modules but some. */
  static String[] allPackagesBut(ProjectModule... exceptions) {
    List<ProjectModule> left = Arrays.asList(exceptions);
    return Arrays.stream(values())
        .filter(module -> !left.contains(module))
        .map(ProjectModule::packages)
        .toArray(String[]::new);
  }

  /** Packages of third parties, and of one JVM. */
  private static final class Library {
    static final String HOTSPOT = "com.sun.management";
    static final String DJL = "ai.djl..";
    static final String JACKSON = "com.fasterxml.jackson..";
    static final String JCUDA = "jcuda..";
    static final String JMH = "org.openjdk.jmh..";
    static final String JOCL = "org.jocl..";
    static final String ONNX_RUNTIME = "ai.onnxruntime..";
    static final String PICOCLI = "picocli..";
    static final String PROGRESS_BAR = "me.tongfei.progressbar..";

    private Library() {}
  }
}
