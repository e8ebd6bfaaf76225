package org.wardlock.threat.recovery;

import java.util.List;
import java.util.stream.Collectors;
import org.wardlock.attacks.Passes;

/**
 * Searches one after the other, each from the guess of the one before: a relaxation, then a polish.
 *
 * @param stages at least one
 */
public record SearchChain(List<KeySearch> stages) implements KeySearch {
  /** Keeps a copy of the list. */
  public SearchChain {
    stages = List.copyOf(stages);
    if (stages.isEmpty()) {
      throw new IllegalArgumentException("search chain: found no stage; expected at least one");
    }
  }

  /** These searches, in this order. */
  public static SearchChain of(KeySearch... stages) {
    return new SearchChain(List.of(stages));
  }

  @Override
  public String name() {
    return stages.stream().map(KeySearch::name).collect(Collectors.joining("+"));
  }

  @Override
  public Passes cost(KeyTables start, int pictures) {
    return stages.stream().map(s -> s.cost(start, pictures)).reduce(Passes.NONE, Passes::plus);
  }

  @Override
  public KeyEstimate search(GuessJudge judge, KeyTables start) {
    Passes before = judge.passes();
    KeyEstimate estimate = stages.getFirst().search(judge, start);
    for (KeySearch next : stages.subList(1, stages.size())) {
      estimate = next.search(judge, estimate.tables());
    }
    return new KeyEstimate(estimate.tables(), estimate.score(), judge.passesSince(before));
  }
}
