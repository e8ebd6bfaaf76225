package org.wardlock.defense.differentiators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The two ways of covering all classes with differentiators. */
public enum Kind {
  /** A differentiator for each two classes. */
  PAIRWISE {
    @Override
    List<Distinction> distinctions(StudentSurvey survey, Optional<Integer> rivals) {
      var pairs = new LinkedHashSet<Distinction>();
      int most = rivals.orElse(survey.classes() - 1);
      for (int label = 0; label < survey.classes(); label++) {
        for (int rival : survey.rivals(label).subList(0, Math.min(most, survey.classes() - 1))) {
          pairs.add(Distinction.Pair.of(label, rival));
        }
      }
      return List.copyOf(pairs);
    }

    @Override
    Stream<Distinction> candidates(int named, IntStream runnersUp) {
      return runnersUp.mapToObj(other -> Distinction.Pair.of(named, other));
    }
  },

  /** A differentiator for each class, against all others. */
  ONE_VS_REST {
    @Override
    List<Distinction> distinctions(StudentSurvey survey, Optional<Integer> rivals) {
      var all = new ArrayList<Distinction>();
      for (int label = 0; label < survey.classes(); label++) {
        all.add(new Distinction.OneVsRest(label));
      }
      return all;
    }

    @Override
    Stream<Distinction> candidates(int named, IntStream runnersUp) {
      return IntStream.concat(IntStream.of(named), runnersUp).mapToObj(Distinction.OneVsRest::new);
    }
  };

  /**
   * What there is to tell apart.
   *
   * @param rivals of pairs, how many each class has at least: those it is taken for most easily;
   *     all unless given
   */
  abstract List<Distinction> distinctions(StudentSurvey survey, Optional<Integer> rivals);

  /**
   * Whom to ask about a picture, the most telling first.
   *
   * @param named the class that the student names
   * @param runnersUp the others, the student's favourites first
   */
  abstract Stream<Distinction> candidates(int named, IntStream runnersUp);

  /**
   * Reads {@code pairwise} or {@code one-vs-rest}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Kind parse(String text) {
    return Arrays.stream(values())
        .filter(kind -> kind.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "kind '%s': expected %s"
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(Kind::toString)
                                .collect(Collectors.joining(" or ")))));
  }

  /** The name as options and files spell it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
