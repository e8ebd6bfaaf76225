/** Tensors, automatic differentiation, the backend interface and the CPU backend. */
module org.wardlock.tensor {
  // Plain, not static: so the Vector API is there on the module path without a flag.
  requires jdk.incubator.vector;
  requires jdk.management;

  exports org.wardlock.tensor;
  exports org.wardlock.tensor.spi;

  uses org.wardlock.tensor.spi.BackendProvider;

  provides org.wardlock.tensor.spi.BackendProvider with
      org.wardlock.tensor.cpu.CpuBackendProvider;
}
