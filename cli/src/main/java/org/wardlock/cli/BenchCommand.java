package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardlock.nn.model.Architecture;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures throughput. */
@Command(
    name = "bench",
    description = "Measures the throughput of models beside the machine's measured peak.",
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  private static final Pattern MODEL = Pattern.compile("([^@:]+)(?:@(\\d{1,4}))?(?::(\\d{1,5}))?");
  private static final int DEFAULT_BATCH = 8;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--models",
      split = ",",
      paramLabel = "M[@SIZE][:BATCH]",
      defaultValue = "convmixer-256-8-k5-p2@32:32,vit_tiny_patch16_224:8",
      description = "Which models, at which picture size and batch (default: ${DEFAULT-VALUE}).")
  private List<String> models;

  @Option(
      names = "--modes",
      split = ",",
      paramLabel = "MODE",
      defaultValue = "forward,train,input-gradient",
      description = "forward, train (AdamW), input-gradient (default: all).")
  private List<String> modes;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      paramLabel = "N",
      description = "How long each row is measured (default: 5).")
  private double seconds;

  @Override
  public Integer call() throws IOException {
    if (!(seconds > 0)) {
      throw new InputException("--seconds " + seconds + ": must be positive");
    }
    List<BenchMode> chosen = modes.stream().map(BenchMode::parse).toList();
    List<Subject> subjects = models.stream().map(BenchCommand::parse).toList();
    Device device = common.prepareDevice();
    PrintWriter out = spec.commandLine().getOut();
    double peak = MachinePeak.gigaflops(device);
    if (peak > 0) {
      out.printf(Locale.ROOT, "measured peak %.0f GFLOP/s%n", peak);
    }
    out.printf(
        "%-32s %-15s %6s %12s %10s %8s%n",
        "model", "mode", "batch", "images/s", "GFLOP/s", "of peak");
    var rows = new ArrayList<Object>();
    for (Subject subject : subjects) {
      for (BenchMode mode : chosen) {
        double imagesPerSecond =
            mode.measure(subject.architecture(), device, subject.batch(), seconds, common.seed());
        double gigaflops = imagesPerSecond * mode.flops(subject.architecture()) / 1e9;
        String share =
            peak > 0 ? String.format(Locale.ROOT, "%.0f %%", 100 * gigaflops / peak) : "";
        out.printf(
            Locale.ROOT,
            "%-32s %-15s %6d %12.1f %10.1f %8s%n",
            subject.label(),
            mode.text(),
            subject.batch(),
            imagesPerSecond,
            gigaflops,
            share);
        out.flush();
        Answer row =
            new Answer()
                .put("model", subject.label())
                .put("mode", mode.text())
                .put("batch", subject.batch())
                .put("images_per_second", imagesPerSecond)
                .put("gflops", gigaflops);
        if (peak > 0) {
          row.put("of_peak", gigaflops / peak);
        }
        rows.add(row.values());
      }
    }
    new Answer()
        .put("device", device.toString())
        .put("peak_gflops", peak)
        .put("rows", rows)
        .writeTo(common.json());
    return 0;
  }

  static Subject parse(String text) {
    Matcher matcher = MODEL.matcher(text.strip());
    if (!matcher.matches()) {
      throw new InputException("--models " + text + ": expected NAME[@SIZE][:BATCH]");
    }
    Architecture architecture = Architecture.named(matcher.group(1));
    if (matcher.group(2) != null) {
      architecture = architecture.withImageSize(Integer.parseInt(matcher.group(2)));
    }
    int batch = matcher.group(3) == null ? DEFAULT_BATCH : Integer.parseInt(matcher.group(3));
    if (batch < 1) {
      throw new InputException("--models " + text + ": batch must be at least 1");
    }
    return new Subject(architecture, batch);
  }

  /** What is measured. */
  record Subject(Architecture architecture, int batch) {
    String label() {
      return architecture.name() + "@" + architecture.imageSize();
    }
  }
}
