package org.wardlock.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.wardlock.attacks.extraction.Answers;
import org.wardlock.attacks.extraction.CopyTraining;
import org.wardlock.attacks.extraction.Disclosure;
import org.wardlock.attacks.extraction.Extraction;
import org.wardlock.attacks.extraction.QueryLimits;
import org.wardlock.attacks.extraction.QueryStrategy;
import org.wardlock.data.Augmentation;
import org.wardlock.nn.train.CheckpointInterval;
import picocli.CommandLine.Option;

/** How a thief asks and learns, and what the service lets him. */
final class ExtractOptions {
  /** Pictures that a copy is shown in training, unless told otherwise. */
  private static final int SHOWN = 100_000;

  private static final int FEWEST_EPOCHS = 10;
  private static final int MOST_EPOCHS = 100;

  @Option(
      names = "--budget",
      required = true,
      split = ",",
      paramLabel = "N",
      description = "Questions at most; several with commas between make a curve, a copy each.")
  private List<Integer> budgets;

  @Option(
      names = "--method",
      defaultValue = "copycat",
      paramLabel = "copycat|knockoff",
      description =
          "copycat learns from labels, equally many of each class; knockoff from what the service says, as it"
              + " is (default: copycat).")
  private String method;

  @Option(
      names = "--strategy",
      defaultValue = "random",
      paramLabel = "random|adaptive",
      description =
          "How pictures are chosen to ask about; adaptive goes by what earlier answers were worth"
              + " (default: random).")
  private String strategy;

  @Option(
      names = "--answers",
      paramLabel = "labels|probabilities",
      description =
          "What the service says (default: labels to copycat, probabilities to knockoff).")
  private Optional<String> answers;

  @Option(
      names = "--answer-classes",
      paramLabel = "N",
      description = "The service says probabilities of the N likeliest classes alone.")
  private Optional<Integer> answerClasses;

  @Option(
      names = "--answer-decimals",
      paramLabel = "N",
      description = "The service rounds probabilities to N decimals.")
  private Optional<Integer> answerDecimals;

  @Option(
      names = "--refuse-after",
      paramLabel = "N",
      description = "The service answers N questions and no more.")
  private Optional<Long> refuseAfter;

  @Option(
      names = "--queries-per-second",
      paramLabel = "X",
      description =
          "The service answers no faster; nobody waits, the time it would take is reported.")
  private Optional<Double> perSecond;

  @Option(
      names = "--fine-tune-share",
      defaultValue = "0.2",
      paramLabel = "X",
      description =
          "The part of each budget that goes into pictures of --fine-tune (default: 0.2).")
  private double fineTuneShare;

  @Option(
      names = "--augment",
      defaultValue = "none",
      paramLabel = "A[,A]",
      description =
          "What chance does to pictures that the copy is shown, as in train; the service sees them as they are"
              + " (default: none).")
  private String augment;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "How often each picture is shown to a copy (default: so often that about 100000 are shown in all, from 10"
              + " to 100 times).")
  private Optional<Integer> epochs;

  @Option(
      names = "--batch",
      defaultValue = "64",
      paramLabel = "N",
      description = "Pictures a step of training (default: 64).")
  private int batch;

  @Option(
      names = "--lr",
      defaultValue = "0.01",
      paramLabel = "X",
      description =
          "The largest learning rate of AdamW, one cycle; a tenth of it in fine-tuning (default: 0.01).")
  private double learningRate;

  @Option(
      names = "--weight-decay",
      defaultValue = "0.05",
      paramLabel = "X",
      description = "Weight decay (default: 0.05).")
  private double weightDecay;

  @Option(
      names = "--checkpoint-every",
      defaultValue = "10m",
      paramLabel = "N|Nm",
      description = "Steps or minutes between saved states of a training (default: 10m).")
  private String checkpoints;

  @Option(
      names = "--attacked",
      defaultValue = "200",
      paramLabel = "N",
      description =
          "Test pictures that are attacked by way of each copy, the first of a class-balanced, seeded order; 0 for"
              + " none (default: 200).")
  private int attacked;

  /** The budgets in ascending order, each once. */
  List<Integer> budgets() {
    for (int budget : budgets) {
      if (budget < 1) {
        throw new InputException("--budget %s: expected at least 1".formatted(budget));
      }
    }
    return budgets.stream().sorted().distinct().toList();
  }

  /** Whether equally many pictures of each class are learnt from. */
  boolean balances() {
    return switch (method) {
      case "copycat" -> true;
      case "knockoff" -> false;
      default -> throw new InputException("--method " + method + ": expected copycat or knockoff");
    };
  }

  String method() {
    return method;
  }

  QueryStrategy strategy() {
    return QueryStrategy.parse(strategy);
  }

  /** Also sets what the user left open to what is used, so that the run's config names it. */
  Disclosure disclosure() {
    answers = Optional.of(answers.orElse(balances() ? "labels" : "probabilities"));
    Answers told =
        switch (answers.get()) {
          case "labels" -> Answers.LABELS;
          case "probabilities" -> Answers.PROBABILITIES;
          default ->
              throw new InputException(
                  "--answers " + answers.get() + ": expected labels or probabilities");
        };
    if (balances() && told == Answers.PROBABILITIES) {
      throw new InputException(
          "--answers probabilities: copycat learns from labels alone; give --method knockoff");
    }
    return new Disclosure(told, number(answerClasses), number(answerDecimals));
  }

  private static OptionalInt number(Optional<Integer> value) {
    return value.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  /** How often the service answers, asked within the largest budget. */
  QueryLimits limits() {
    return new QueryLimits(
        budgets().getLast(),
        refuseAfter.map(OptionalLong::of).orElseGet(OptionalLong::empty),
        perSecond.map(OptionalDouble::of).orElseGet(OptionalDouble::empty));
  }

  /** How many questions of a budget are about pictures to fine-tune on. */
  int fineTuned(int budget) {
    if (!(fineTuneShare > 0 && fineTuneShare < 1)) {
      throw new InputException(
          "--fine-tune-share %s: expected more than 0 and less than 1".formatted(fineTuneShare));
    }
    return (int) (budget * fineTuneShare);
  }

  /** How a copy is trained that may ask so often. */
  CopyTraining training(int budget, int imageSize, long seed) {
    int usual = Math.clamp(Math.ceilDiv(SHOWN, budget), FEWEST_EPOCHS, MOST_EPOCHS);
    var recipe =
        new Extraction.Recipe(
            epochs.orElse(usual),
            batch,
            learningRate,
            weightDecay,
            Augmentation.parse(augment, imageSize));
    return new CopyTraining(recipe, seed, CheckpointInterval.parse(checkpoints));
  }

  /** How many test pictures are attacked. */
  int attacked() {
    if (attacked < 0) {
      throw new InputException("--attacked %s: expected 0 or more".formatted(attacked));
    }
    return attacked;
  }
}
