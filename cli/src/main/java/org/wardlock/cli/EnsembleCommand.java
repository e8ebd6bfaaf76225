package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardlock.defense.EnsembleFolder;
import org.wardlock.defense.Voting;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts keyed models together into one whose answers chance decides; needs none of their keys. */
@Command(
    name = "ensemble",
    description = "Puts keyed models together; chance chooses which of them look at a picture.",
    mixinStandardHelpOptions = true)
final class EnsembleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--members",
      required = true,
      split = ",",
      paramLabel = "DIR",
      description = "Folders of keyed models of one architecture; what all share is stored once.")
  private List<Path> members;

  @Option(
      names = "--ask",
      defaultValue = "1",
      paramLabel = "S",
      description = "How many members look at a picture (default: ${DEFAULT-VALUE}).")
  private int asked;

  @Option(
      names = "--vote",
      defaultValue = "mean",
      paramLabel = "mean|majority",
      description = "How several answers become one (default: ${DEFAULT-VALUE}).")
  private Voting.Rule rule;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the ensemble goes: a folder that is not there yet, or empty.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    Device device = common.prepareDevice();
    var voting = new Voting(asked, rule);
    if (asked > members.size()) {
      throw new InputException(
          "--ask %s: there are %s members; expected no more".formatted(asked, members.size()));
    }
    var models = new ArrayList<ModelFolder>();
    for (Path member : members) {
      models.add(ModelFolder.open(member));
    }
    RunFolder.prepare(out, false);
    double shared = EnsembleFolder.write(out, models, voting);
    ModelConfig first = models.getFirst().config();
    var config = new ModelConfig(first.architecture(), first.classNames(), Optional.empty());
    RunConfigs.of(spec, common, "ensemble", device).withModel(config).build().write(out);
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT,
        "%d members in %s share %.2f %% of their numbers; %d of them look at each picture%n",
        models.size(),
        out,
        100 * shared,
        asked);
    if (shared == 0) {
      spec.commandLine().getErr().println("warning: the members have nothing in common");
    }
    new Answer()
        .put("members", models.stream().map(model -> model.config().keyId().orElseThrow()).toList())
        .put("asked", asked)
        .put("vote", rule.name().toLowerCase(Locale.ROOT))
        .put("shared", shared)
        .writeTo(common.json());
    return 0;
  }
}
