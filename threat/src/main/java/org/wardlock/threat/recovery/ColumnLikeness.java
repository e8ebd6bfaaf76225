package org.wardlock.threat.recovery;

import java.util.List;
import java.util.Objects;
import org.wardlock.attacks.Passes;

/**
 * Reads keys off how alike the columns of a patch embedding are, and takes the one that fits own
 * pictures best: the match leaves several equally likely ones, which a few pictures tell apart.
 *
 * @param match to another model, or to what is known of smooth filters
 * @param candidates of it that are judged, at most
 */
public record ColumnLikeness(GramMatch match, int candidates) implements KeySearch {
  /** Refuses to judge nothing. */
  public ColumnLikeness {
    Objects.requireNonNull(match);
    if (candidates < 1) {
      throw new IllegalArgumentException(
          "likeness of columns: found %d candidates; expected at least 1".formatted(candidates));
    }
  }

  @Override
  public String name() {
    return "column-likeness";
  }

  /** The match itself takes no passes. */
  @Override
  public Passes cost(KeyTables start, int pictures) {
    return new Passes((long) candidates * pictures, 0);
  }

  /** The match knows no start: the kind of key is its own. */
  @Override
  public KeyEstimate search(GuessJudge judge, KeyTables start) {
    Passes before = judge.passes();
    List<GramMatch.Candidate> likely = match.candidates(candidates);
    KeyTables best = likely.getFirst().tables();
    GuessScore bestScore = judge.score(best);
    for (GramMatch.Candidate other : likely.subList(1, likely.size())) {
      GuessScore score = judge.score(other.tables());
      if (Criterion.LOSS.prefers(score, bestScore)) {
        best = other.tables();
        bestScore = score;
      }
    }
    return new KeyEstimate(best, bestScore, judge.passesSince(before));
  }

  /** The settings; the tables of cosines are too many. */
  @Override
  public String toString() {
    return "ColumnLikeness[starts=%d, seed=%d, candidates=%d]"
        .formatted(match.starts(), match.seed(), candidates);
  }
}
