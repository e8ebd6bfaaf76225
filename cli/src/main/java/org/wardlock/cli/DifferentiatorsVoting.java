package org.wardlock.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.wardlock.defense.differentiators.Validation;
import org.wardlock.defense.differentiators.Vote;
import picocli.CommandLine.Option;

/** How differentiators validate: a row for each number of them with each vote. */
final class DifferentiatorsVoting {
  @Option(
      names = "--validate",
      defaultValue = "5",
      split = ",",
      paramLabel = "N",
      description =
          "How many differentiators look at a picture; several with commas between (default:"
              + " ${DEFAULT-VALUE}).")
  private List<Integer> asked;

  @Option(
      names = "--vote",
      defaultValue = "all",
      split = ",",
      paramLabel = "all|majority",
      description = "How many of them must agree; both with a comma between (default: all).")
  private List<String> votes;

  /** Each number of differentiators with each vote. */
  List<Validation> parse() {
    var validations = new ArrayList<Validation>();
    for (int number : asked) {
      if (number < 1) {
        throw new InputException("--validate %s: expected at least 1".formatted(number));
      }
      votes.forEach(vote -> validations.add(new Validation(number, Vote.parse(vote))));
    }
    return validations;
  }

  /** Asks as many as any of them asks, so that one look serves all. */
  static Validation widest(List<Validation> validations) {
    return new Validation(
        Collections.max(validations.stream().map(Validation::asked).toList()), Vote.ALL);
  }
}
