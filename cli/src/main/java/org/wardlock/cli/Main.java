package org.wardlock.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The {@code wardlock} command: parses, composes, reports. Everything it does can be done by the
 * libraries beneath.
 */
@Command(
    name = "wardlock",
    description = "Trains, evaluates and attacks keyed image classifiers, in pure Java.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AttackCommand.class,
      BenchCommand.class,
      CompressCommand.class,
      DemoCommand.class,
      DifferentiatorsCommand.class,
      DoctorCommand.class,
      EncryptModelCommand.class,
      EnsembleCommand.class,
      EvaluateCommand.class,
      ExtractCommand.class,
      KeygenCommand.class,
      KeyCommand.class,
      MergeCommand.class,
      MimicCommand.class,
      MimicFingerprintCommand.class,
      PackCommand.class,
      ProliferateCommand.class,
      ReportCommand.class,
      ThreatCommand.class,
      TrainCommand.class
    })
public final class Main implements Runnable {
  private static final String DEBUG = "--debug";

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private Main() {}

  /**
   * Runs a command and exits with its status: 0 done, 1 the machine failed, 2 wrong input, 130
   * interrupted.
   */
  public static void main(String[] args) {
    // answers are UTF-8 whatever the locale, so that scripts read the same everywhere
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int status = run(out, err, args);
    Interruption.exit(status);
  }

  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine command = new CommandLine(new Main());
    showVersion(command);
    command.setOut(out);
    command.setErr(err);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setParameterExceptionHandler(Main::refuse);
    command.setExecutionExceptionHandler(Main::fail);
    try {
      return command.execute(args);
    } catch (Throwable e) {
      // picocli hands on exceptions alone: a heap that is too small arrives here
      return Failures.report(e, List.of(args).contains(DEBUG), err);
    } finally {
      Interruption.commandEnded();
    }
  }

  /** Every command has an option for it. */
  private static void showVersion(CommandLine command) {
    command.getCommandSpec().versionProvider(new Version());
    command.getSubcommands().values().forEach(Main::showVersion);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int refuse(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String line = e.getMessage().strip().replaceAll("\\s*\\R\\s*", "; ");
    command
        .getErr()
        .println(
            command.getCommandSpec().qualifiedName()
                + ": "
                + line
                + " ("
                + command.getCommandSpec().qualifiedName()
                + " --help lists what there is)");
    return Failures.INPUT;
  }

  private static int fail(Exception e, CommandLine command, ParseResult parsed) {
    // the option is the command's own, not the program's, whose result this is
    return Failures.report(e, parsed.originalArgs().contains(DEBUG), command.getErr());
  }
}
