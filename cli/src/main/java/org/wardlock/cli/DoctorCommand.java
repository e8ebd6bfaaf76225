package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardlock.tensor.Backends;
import org.wardlock.tensor.CpuStatus;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.spi.BackendProvider;
import org.wardlock.tensor.spi.BackendProvider.Availability.Available;
import org.wardlock.tensor.spi.BackendProvider.Availability.Unavailable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What this machine offers, and why not more. */
@Command(
    name = "doctor",
    description = "Shows what this machine offers, and why not more.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final double GIB = 1 << 30;
  private static final List<String> GPU_KINDS = List.of("cuda", "opencl");

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    common.prepareDevice();
    PrintWriter out = spec.commandLine().getOut();
    Runtime runtime = Runtime.getRuntime();
    CpuStatus cpu = CpuStatus.current();
    out.println("wardlock  " + Version.current());
    out.println(
        "java      "
            + System.getProperty("java.vm.name")
            + " "
            + Runtime.version()
            + " on "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch"));
    out.printf(
        Locale.ROOT,
        "cpu       %s kernels, vectors of %d floats, %d threads%n",
        cpu.kernels(),
        cpu.lanes(),
        cpu.threads());
    cpu.refusal().ifPresent(reason -> out.println("          " + reason));
    out.printf(Locale.ROOT, "memory    heap up to %.1f GiB%n", runtime.maxMemory() / GIB);
    var devices = new ArrayList<Map<String, Object>>();
    for (BackendProvider provider : Backends.providers()) {
      devices.addAll(describe(provider, out));
    }
    for (String kind : GPU_KINDS) {
      if (Backends.providers().stream().noneMatch(provider -> provider.kind().equals(kind))) {
        String reason = "this installation has no module for it";
        out.println("device    " + kind + ": not available: " + reason);
        devices.add(Map.of("device", kind, "available", false, "reason", reason));
      }
    }
    var cpuAnswer = new LinkedHashMap<String, Object>();
    cpuAnswer.put("kernels", cpu.kernels());
    cpuAnswer.put("lanes", cpu.lanes());
    cpuAnswer.put("threads", cpu.threads());
    cpu.refusal().ifPresent(reason -> cpuAnswer.put("reason", reason));
    new Answer()
        .put("version", Version.current())
        .put("java", Runtime.version().toString())
        .put("cpu", cpuAnswer)
        .put("heap_bytes", runtime.maxMemory())
        .put("devices", devices)
        .writeTo(common.json());
    return 0;
  }

  private static List<Map<String, Object>> describe(BackendProvider provider, PrintWriter out) {
    var rows = new ArrayList<Map<String, Object>>();
    switch (provider.availability()) {
      case Available(List<String> devices) -> {
        for (int i = 0; i < devices.size(); i++) {
          Device device = new Device(provider.kind(), i);
          out.println("device    " + device + ": " + devices.get(i));
          rows.add(
              Map.of(
                  "device", device.toString(), "available", true, "description", devices.get(i)));
        }
      }
      case Unavailable(String reason) -> {
        out.println("device    " + provider.kind() + ": not available: " + reason);
        rows.add(Map.of("device", provider.kind(), "available", false, "reason", reason));
      }
    }
    return rows;
  }
}
