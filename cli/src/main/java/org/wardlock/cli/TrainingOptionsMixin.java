package org.wardlock.cli;

import java.util.Optional;
import org.wardlock.nn.Precision;
import org.wardlock.nn.train.CheckpointInterval;
import org.wardlock.nn.train.Mixing;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.nn.train.TrainingOptions;
import org.wardlock.nn.train.TrainingOptions.ScheduleShape;
import picocli.CommandLine.Option;

/** How a network is trained. */
final class TrainingOptionsMixin {
  @Option(
      names = "--epochs",
      required = true,
      paramLabel = "N",
      description = "How often every picture is shown.")
  private int epochs;

  @Option(
      names = "--batch",
      defaultValue = "128",
      paramLabel = "N",
      description = "Pictures a step (default: 128).")
  private int batch;

  @Option(
      names = "--lr",
      defaultValue = "0.001",
      paramLabel = "X",
      description = "Learning rate; the largest of a schedule (default: 0.001).")
  private double learningRate;

  @Option(
      names = "--optimizer",
      defaultValue = "adamw",
      paramLabel = "adamw|sgd",
      description = "Optimiser (default: adamw).")
  private String optimizer;

  @Option(names = "--momentum", paramLabel = "X", description = "Momentum of sgd (default: 0.9).")
  private Optional<Double> momentum;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      description = "Weight decay (default: 0.05 with adamw, 0.0005 with sgd).")
  private Optional<Double> weightDecay;

  @Option(
      names = "--schedule",
      defaultValue = "cosine",
      paramLabel = "cosine|onecycle|constant",
      description = "Course of the learning rate (default: cosine).")
  private String schedule;

  @Option(
      names = "--warmup",
      defaultValue = "0",
      paramLabel = "N",
      description = "Steps over which the learning rate first rises (default: 0).")
  private long warmUp;

  @Option(
      names = "--clip",
      paramLabel = "X",
      description = "Largest norm of all gradients together.")
  private Optional<Double> clip;

  @Option(
      names = "--label-smoothing",
      defaultValue = "0",
      paramLabel = "X",
      description = "Probability spread over all classes (default: 0).")
  private double labelSmoothing;

  @Option(
      names = "--augment",
      defaultValue = "none",
      paramLabel = "A[,A]",
      description =
          "flip, crop, resized-crop, rand-augment[-N-M] (N operations of magnitude M, 2-9 unless given), erase[-P] (with probability P, 0.25 unless given), or none (default: none).")
  private String augment;

  @Option(
      names = "--mixup",
      defaultValue = "0",
      paramLabel = "ALPHA",
      description =
          "Adds pictures in shares drawn from Beta(ALPHA, ALPHA); 0 for not (default: 0).")
  private double mixup;

  @Option(
      names = "--cutmix",
      defaultValue = "0",
      paramLabel = "ALPHA",
      description = "Pastes a rectangle of one picture into another; 0 for not (default: 0).")
  private double cutmix;

  @Option(
      names = "--layer-decay",
      defaultValue = "1",
      paramLabel = "X",
      description =
          "What the learning rate is multiplied by from layer to layer towards the pixels (default: 1).")
  private double layerDecay;

  @Option(
      names = "--ema",
      paramLabel = "X",
      description = "Decay of a moving average of the weights, which is then stored.")
  private Optional<Double> averaging;

  @Option(
      names = "--precision",
      defaultValue = "f32",
      paramLabel = "f32|bf16",
      description = "Type of the forward pass (default: f32).")
  private String precision;

  @Option(
      names = "--checkpoint-every",
      defaultValue = "10m",
      paramLabel = "N|Nm",
      description = "Steps or minutes between saved states (default: 10m).")
  private String checkpoints;

  int batch() {
    return batch;
  }

  String augment() {
    return augment;
  }

  /** Also sets what the user left open to what is used, so that the run's config names it. */
  TrainingOptions parse() {
    TrainingOptions.Builder builder =
        TrainingOptions.builder()
            .epochs(epochs)
            .optimizer(settings())
            .learningRate(learningRate, ScheduleShape.parse(schedule))
            .warmUpSteps(warmUp)
            .labelSmoothing(labelSmoothing)
            .mixing(new Mixing(mixup, cutmix))
            .layerDecay(layerDecay)
            .precision(Precision.parse(precision));
    clip.ifPresent(builder::clipping);
    averaging.ifPresent(builder::averaging);
    builder.checkpoints(CheckpointInterval.parse(checkpoints));
    return builder.build();
  }

  private OptimizerSettings settings() {
    return switch (optimizer) {
      case "adamw" -> {
        if (momentum.isPresent()) {
          throw new InputException("--momentum belongs to --optimizer sgd");
        }
        double decay = weightDecay.orElse(0.05);
        weightDecay = Optional.of(decay);
        yield OptimizerSettings.Adam.decoupled(decay);
      }
      case "sgd" -> {
        double decay = weightDecay.orElse(5e-4);
        double inertia = momentum.orElse(0.9);
        weightDecay = Optional.of(decay);
        momentum = Optional.of(inertia);
        yield new OptimizerSettings.Sgd(inertia, false, decay);
      }
      default -> throw new InputException("--optimizer " + optimizer + ": expected adamw or sgd");
    };
  }
}
