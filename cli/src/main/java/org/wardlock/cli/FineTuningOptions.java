package org.wardlock.cli;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.wardlock.nn.LoraSettings;
import org.wardlock.nn.LoraTarget;
import org.wardlock.nn.NormStatistics;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.Part;
import picocli.CommandLine.Option;

/** What of given weights is trained, and what stays. */
final class FineTuningOptions {
  private static final String NO_PART = "none";
  private static final Set<Part> BESIDE_LORA = EnumSet.of(Part.PATCH_EMBED, Part.HEAD);

  @Option(
      names = "--train",
      paramLabel = "PART[,PART]",
      description =
          "Trains these alone: patch-embed, position, body, head; none with LoRA for its factors alone (all unless given; with LoRA patch-embed,head).")
  private Optional<String> trained;

  @Option(
      names = "--freeze",
      paramLabel = "PART[,PART]",
      description = "Trains all parts but these.")
  private Optional<String> frozen;

  @Option(
      names = "--lora-rank",
      paramLabel = "R",
      description = "Trains low-rank changes beside a transformer's linear layers.")
  private Optional<Integer> rank;

  @Option(
      names = "--lora-alpha",
      paramLabel = "A",
      description = "They are scaled by this over the rank (the rank unless given).")
  private Optional<Double> alpha;

  @Option(
      names = "--lora-dropout",
      paramLabel = "P",
      description = "Probability of dropout before them (0 unless given).")
  private Optional<Double> dropout;

  @Option(
      names = "--lora-targets",
      paramLabel = "T[,T]",
      description =
          "Layers that get them: qkv (queries and values), proj, fc1, fc2 (qkv unless given).")
  private Optional<String> targets;

  @Option(
      names = "--batch-norm",
      defaultValue = "refreshed",
      paramLabel = "refreshed|frozen",
      description =
          "Whether batch normalisation learns its statistics from these pictures (default: refreshed).")
  private String statistics;

  /** Also sets what the user left open to what is used, so that the run's config names it. */
  FineTuning parse() {
    return new FineTuning(parts(), lora(), NormStatistics.parse(statistics));
  }

  private Set<Part> parts() {
    if (trained.isPresent() && frozen.isPresent()) {
      throw new InputException("--train and --freeze: give one of them, the other follows");
    }
    if (frozen.isPresent()) {
      var parts = EnumSet.allOf(Part.class);
      parts.removeAll(Part.parse(frozen.get()));
      return parts;
    }
    if (trained.isEmpty() && rank.isPresent()) {
      trained = Optional.of(Part.text(BESIDE_LORA));
    }
    if (trained.isEmpty()) {
      return Part.ALL;
    }
    return trained.get().equals(NO_PART) ? Set.of() : Part.parse(trained.get());
  }

  private Optional<LoraSettings> lora() {
    if (rank.isEmpty()) {
      requireRank("--lora-alpha", alpha);
      requireRank("--lora-dropout", dropout);
      requireRank("--lora-targets", targets);
      return Optional.empty();
    }
    alpha = Optional.of(alpha.orElse((double) rank.get()));
    dropout = Optional.of(dropout.orElse(0.0));
    targets = Optional.of(targets.orElse(LoraTarget.QKV.toString()));
    return Optional.of(
        new LoraSettings(rank.get(), alpha.get(), dropout.get(), LoraTarget.parse(targets.get())));
  }

  private static void requireRank(String option, Optional<?> value) {
    if (value.isPresent()) {
      throw new InputException(
          "%s %s: belongs to LoRA; add --lora-rank".formatted(option, value.get()));
    }
  }
}
