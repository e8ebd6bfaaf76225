package org.wardlock.cli;

import java.util.List;
import java.util.Map;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.defense.differentiators.Validation;
import org.wardlock.defense.differentiators.Verdict;

/**
 * What validation makes of some pictures, counted.
 *
 * @param pictures how many
 * @param right that the student names rightly, validated or not
 * @param rejected whatever the student names them
 * @param rightAccepted named rightly and accepted
 * @param wrongRejected named wrongly and rejected
 */
record DifferentiatorsTally(
    int pictures, int right, int rejected, int rightAccepted, int wrongRejected) {
  static DifferentiatorsTally of(List<Verdict> verdicts, Validation validation, int... labels) {
    int right = 0;
    int rejected = 0;
    int rightAccepted = 0;
    int wrongRejected = 0;
    for (int i = 0; i < labels.length; i++) {
      boolean isRight = verdicts.get(i).named() == labels[i];
      boolean isAccepted = verdicts.get(i).isAccepted(validation);
      right += isRight ? 1 : 0;
      rejected += isAccepted ? 0 : 1;
      rightAccepted += isRight && isAccepted ? 1 : 0;
      wrongRejected += isRight || isAccepted ? 0 : 1;
    }
    return new DifferentiatorsTally(labels.length, right, rejected, rightAccepted, wrongRejected);
  }

  /** Pictures that the student alone gets wrong. */
  int wrong() {
    return pictures - right;
  }

  /** The same of both together. */
  DifferentiatorsTally plus(DifferentiatorsTally other) {
    return new DifferentiatorsTally(
        pictures + other.pictures,
        right + other.right,
        rejected + other.rejected,
        rightAccepted + other.rightAccepted,
        wrongRejected + other.wrongRejected);
  }

  /** Of clean pictures: right and accepted, and rejected. */
  void putClean(Answer answer) {
    share(answer, "clean", rightAccepted, pictures);
    share(answer, "clean_undefended", right, pictures);
    share(answer, "rejected_clean", rejected, pictures);
  }

  /** Of adversarial pictures: of those that fool the student, how many are stopped. */
  void putAttacked(Answer answer) {
    answer.put("pictures", pictures).put("fooling", wrong());
    share(answer, "stopped", wrongRejected, wrong());
    share(answer, "rejected_or_right", pictures - wrong() + wrongRejected, pictures);
  }

  /** As {@link #putAttacked}, as an object. */
  Map<String, Object> attacked(String name) {
    Answer answer = new Answer().put("name", name);
    putAttacked(answer);
    return answer.values();
  }

  /** A share and the interval that it stands for; null where there is nothing to share. */
  static void share(Answer answer, String name, int count, int whole) {
    WilsonInterval interval = WilsonInterval.of(count, whole);
    answer
        .put(name, whole == 0 ? null : (double) count / whole)
        .put(name + "_interval", List.of(interval.low(), interval.high()));
  }
}
