package org.wardlock.threat.recovery;

import java.util.List;
import org.wardlock.attacks.Passes;

/**
 * Several searches from one start, of which the guess with the smallest loss counts: a way out of
 * local minima.
 *
 * @param searches at least one
 */
public record BestOf(List<KeySearch> searches) implements KeySearch {
  /** Keeps a copy of the list. */
  public BestOf {
    searches = List.copyOf(searches);
    if (searches.isEmpty()) {
      throw new IllegalArgumentException("best of searches: found none; expected at least one");
    }
  }

  @Override
  public String name() {
    return "best-of-" + searches.size() + "-" + searches.getFirst().name();
  }

  @Override
  public Passes cost(KeyTables start, int pictures) {
    return searches.stream().map(s -> s.cost(start, pictures)).reduce(Passes.NONE, Passes::plus);
  }

  @Override
  public KeyEstimate search(GuessJudge judge, KeyTables start) {
    Passes before = judge.passes();
    KeyEstimate best = searches.getFirst().search(judge, start);
    for (KeySearch search : searches.subList(1, searches.size())) {
      KeyEstimate other = search.search(judge, start);
      if (Criterion.LOSS.prefers(other.score(), best.score())) {
        best = other;
      }
    }
    return new KeyEstimate(best.tables(), best.score(), judge.passesSince(before));
  }
}
