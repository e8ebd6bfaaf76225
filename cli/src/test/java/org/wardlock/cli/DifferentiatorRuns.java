package org.wardlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A student and its differentiators, as the command trains them. */
abstract class DifferentiatorRuns {
  static final List<Object> PICTURES = List.of("--data", "shapes:16", "--limit", 20);

  @TempDir static Path shared;
  static Path student;
  static Path trained;
  static JsonNode answer;

  @TempDir Path folder;

  @BeforeAll
  static void train() throws IOException {
    student = Tiny.train(shared.resolve("student"), 4, "--lr", 0.03);
    trained = shared.resolve("trained");
    answer = CommandRun.answer(shared, words(trained));
  }

  static List<Object> words(Path out, Object... more) {
    return List.of(
        List.of("differentiators", "train", "--student", student, Tiny.DATA),
        List.of("--prune", "0.25,0.5", "--pairs", 1, "--out", out),
        List.of(more));
  }

  static List<Object> on(String command, Path sets, Object... more) {
    return List.of(
        List.of("differentiators", command, "--student", student, PICTURES),
        List.of("--differentiators", sets),
        List.of(more));
  }
}
