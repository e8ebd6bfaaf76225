package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardlock.attacks.diagnosis.Checkup;
import org.wardlock.attacks.diagnosis.Flag;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.RecordedRun;
import org.wardlock.attacks.evaluation.ShardMerge;
import org.wardlock.data.DataIdentity;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.model.RunConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shards of an attack become the run that they are parts of. */
@Command(
    name = "merge",
    description =
        "Puts the shards of an attack (attack --shard) together: the same records as from one run.",
    mixinStandardHelpOptions = true)
final class MergeCommand implements Callable<Integer> {
  private static final String SHARD = "--shard";
  private static final String OUT = "--out";

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "DIR",
      arity = "1..*",
      description = "Folders of all shards of a run, in any order.")
  private List<Path> folders;

  @Option(names = OUT, required = true, paramLabel = "DIR", description = "Folder of the whole.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    common.requireWritableAnswer();
    ShardMerge merge = ShardMerge.of(folders);
    List<RunConfig> configs = new ArrayList<>();
    List<Flag> flags = new ArrayList<>();
    for (RecordedRun shard : merge.shards()) {
      RunConfig config = RunConfig.read(shard.folder());
      configs.add(config);
      requireSameDevice(merge.shards().getFirst().folder(), configs.getFirst(), shard, config);
      addNew(flags, flagsOf(shard));
    }
    Path folder = RunFolder.prepare(out, false);
    whole(configs.getFirst(), merge).write(folder);
    AttackReport report = merge.writeTo(folder).report();
    addNew(flags, Checkup.after(report));
    AttackConsole.print(spec.commandLine().getOut(), report, flags);
    Answer answer = AttackAnswer.of(report, flags).put("threat", merge.identity().get("threat"));
    AttackAnswer.write(answer, folder, common.json());
    return 0;
  }

  private static void requireSameDevice(
      Path firstFolder, RunConfig first, RecordedRun shard, RunConfig config)
      throws FormatException {
    if (!first.device().equals(config.device())) {
      throw new FormatException(
          shard.folder(),
          "computed on %s, but %s on %s: another device gives other bits"
              .formatted(config.device(), firstFolder, first.device()));
    }
  }

  /** What the configuration of one run on all pictures would have been. */
  private RunConfig whole(RunConfig shard, ShardMerge merge) {
    var options = new LinkedHashMap<>(shard.options());
    options.remove(SHARD);
    options.put(OUT, out.toString());
    String digest = merge.identity().get("data");
    int count = merge.shards().stream().mapToInt(one -> one.pictures().size()).sum();
    Optional<RunConfig.Data> data =
        shard.data().map(part -> new RunConfig.Data(part.name(), new DataIdentity(count, digest)));
    return new RunConfig(
        shard.program(),
        shard.command(),
        options,
        shard.seed(),
        shard.device(),
        data,
        shard.model());
  }

  /** Flags are told by their names; what the first of them saw stands for all. */
  private static void addNew(List<Flag> flags, List<Flag> more) {
    for (Flag flag : more) {
      if (flags.stream().noneMatch(known -> known.name().equals(flag.name()))) {
        flags.add(flag);
      }
    }
  }

  /** The flags that were raised while a shard ran, saying that they are of a part. */
  private static List<Flag> flagsOf(RecordedRun shard) throws IOException {
    Path file = shard.folder().resolve(AttackAnswer.FILE);
    if (!Files.exists(file)) {
      throw new FormatException(
          shard.folder(), "no " + AttackAnswer.FILE + " in it; finish it with --resume");
    }
    var flags = new ArrayList<Flag>();
    for (JsonFile flag : JsonFile.read(file).objects("flags")) {
      String seen = "in shard %s: %s".formatted(shard.shard().orElseThrow(), flag.text("seen"));
      flags.add(new Flag(flag.text("name"), seen, flag.text("next")));
    }
    return flags;
  }
}
