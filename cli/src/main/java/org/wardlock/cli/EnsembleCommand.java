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
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.StoredModel;
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
      description =
          "Folders of keyed models of one architecture, or of adapters to --model; what all share is stored once.")
  private List<Path> members;

  @Option(
      names = "--model",
      paramLabel = "M",
      description = "What the adapters among the members were made from: a run folder, or a name.")
  private Optional<String> base;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = "The weights of --model, if that is a name.")
  private Optional<Path> weights;

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
    requireUseOfBase();
    var models = new ArrayList<StoredModel>();
    try {
      for (Path member : members) {
        models.add(open(member));
      }
      report(models, RunFolder.make(out, folder -> write(folder, models, voting, device)));
    } finally {
      models.forEach(StoredModel::close);
    }
    return 0;
  }

  private void requireUseOfBase() {
    if (weights.isPresent() && base.isEmpty()) {
      throw new InputException("--weights %s: belongs to --model".formatted(weights.get()));
    }
    if (base.isPresent() && members.stream().noneMatch(Adapter::isAloneIn)) {
      throw new InputException(
          "--model %s: is for adapters, and no member is one".formatted(base.get()));
    }
  }

  private StoredModel open(Path member) throws IOException {
    if (!Adapter.isAloneIn(member)) {
      return ModelFolder.open(member).stored();
    }
    Adapter changes = Adapter.open(member);
    String model =
        base.orElseThrow(
            () ->
                new InputException(
                    "--members %s: an adapter; name the model it was made from by --model and --weights"
                        .formatted(member)));
    return changes.stored(
        ModelOptions.of("--model", model, "--weights", weights, "--data")
            .base(changes, "--members"));
  }

  private double write(Path folder, List<StoredModel> models, Voting voting, Device device)
      throws IOException {
    double shared = EnsembleFolder.write(folder, models, voting);
    ModelConfig first = models.getFirst().config();
    var config = new ModelConfig(first.architecture(), first.classNames(), Optional.empty());
    RunConfigs.of(spec, common, "ensemble", device).withModel(config).build().write(folder);
    return shared;
  }

  private void report(List<StoredModel> models, double shared) throws IOException {
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
  }
}
