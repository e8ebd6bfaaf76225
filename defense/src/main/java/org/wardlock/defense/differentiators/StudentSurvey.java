package org.wardlock.defense.differentiators;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.UnitActivations;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * What a student makes of each class: how strongly its units answer, and which other classes it
 * holds for likely. One look at all pictures serves every differentiator and pruning ratio.
 */
final class StudentSurvey {
  private final ImageClassifier student;
  private final List<UnitActivations> activations = new ArrayList<>();
  private final double[][] logits;

  private StudentSurvey(ImageClassifier student) {
    this.student = student;
    int classes = student.classes();
    logits = new double[classes][classes];
    for (int label = 0; label < classes; label++) {
      activations.add(new UnitActivations(student.architecture()));
    }
  }

  /**
   * Looks at pictures.
   *
   * @param pictures whose classes are known, some of each
   * @throws IllegalArgumentException if there is none of some class
   */
  static StudentSurvey of(ImageClassifier student, BatchLoader pictures) {
    var survey = new StudentSurvey(student);
    try (BatchStream batches = pictures.epoch(0)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        survey.add(batch);
        pictures.recycle(batch);
      }
    }
    for (int label = 0; label < survey.classes(); label++) {
      if (survey.activations.get(label).pictures() == 0) {
        throw new IllegalArgumentException(
            "class %d: none of the pictures is of it; expected some of each class"
                .formatted(label));
      }
    }
    return survey;
  }

  private void add(Batch batch) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("student survey")) {
      Tensor images = Pixels.of(student.device(), batch);
      Map<String, float[][]> measured = student.unitActivations(images);
      float[] found = student.logits(images).toFloats();
      for (int row = 0; row < batch.size(); row++) {
        int label = batch.labels()[row];
        if (label < 0 || label >= classes()) {
          throw new IllegalArgumentException(
              "picture %d: of class %d, expected 0 to %d"
                  .formatted(batch.ids()[row], label, classes() - 1));
        }
        activations.get(label).add(measured, row);
        for (int other = 0; other < classes(); other++) {
          logits[label][other] += found[row * classes() + other];
        }
      }
    }
  }

  /** How many classes there are. */
  int classes() {
    return logits.length;
  }

  /** How strongly units answer to the pictures of some classes. */
  UnitActivations activations(IntPredicate ofInterest) {
    var sum = new UnitActivations(student.architecture());
    for (int label = 0; label < classes(); label++) {
      if (ofInterest.test(label)) {
        sum.add(activations.get(label));
      }
    }
    return sum;
  }

  /** The other classes, those first whose logits are highest on the pictures of one. */
  List<Integer> rivals(int label) {
    return IntStream.range(0, classes())
        .filter(other -> other != label)
        .boxed()
        .sorted(Comparator.comparingDouble(other -> -logits[label][other]))
        .toList();
  }
}
