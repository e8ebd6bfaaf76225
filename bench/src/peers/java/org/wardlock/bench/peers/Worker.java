package org.wardlock.bench.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The process of one engine: does what it is told line by line, and answers each line with one. The
 * driver is {@link WorkerProcess}.
 */
final class Worker {
  /** What answers begin with: libraries, too, may write to the standard output. */
  static final String ANSWER = "peers ";

  private final Engine engine;
  private final PrintStream out;
  private final List<Engine.Subject> subjects = new ArrayList<>();

  Worker(Engine engine, PrintStream out) {
    this.engine = engine;
    this.out = out;
  }

  void serve() throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split("\t", -1);
      String answer =
          switch (words[0]) {
            case "describe" -> engine.description();
            case "peak" -> Double.toString(engine.peak());
            case "variants" -> String.join("\t", engine.variants(Row.named(words[1])));
            case "open" -> open(Row.named(words[1]), words[2]);
            case "outcome" -> outcome(subject(words), words[2]);
            case "run" -> Double.toString(subject(words).run(Double.parseDouble(words[2])));
            case "memory" -> memory(Row.named(words[1]), words[2], Double.parseDouble(words[3]));
            case "close" -> close();
            default -> throw new IllegalArgumentException("command '" + line + "'");
          };
      out.println(ANSWER + answer);
      out.flush();
    }
  }

  private Engine.Subject subject(String[] words) {
    return subjects.get(Integer.parseInt(words[1]));
  }

  private String open(Row row, String variant) throws Exception {
    subjects.add(engine.open(row, variant));
    return Integer.toString(subjects.size() - 1);
  }

  private String memory(Row row, String variant, double seconds) throws Exception {
    if (row instanceof ModelRow model) {
      return Long.toString(engine.memory(model, variant, seconds));
    }
    throw new IllegalArgumentException(row.label() + ": memory is measured of models alone");
  }

  private String close() {
    subjects.reversed().forEach(Engine.Subject::close); // their scopes lie one in another
    subjects.clear();
    return "";
  }

  private static String outcome(Engine.Subject subject, String file) throws IOException {
    FloatFile.write(Path.of(file), subject.outcome());
    return "";
  }
}
