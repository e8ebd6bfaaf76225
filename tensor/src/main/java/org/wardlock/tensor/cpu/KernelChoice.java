package org.wardlock.tensor.cpu;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Which kernels compute an operation. Until C2 has compiled a kernel of the Vector API, each of its
 * steps allocates, and it takes about a second to get there. So the kernels without it, which are
 * fast after a tenth of that, do what is short and whatever comes first: a process that classifies
 * one picture is done before the others would have warmed up. Both kinds give the same bits.
 */
final class KernelChoice {
  /** What an element costs the kernels without the Vector API, in multiply-adds of products. */
  private static final long ELEMENT = 32;

  private final CpuKernels kernels;
  private final CpuKernels early = CpuKernels.scalar("the work is short, or among the first");
  private final int shortBelow;
  private final AtomicLong earlyLeft;

  /** A choice between {@code kernels} and those without the Vector API. */
  KernelChoice(CpuKernels kernels, CpuSettings settings) {
    this.kernels = kernels;
    shortBelow = settings.shortBelow();
    earlyLeft = new AtomicLong(settings.earlyWork());
  }

  /** The kernels for work on so many elements, one by one or in rows. */
  CpuKernels forElements(long count) {
    return count < shortBelow ? early : forProducts(ELEMENT * count);
  }

  /** The kernels for a product, convolution or attention of so many multiply-adds. */
  CpuKernels forProducts(long multiplyAdds) {
    if (earlyLeft.get() <= 0) {
      return kernels;
    }
    earlyLeft.addAndGet(-multiplyAdds);
    return early;
  }
}
