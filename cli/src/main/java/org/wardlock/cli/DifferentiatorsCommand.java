package org.wardlock.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Small classifiers beside a student that validate what it says. */
@Command(
    name = "differentiators",
    description =
        "Defends a student of a public teacher: small pruned networks beside it reject pictures that"
            + " only look to the teacher like what the student names.",
    mixinStandardHelpOptions = true,
    subcommands = {
      DifferentiatorsTrainCommand.class,
      DifferentiatorsEvaluateCommand.class,
      DifferentiatorsAttackCommand.class,
      DifferentiatorsMimicCommand.class
    })
final class DifferentiatorsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "train, evaluate, attack or mimic is missing");
  }
}
