package org.wardlock.defense.differentiators;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A student whose answers are validated: it names a class, a few differentiators that can say
 * something about that class look at the picture, too, and if too few agree the picture is
 * rejected. After Wu et al. (arXiv 1908.11230); who is asked is our choice: of pairs those of the
 * class named with the student's runners-up, in order; of one-vs-rest the one of the class named,
 * then those of the runners-up, which agree by calling the picture one of the rest.
 *
 * <p>As a {@link Classifier} it has one class more than the student, the last: rejected. Its logits
 * are the student's and, for that class, the student's largest less the margin by which the picture
 * is accepted (Carlini and Wagner 2017 attack detectors so), so that the largest says what {@link
 * #judge} says and gradients towards acceptance are true ones: what an attacker uses who knows of
 * the differentiators. An attack on it wants targets, as being rejected is no success.
 *
 * <p>Student and set stay the caller's. Safe for any number of threads.
 */
public final class ValidatedClassifier implements Classifier {
  private final ImageClassifier student;
  private final DifferentiatorSet set;
  private final Validation validation;

  /**
   * A validated student.
   *
   * @throws IllegalArgumentException if the set is for another number of classes
   */
  public ValidatedClassifier(
      ImageClassifier student, DifferentiatorSet set, Validation validation) {
    if (student.classes() != set.classes()) {
      throw new IllegalArgumentException(
          "differentiators for %d classes, but the student has %d"
              .formatted(set.classes(), student.classes()));
    }
    this.student = student;
    this.set = set;
    this.validation = validation;
  }

  @Override
  public Device device() {
    return student.device();
  }

  @Override
  public Shape imageShape() {
    return student.imageShape();
  }

  /** The student's, and one for being rejected. */
  @Override
  public int classes() {
    return student.classes() + 1;
  }

  @Override
  public OptionalInt rejected() {
    return OptionalInt.of(student.classes());
  }

  /**
   * What becomes of pictures.
   *
   * @param images (N, channels, height, width), float32 in [0, 1]
   * @return one a picture, with the margins of all that were asked, whatever the vote
   */
  public List<Verdict> judge(Tensor images) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("validation")) {
      return ask(images, student.logits(images)).verdicts();
    }
  }

  /**
   * The masked networks of those who are asked about a picture, and of those who would be if the
   * student's first runner-up were a certain class, for an attacker who has them: in the student's
   * memory, to be closed by the caller.
   *
   * @param picture (1, channels, height, width), float32 in [0, 1]
   * @param rival the class
   */
  public List<ImageClassifier> networks(Tensor picture, int rival) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("differentiators of a picture")) {
      Tensor logits = student.logits(picture);
      int[] named = named(logits);
      var asked = new LinkedHashSet<>(shown(logits, named).keySet());
      asked.addAll(set.candidates(named[0], rival));
      return asked.stream().map(distinction -> set.get(distinction).network(student)).toList();
    }
  }

  @Override
  public Tensor logits(Tensor images) {
    try (Scope _ = Scope.open("validated classifier")) {
      int count = images.shape().extent(0);
      Tensor logits = student.logits(images);
      Answers answers = ask(images, logits);
      List<float[]> shares =
          answers.verdicts().stream().map(verdict -> verdict.shares(validation)).toList();
      Tensor acceptance = Tensor.zeros(device(), Shape.of(count));
      for (Answer answer : answers.all()) {
        float[] share = new float[answer.rows().length];
        for (int i = 0; i < share.length; i++) {
          share[i] = shares.get(answer.rows()[i])[answer.places()[i]];
        }
        Tensor part = answer.margins().multiply(Tensor.of(device(), Shape.of(share.length), share));
        // to zeros: each picture's sum has its own differentiators' answers
        acceptance = acceptance.add(part.scatterAdd(0, index(answer.rows()), count));
      }
      Tensor rejection = logits.max(1).reshape(count).subtract(acceptance);
      return Tensor.concatenate(1, logits, rejection.reshape(count, 1)).keep();
    }
  }

  /**
   * What one differentiator says.
   *
   * @param rows of the pictures it was shown, ascending
   * @param places that it has among those who were asked about each
   * @param margins (rows), towards agreement
   */
  private record Answer(int[] rows, int[] places, Tensor margins) {}

  private record Answers(List<Answer> all, List<Verdict> verdicts) {}

  /** Shows each differentiator at once all pictures of the batch that it is asked about. */
  private Answers ask(Tensor images, Tensor logits) {
    int[] named = named(logits);
    Map<Distinction, List<int[]>> shown = shown(logits, named);
    var margins = new ArrayList<float[]>();
    for (int row = 0; row < named.length; row++) {
      margins.add(new float[Math.min(validation.asked(), set.size())]);
    }
    int[] asked = new int[named.length];
    var answers = new ArrayList<Answer>();
    shown.forEach(
        (distinction, places) -> {
          Answer answer = answer(set.get(distinction), images, places, named);
          float[] values = answer.margins().toFloats();
          for (int i = 0; i < values.length; i++) {
            int row = answer.rows()[i];
            margins.get(row)[answer.places()[i]] = values[i];
            asked[row]++;
          }
          answers.add(answer);
        });
    var verdicts = new ArrayList<Verdict>();
    for (int row = 0; row < named.length; row++) {
      var found = new ArrayList<Float>();
      for (int place = 0; place < asked[row]; place++) {
        found.add(margins.get(row)[place]);
      }
      verdicts.add(new Verdict(named[row], found));
    }
    return new Answers(answers, verdicts);
  }

  private static int[] named(Tensor logits) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("class named")) {
      return logits.argMax().toInts();
    }
  }

  /** By distinction the rows it is shown and its place among those who are asked about each. */
  private Map<Distinction, List<int[]>> shown(Tensor logits, int... named) {
    float[] values = logits.toFloats();
    int classes = student.classes();
    var shown = new LinkedHashMap<Distinction, List<int[]>>();
    for (int row = 0; row < named.length; row++) {
      int start = row * classes;
      int own = named[row];
      int[] runnersUp =
          IntStream.range(0, classes)
              .filter(label -> label != own)
              .boxed()
              .sorted(Comparator.comparingDouble(label -> -values[start + label]))
              .mapToInt(Integer::intValue)
              .toArray();
      List<Distinction> candidates = set.candidates(own, runnersUp);
      int asked = Math.min(validation.asked(), candidates.size());
      for (int place = 0; place < asked; place++) {
        shown
            .computeIfAbsent(candidates.get(place), _ -> new ArrayList<>())
            .add(new int[] {row, place});
      }
    }
    return shown;
  }

  private Answer answer(
      Differentiator differentiator, Tensor images, List<int[]> places, int... named) {
    int[] rows = places.stream().mapToInt(entry -> entry[0]).toArray();
    float[] signs = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      signs[i] = differentiator.distinction().side(named[rows[i]]) == 0 ? 1 : -1;
    }
    Tensor logits = differentiator.logits(student, images.gather(0, index(rows)));
    Tensor difference = logits.slice(1, 0, 1).subtract(logits.slice(1, 1, 2));
    Tensor margins =
        difference.reshape(rows.length).multiply(Tensor.of(device(), Shape.of(rows.length), signs));
    return new Answer(rows, places.stream().mapToInt(entry -> entry[1]).toArray(), margins);
  }

  private Tensor index(int... rows) {
    return Tensor.ofInts(device(), Shape.of(rows.length), rows);
  }
}
