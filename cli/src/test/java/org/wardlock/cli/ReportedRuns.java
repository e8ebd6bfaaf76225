package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One of each kind of run, small, for reports. */
final class ReportedRuns {
  private static final String GRID =
      """
      {"format": 1, "threat": "linf 8/255", "images": 500, "clean_accuracy": 0.764,
       "clean_accuracy_interval": [0.725, 0.799], "without_key": 0.012,
       "without_key_interval": [0.0055, 0.026], "without_key_missing": ["C", "G"],
       "with_key": 0.0, "with_key_interval": [0, 0.0076], "rows": [
        {"letter": "A", "attacker": "transfer", "knows": "a public plain model of the same task",
         "how": "pictures made on the plain base, shown to the service", "has_key": false,
         "robust_accuracy": 0.412, "robust_accuracy_interval": [0.37, 0.456], "queries": 1234567,
         "findings": {"key recovered": "14 of 16 positions, which is a long sentence to be shown"}},
        {"letter": "G", "attacker": "extraction", "knows": "the service's answers", "how": "Knockoff",
         "has_key": false, "not_run": "--pool is not given"},
        {"attacker": "key", "knows": "everything", "has_key": true, "robust_accuracy": 0.0,
         "interval": [0, 0.0076]}]}
      """;

  private static final String DEMO =
      """
      {"plain": {"clean": 0.992}, "keyed": {"clean": 0.994},
       "wrong_key": {"keys": 20, "mean": 0.12, "min": 0.1, "max": 0.2}, "threat": "linf 8/255",
       "attacks": [{"name": "PGD made on the plain model, shown to the keyed one", "images": 200,
        "clean_accuracy": 0.985, "robust_accuracy": 0.025, "max_norm": 0.03137}]}
      """;

  private ReportedRuns() {}

  /** Makes the runs in a folder; the first is a training, the second an attack with pictures. */
  static List<Path> in(Path folder) throws IOException {
    List<Path> places = new ArrayList<>();
    Path model = Tiny.train(folder.resolve("model"), 6, "--lr", 0.03);
    places.add(model);
    for (String eps : List.of("8/255", "2/255", "1/255")) {
      Path out = folder.resolve("pgd-" + eps.replace('/', '-'));
      attack(model, out, eps, "fgsm,pgd", "--steps", 3, "--keep-images");
      places.add(out);
    }
    Path smallest = folder.resolve("smallest");
    attack(model, smallest, "8/255", "deepfool", "--steps", 10);
    places.add(smallest);
    Path evaluation = folder.resolve("evaluation.json");
    CommandRun.of("evaluate", "--model", model, Tiny.DATA, "--json", evaluation).assertDone();
    places.add(evaluation);
    places.add(Files.writeString(folder.resolve("grid.json"), GRID));
    places.add(Files.writeString(folder.resolve("demo.json"), DEMO));
    places.add(mimicked(model, folder.resolve("mimicked")));
    return places;
  }

  /** Of a student that is its own teacher. */
  private static Path mimicked(Path model, Path out) {
    CommandRun.of(
            List.of(
                "mimic", "--teacher", model, "--student", model, "--cutoff", "block1", Tiny.DATA),
            List.of("--dssim", "0.003,0.1", "--pairs", 4, "--steps", 8, "--out", out))
        .assertDone();
    return out;
  }

  private static void attack(Path model, Path out, String eps, String attacks, Object... more) {
    CommandRun.of(
            List.of("attack", "--model", model, "--out", out, "--eps", eps, "--attack", attacks),
            List.of("--data", "shapes:16", "--split", "train", "--limit", 60),
            List.of(more))
        .assertDone();
  }
}
