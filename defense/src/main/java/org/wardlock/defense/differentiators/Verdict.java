package org.wardlock.defense.differentiators;

import java.util.Arrays;
import java.util.List;

/**
 * What came of one picture.
 *
 * @param named the class that the student names
 * @param margins of each differentiator that was asked, in the order of asking: by how much its
 *     logit for the side of that class exceeds the other; it agrees where that is 0 or more
 */
public record Verdict(int named, List<Float> margins) {
  /** Keeps a copy of the list. */
  public Verdict {
    margins = List.copyOf(margins);
  }

  /** How many of the first differentiators agree. */
  public int agreeing(int asked) {
    return (int) margins.subList(0, asked).stream().filter(margin -> margin >= 0).count();
  }

  /**
   * Whether the picture is accepted as what the student names it.
   *
   * @param validation asks no more than were asked; where there were fewer, those count
   */
  public boolean isAccepted(Validation validation) {
    int asked = Math.min(validation.asked(), margins.size());
    return agreeing(asked) >= validation.vote().needed(asked);
  }

  /**
   * What each margin is multiplied by in the sum that says how far the picture is from being
   * accepted: 0 or more where it is, then the margin on which that hangs; below 0 where it is not,
   * then a mean over those who disagree, so that an attacker's gradient sees all of them.
   */
  float[] shares(Validation validation) {
    float[] shares = new float[margins.size()];
    if (isAccepted(validation)) {
      int needed = validation.vote().needed(shares.length);
      Integer[] order = new Integer[shares.length];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (a, b) -> Float.compare(margins.get(b), margins.get(a)));
      shares[order[needed - 1]] = 1;
      return shares;
    }
    int disagreeing = shares.length - agreeing(shares.length);
    for (int i = 0; i < shares.length; i++) {
      shares[i] = margins.get(i) < 0 ? 1f / disagreeing : 0;
    }
    return shares;
  }
}
