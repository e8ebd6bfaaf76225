package org.wardlock.tensor.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * Whether the kernels of the Vector API can be used. Without C2 or without the instructions they
 * need they would still be right, but slower than plain loops by orders of magnitude.
 */
final class VectorSupport {
  /**
   * With the value {@code scalar} this system property selects the kernels without the Vector API;
   * with {@code vector} the others, if they can be used, compute from the first operation on.
   */
  static final String KERNELS_PROPERTY = "wardlock.kernels";

  private static final String MODULE = "jdk.incubator.vector";
  private static final int SMALLEST_VECTOR_BYTES = 16;

  private VectorSupport() {}

  /** Whether the user wants the Vector API at once, warm or not. */
  static boolean isAskedFor() {
    return "vector".equals(System.getProperty(KERNELS_PROPERTY));
  }

  /**
   * Why the Vector API cannot be used here and what to do about it, in one line; empty if it can.
   */
  static Optional<String> refusal() {
    if ("scalar".equals(System.getProperty(KERNELS_PROPERTY))) {
      return Optional.of("-D" + KERNELS_PROPERTY + "=scalar asks for them; leave it out");
    }
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return Optional.of(
          "module " + MODULE + " is missing; start java with --add-modules " + MODULE);
    }
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (machine == null) {
      return Optional.of("this JVM is not HotSpot; use an OpenJDK build");
    }
    return compilerRefusal(machine).or(() -> hardwareRefusal(machine));
  }

  private static Optional<String> compilerRefusal(HotSpotDiagnosticMXBean machine) {
    if (System.getProperty("java.vm.info", "").contains("interpreted")) {
      return Optional.of("the JVM only interprets; leave out -Xint");
    }
    if (!flag(machine, "TieredStopAtLevel", "4").equals("4")
        || System.getProperty("java.vm.info", "").contains("emulated-client")) {
      return Optional.of("the compiler C2 is off; leave out -XX:TieredStopAtLevel");
    }
    if (flag(machine, "UseJVMCICompiler", "false").equals("true")) {
      return Optional.of("the JVM compiles with JVMCI instead of C2; use -XX:-UseJVMCICompiler");
    }
    return Optional.empty();
  }

  private static Optional<String> hardwareRefusal(HotSpotDiagnosticMXBean machine) {
    if (flag(machine, "UseFMA", "true").equals("false")) {
      return Optional.of("the processor has no fused multiply-add, or -XX:-UseFMA is set");
    }
    int bytes = Integer.parseInt(flag(machine, "MaxVectorSize", "0"));
    if (bytes < SMALLEST_VECTOR_BYTES) {
      return Optional.of(
          "vectors have " + bytes + " bytes, needed are 16; leave out -XX:MaxVectorSize");
    }
    // Only x86 has this flag; AVX alone lacks vectors of integers.
    int avx = Integer.parseInt(flag(machine, "UseAVX", "2"));
    if (avx < 2) {
      return Optional.of("AVX2 is missing (UseAVX is " + avx + "); leave out -XX:UseAVX");
    }
    return Optional.empty();
  }

  private static String flag(HotSpotDiagnosticMXBean machine, String name, String otherwise) {
    try {
      return machine.getVMOption(name).getValue();
    } catch (IllegalArgumentException unknownHere) {
      return otherwise;
    }
  }
}
