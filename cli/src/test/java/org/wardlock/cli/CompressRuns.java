package org.wardlock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A table, classifiers of several levels made with it, and what evaluation says of them. */
abstract class CompressRuns {
  static final List<Object> PICTURES = List.of("--data", "shapes:16");
  static final int COUNT = 8;

  @TempDir static Path shared;
  static Path base;
  static Path table;
  static JsonNode fitted;
  static Path classifiers;
  static JsonNode trained;
  static Path evaluated;
  static JsonNode answer;

  @TempDir Path folder;

  @BeforeAll
  static void compress() throws IOException {
    base = Tiny.train(shared.resolve("base"), 4, "--lr", 0.03);
    table = shared.resolve("table.json");
    fitted = CommandRun.answer(shared, fit(table, "--bytes-of-quality", 50, "--rule", "deviation"));
    classifiers = shared.resolve("classifiers");
    trained = CommandRun.answer(shared, train(classifiers));
    evaluated = shared.resolve("evaluated");
    answer = CommandRun.answer(shared, evaluate(evaluated, classifiers));
  }

  static List<Object> fit(Path out, Object... more) {
    return List.of(
        List.of("compress", "fit-table", "--model", base, PICTURES, "--limit", 20),
        List.of("--out", out),
        List.of(more));
  }

  static List<Object> train(Path out, Object... more) {
    return List.of(
        List.of("compress", "train", "--model", base, Tiny.DATA, Tiny.recipe(2), "--lr", 0.01),
        List.of("--checkpoint-every", 1, "--table", table, "--levels", "2,0.5,1"),
        List.of("--random-levels", 0.5, "--out", out),
        List.of(more));
  }

  static List<Object> evaluate(Path out, Path model, Object... more) {
    return List.of(
        List.of("compress", "evaluate", "--model", model, PICTURES, "--limit", COUNT),
        List.of("--clean-limit", 20, "--eps", "4/255", "--pgd-steps", 3, "--cw-steps", 2),
        List.of("--steps", 2, "--eot", 2, "--out", out),
        List.of(more));
  }
}
