package org.wardlock.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lossy compression as a defence: its table, its classifiers, and what they are worth. */
@Command(
    name = "compress",
    description =
        "The JPEG defence: fits a quantisation table to a model, fine-tunes a classifier for each"
            + " level of compression, and measures what they withstand.",
    mixinStandardHelpOptions = true,
    subcommands = {
      CompressFitTableCommand.class,
      CompressTrainCommand.class,
      CompressEvaluateCommand.class
    })
final class CompressCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "fit-table, train or evaluate is missing");
  }
}
