package org.wardlock.threat.recovery;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyTransform;
import org.wardlock.defense.TransformKind;
import org.wardlock.threat.MappedClassifier;

/**
 * Tries the seeds of a published derivation by the model's loss on a few labelled pictures: needs
 * no public model, works for every transform, and costs a pass a picture and seed. The cost of a
 * seed is its mean cross-entropy.
 *
 * <p>With ffx the password counts, too; it is tried from a list, all of it with each seed. The
 * official code's is {@code password}. What a seed gives there is the mask alone; the code for
 * pixels follows from the password, and one that is in no list is out of reach.
 *
 * @param spec of a published derivation
 * @param passwords for ffx; ignored without it
 * @param enough a loss at which to stop; 0 tries all
 */
public record SeedByLoss(KeySpec spec, List<String> passwords, double enough) {
  /**
   * Keeps a copy of the list.
   *
   * @throws IllegalArgumentException if the derivation is no published one, or there is no password
   *     for ffx
   */
  public SeedByLoss {
    passwords = List.copyOf(passwords);
    if (spec.derivation().isSecure()) {
      throw new IllegalArgumentException(
          "seed search: found derivation secure; expected a published one: 256 random bits have no seed");
    }
    if (spec.transforms().contains(TransformKind.FFX) && passwords.isEmpty()) {
      throw new IllegalArgumentException(
          "seed search: found ffx and no password to try; expected at least one");
    }
  }

  /**
   * Tries more seeds.
   *
   * @param judge with few pictures
   * @param progress where to go on
   * @param count the most seeds to try
   */
  public SeedProgress advance(GuessJudge judge, SeedProgress progress, long count) {
    SeedProgress now = progress;
    long end = Math.min(PlausibleSeeds.count(), progress.next() + count);
    while (now.next() < end && !now.isDone()) {
      long seed = PlausibleSeeds.at(now.next());
      double cost = cost(judge, seed);
      now =
          cost < now.cost()
              ? new SeedProgress(now.next() + 1, OptionalLong.of(seed), cost, cost <= enough)
              : new SeedProgress(now.next() + 1, now.best(), now.cost(), now.certain());
    }
    return now;
  }

  private double cost(GuessJudge judge, long seed) {
    return keys(seed).stream().mapToDouble(key -> loss(judge, key)).min().orElseThrow();
  }

  /** The key of a seed, with each password where the transform takes one. */
  private List<Key> keys(long seed) {
    return spec.transforms().contains(TransformKind.FFX)
        ? passwords.stream()
            .map(password -> Key.published(spec, seed, password.toCharArray()))
            .toList()
        : List.of(Key.published(spec, seed));
  }

  private static double loss(GuessJudge judge, Key guess) {
    try (Key key = guess;
        KeyTransform transform =
            KeyTransform.of(key, judge.model().imageShape(), judge.model().device())) {
      return judge.score(new MappedClassifier(judge.model(), transform)).loss();
    }
  }

  /** The password that goes best with a seed; empty without ffx. */
  public Optional<String> password(GuessJudge judge, long seed) {
    List<Key> keys = keys(seed);
    if (!spec.transforms().contains(TransformKind.FFX)) {
      return Optional.empty();
    }
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < keys.size(); i++) {
      double loss = loss(judge, keys.get(i));
      if (loss < least) {
        least = loss;
        best = i;
      }
    }
    return Optional.of(passwords.get(best));
  }

  /** The settings; passwords are not shown. */
  @Override
  public String toString() {
    return "SeedByLoss[%s, %d passwords, enough=%s]"
        .formatted(spec.canonical(), passwords.size(), enough);
  }
}
