package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardlock.cli.report.ReportPage;
import org.wardlock.cli.report.Run;
import org.wardlock.cli.report.RunReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One page about runs. */
@Command(
    name = "report",
    description =
        "Writes one HTML page about runs: tables, curves, pictures and where everything comes from.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "DIR",
      arity = "1..*",
      description =
          "Folders of train, attack, merge, threat, mimic, demo and other commands, and files that evaluate"
              + " --json wrote.")
  private List<Path> places;

  @Option(
      names = "--out",
      defaultValue = "report.html",
      paramLabel = "FILE",
      description = "The page (default: report.html).")
  private Path out;

  @Override
  public Integer call() throws IOException {
    common.requireWritableAnswer();
    OutputFile.requireWritable("--out", out);
    if (Files.exists(out)) {
      throw new InputException("--out " + out + ": exists; choose another name or delete it");
    }
    List<Run> runs = RunReader.read(places);
    String page =
        new ReportPage(runs, new AttackedPictures()).html("wardlock " + Version.current());
    OutputFile.write(out, page);
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "report of %d run%s in %s%n",
            runs.size(),
            runs.size() == 1 ? "" : "s",
            out);
    new Answer()
        .put("page", out.toString())
        .put("runs", runs.stream().map(ReportCommand::toJson).toList())
        .writeTo(common.json());
    return 0;
  }

  private static Map<String, Object> toJson(Run run) {
    return new Answer().put("place", run.place().toString()).put("kind", run.kind()).values();
  }
}
