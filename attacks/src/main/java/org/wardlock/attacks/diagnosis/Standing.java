package org.wardlock.attacks.diagnosis;

import java.util.stream.IntStream;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.WorstCase;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;

/** Which pictures of a sample still stand after attacks. */
final class Standing {
  private Standing() {}

  /** Whether each picture is answered as before, whatever the attacks, one after the other, did. */
  static boolean[] after(
      Classifier classifier, Pictures pictures, Threat threat, long seed, Attack... attacks) {
    try (Scope _ = Scope.open("standing")) {
      WorstCase worstCase = new WorstCase(classifier, pictures, threat);
      for (Attack attack : attacks) {
        worstCase.apply(attack, seed);
      }
      boolean[] standing = new boolean[pictures.count()];
      for (int row = 0; row < standing.length; row++) {
        PictureOutcome outcome = worstCase.result().pictures().get(row);
        standing[row] = !pictures.isReached(row, outcome.prediction());
      }
      return standing;
    }
  }

  /** How many of one that are none of the other. */
  static int more(boolean[] one, boolean[] other) {
    return (int) IntStream.range(0, one.length).filter(i -> one[i] && !other[i]).count();
  }

  static int count(boolean... standing) {
    return more(standing, new boolean[standing.length]);
  }

  static int[] rows(boolean... standing) {
    return IntStream.range(0, standing.length).filter(i -> standing[i]).toArray();
  }
}
