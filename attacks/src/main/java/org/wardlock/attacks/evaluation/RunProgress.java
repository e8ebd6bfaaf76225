package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.wardlock.attacks.Passes;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.FormatException;

/**
 * How far a run is: {@code progress.csv}, one line an attack.
 *
 * @param pictures done
 * @param work of each attack on them; empty before the first batch
 */
record RunProgress(int pictures, List<AttackWork> work) {
  private static final String HEADER = "pictures,forward,backward,seconds";
  private static final int FIELDS = 4;

  static RunProgress read(Path file) throws IOException {
    List<String> lines = TextFile.lines(file);
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw new FormatException(file, "does not start with the line '" + HEADER + "'");
    }
    int pictures = 0;
    List<AttackWork> work = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      try {
        if (fields.length != FIELDS) {
          throw new NumberFormatException(fields.length + " fields");
        }
        pictures = Integer.parseUnsignedInt(fields[0]);
        work.add(
            new AttackWork(
                new Passes(Long.parseLong(fields[1]), Long.parseLong(fields[2])),
                Double.parseDouble(fields[3])));
      } catch (NumberFormatException e) {
        throw new FormatException(file, "line '" + line + "', expected " + HEADER, e);
      }
    }
    return new RunProgress(pictures, work);
  }

  void write(Path file) throws IOException {
    DurableFiles.replace(
        file,
        work.stream()
            .map(
                one ->
                    "%s,%s,%s,%s\n"
                        .formatted(
                            pictures,
                            one.passes().forward(),
                            one.passes().backward(),
                            one.seconds()))
            .collect(Collectors.joining("", HEADER + "\n", "")));
  }
}
