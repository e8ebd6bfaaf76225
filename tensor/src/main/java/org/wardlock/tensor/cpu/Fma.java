package org.wardlock.tensor.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** The multiply-add of scalar kernels. */
public final class Fma {
  /**
   * Whether the hardware multiplies and adds with one rounding. Where it does not, {@link Math#fma}
   * computes by BigDecimal, a thousand times slower; then products are rounded too, and bits differ
   * from those of other machines.
   */
  public static final boolean IN_HARDWARE = flag("UseFMA");

  private Fma() {}

  /** {@code a * b + c}, rounded once where the hardware can. */
  public static float fma(float a, float b, float c) {
    return IN_HARDWARE ? Math.fma(a, b, c) : a * b + c;
  }

  private static boolean flag(String name) {
    try {
      var machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return machine == null || Boolean.parseBoolean(machine.getVMOption(name).getValue());
    } catch (IllegalArgumentException notHotSpot) {
      return true;
    }
  }
}
