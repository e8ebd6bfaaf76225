package org.wardlock.kernels.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wardlock.kernels.source.GpuBackend;
import org.wardlock.kernels.source.GpuKernel;
import org.wardlock.kernels.source.GpuProgram;
import org.wardlock.kernels.source.GpuRuntime;
import org.wardlock.kernels.source.KernelArguments;
import org.wardlock.kernels.source.testing.EveryKernel;
import org.wardlock.tensor.Device;

/**
 * Each kernel on Oclgrind, a device that watches every access: what PoCL, which runs the items of a
 * group one after another, cannot see. Surefire runs this class in a JVM of its own, where the
 * environment names Oclgrind as the only driver and the file that it complains to.
 */
@Tag("oclgrind")
class OclgrindTest {
  private static final Path LOG = Path.of(System.getProperty("wardlock.oclgrind.log", ""));

  private GpuRuntime runtime;
  private long read;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(
        Files.exists(Path.of(System.getenv("OCL_ICD_VENDORS"))),
        "no Oclgrind: install the package oclgrind");
    OpenClTestDevice.get();
    OpenClDevice device = OpenClDevice.all().getFirst();
    assertTrue(device.description().contains("Oclgrind"), device.description());
    runtime = new OpenClRuntime(Device.opencl(0), device);
    read = Files.size(LOG);
  }

  @AfterEach
  void close() {
    if (runtime != null) {
      runtime.close();
    }
  }

  private String complaints() throws IOException {
    runtime.synchronize();
    byte[] log = Files.readAllBytes(LOG);
    return new String(log, (int) read, log.length - (int) read);
  }

  @Test
  void noKernelRacesOrReachesOutside() throws IOException {
    var launched = new TreeSet<String>();
    EveryKernel.launch(new GpuBackend(noting(launched)));
    assertEquals(EveryKernel.names(), launched);
    assertEquals("", complaints());
  }

  /**
   * A kernel as if it took no local memory: Oclgrind counts that of the whole program, and what a
   * kernel takes is checked on other devices.
   */
  private record Unmeasured(GpuKernel kernel) implements GpuKernel {
    @Override
    public String name() {
      return kernel.name();
    }

    @Override
    public long localBytes() {
      return 0;
    }
  }

  /** The runtime, with notes of what is launched. */
  private GpuRuntime noting(Set<String> launched) {
    InvocationHandler handler =
        (_, method, arguments) -> {
          try {
            return switch (method.getName()) {
              case "build" -> {
                var program = (GpuProgram) method.invoke(runtime, arguments);
                yield (GpuProgram) name -> new Unmeasured(program.kernel(name));
              }
              case "launch" -> {
                var kernel = (Unmeasured) arguments[0];
                launched.add(kernel.name());
                arguments[0] = kernel.kernel();
                yield method.invoke(runtime, arguments);
              }
              default -> method.invoke(runtime, arguments);
            };
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return (GpuRuntime)
        Proxy.newProxyInstance(
            GpuRuntime.class.getClassLoader(), new Class<?>[] {GpuRuntime.class}, handler);
  }

  @Test
  void aBarrierThatIsMissingIsSeen() throws IOException {
    launch(
        """
        __kernel void planted() {
          __local int shared[64];
          int id = (int) get_local_id(0);
          shared[id] = id;
          shared[id] += shared[63 - id];
        }
        """);
    assertTrue(complaints().contains("data race"), "a race went by unseen");
  }

  @Test
  void anElementOutsideIsSeen() throws IOException {
    launch(
        """
        __kernel void planted() {
          __local volatile int shared[64];
          shared[get_local_id(0) + 1] = 1;
        }
        """);
    assertTrue(complaints().contains("Invalid write"), "a write outside went by unseen");
  }

  private void launch(String source) {
    GpuKernel kernel = runtime.build("planted", source).kernel("planted");
    runtime.launch(kernel, 1, 64, new KernelArguments());
  }
}
