package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.wardlock.data.Split;
import org.wardlock.data.packed.PackPlan;
import org.wardlock.data.packed.PackedSplit;
import org.wardlock.data.packed.Packer;
import org.wardlock.data.packed.SkippedPicture;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.tensor.CpuStatus;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes resized pictures into files that training and evaluation map into memory. */
@Command(
    name = "pack",
    description =
        "Makes a cache of resized pictures, read as packed:DIR; a killed run goes on with --resume.",
    mixinStandardHelpOptions = true)
final class PackCommand implements Callable<Integer> {
  /** Neither decides what is packed. */
  private static final Set<String> FREE_ON_RESUMPTION = Set.of("--device", "--seed");

  /** So many of the pictures that are skipped are printed. */
  private static final int SHOWN = 20;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "D",
      description =
          "cifar10:DIR, cifar100:DIR, imagenet:DIR, folder:DIR, mnist:DIR, packed:DIR or shapes[:SIZE].")
  private String data;

  @Option(
      names = "--split",
      split = ",",
      paramLabel = "train|val|test",
      description = "Which parts, with commas between (default: ${DEFAULT-VALUE}).",
      defaultValue = "train,val")
  private List<String> splits;

  @Option(
      names = "--size",
      required = true,
      paramLabel = "S",
      description =
          "Height and width in pixels: the shorter side is resized to it, the middle cut out.")
  private int size;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "The cache's folder.")
  private Path out;

  @Option(
      names = "--resume",
      description = "Goes on with the cache in --out; checks what is finished.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    Device device = common.prepareDevice();
    Map<Split, PackPlan> plans = plans();
    RunConfig config =
        RunConfigs.of(spec, common, "pack", device)
            .withData(data, plans.values().iterator().next().dataset())
            .build();
    Path folder = RunFolder.prepare(out, resume);
    requireSpace(folder, plans);
    RunFolder.settle(folder, config, resume, FREE_ON_RESUMPTION);
    Interruption.watch();
    var packed = new EnumMap<Split, PackedSplit>(Split.class);
    for (var plan : plans.entrySet()) {
      PackedSplit split = pack(folder, plan.getKey(), plan.getValue());
      packed.put(plan.getKey(), split);
      if (!split.complete()) {
        spec.commandLine().getOut().println("interrupted; go on with --resume");
        return Interruption.STATUS;
      }
    }
    print(packed);
    answer(packed).writeTo(common.json());
    return 0;
  }

  private Map<Split, PackPlan> plans() {
    DataSource source = DataSource.parse(data);
    var plans = new EnumMap<Split, PackPlan>(Split.class);
    for (String name : splits) {
      Split split = Split.parse(name.strip());
      if (!plans.containsKey(split)) {
        plans.put(split, PackPlan.of(source.open(split), size));
      }
    }
    return plans;
  }

  private PackedSplit pack(Path folder, Split split, PackPlan plan) throws IOException {
    var packer = new Packer(plan, folder, split, CpuStatus.current().threads());
    try (Progress progress = Progress.of("pack " + split.text(), plan.pictures())) {
      long[] done = {0};
      return packer.run(
          more -> {
            done[0] += more;
            progress.moveTo(done[0], "");
          },
          Interruption::isRequested);
    }
  }

  /** Pictures are not compressed, so their space is known; a full disk is better found now. */
  private static void requireSpace(Path folder, Map<Split, PackPlan> plans) throws IOException {
    long needed = plans.values().stream().mapToLong(PackPlan::bytes).sum() - bytesIn(folder);
    long free = Files.getFileStore(folder).getUsableSpace();
    if (needed > free) {
      throw new InputException(
          "--out %s: %d more bytes of pictures do not fit into the %d that are free; free space, lower --size or choose another folder"
              .formatted(folder, needed, free));
    }
  }

  private static long bytesIn(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private void print(Map<Split, PackedSplit> packed) {
    PrintWriter console = spec.commandLine().getOut();
    packed.forEach(
        (split, result) ->
            console.printf(
                Locale.ROOT,
                "%-5s %,d pictures of %d x %d, %,d bytes; %,d skipped%n",
                split.text(),
                result.pictures(),
                size,
                size,
                result.bytes(),
                result.skipped().size()));
    List<SkippedPicture> skipped =
        packed.values().stream().flatMap(result -> result.skipped().stream()).toList();
    skipped.stream()
        .limit(SHOWN)
        .forEach(picture -> console.println("skipped " + picture.name() + ": " + picture.reason()));
    if (skipped.size() > SHOWN) {
      console.println("and " + (skipped.size() - SHOWN) + " more, which --json lists");
    }
    console.println("read it as packed:" + out);
  }

  private Answer answer(Map<Split, PackedSplit> packed) {
    var parts = new Answer();
    var skipped = new ArrayList<Map<String, Object>>();
    packed.forEach(
        (split, result) -> {
          parts.put(
              split.text(),
              new Answer()
                  .put("pictures", result.pictures())
                  .put("bytes", result.bytes())
                  .values());
          result.skipped().forEach(picture -> skipped.add(describe(split, picture)));
        });
    return new Answer()
        .put("pictures", packed.values().stream().mapToInt(PackedSplit::pictures).sum())
        .put("bytes", packed.values().stream().mapToLong(PackedSplit::bytes).sum())
        .put("size", size)
        .put("splits", parts.values())
        .put("skipped", skipped);
  }

  private static Map<String, Object> describe(Split split, SkippedPicture picture) {
    return new Answer()
        .put("split", split.text())
        .put("id", picture.id())
        .put("name", picture.name())
        .put("reason", picture.reason())
        .values();
  }
}
