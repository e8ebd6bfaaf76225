package org.wardlock.attacks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** A classifier as an attack sees it: every question is counted, every answer is checked. */
public final class Oracle {
  private final Classifier classifier;
  private final long[] ids;
  private final int[] queries;
  private final int[] gradients;
  private final List<Oracle> surrogates = new ArrayList<>();
  private Optional<double[][]> cleanLogits;

  /**
   * @param ids of the pictures of the task, for messages
   * @param cleanLogits of the pictures of the task, if somebody has looked at them before
   */
  Oracle(Classifier classifier, Optional<double[][]> cleanLogits, long... ids) {
    this.classifier = classifier;
    this.cleanLogits = cleanLogits;
    this.ids = ids;
    this.queries = new int[ids.length];
    this.gradients = new int[ids.length];
  }

  /** How many classes the answers tell apart. */
  public int classes() {
    return classifier.classes();
  }

  /**
   * Asks about a batch.
   *
   * @param rows which picture of the task each image is a version of
   */
  public Response ask(Tensor images, int... rows) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("question")) {
      return answer(images, classifier.logits(images), rows);
    }
  }

  /**
   * Asks about a batch and keeps what a gradient needs, in the current scope.
   *
   * @param rows which picture of the task each image is a version of
   */
  public Response askForGradient(Tensor images, int... rows) {
    if (!classifier.isDifferentiable()) {
      throw new IllegalArgumentException(
          "this classifier has no gradients; attack it by its answers alone, or by a surrogate");
    }
    Tensor leaf = images.requiresGrad();
    return answer(leaf, classifier.logits(leaf), rows);
  }

  /**
   * The logits of the clean pictures. Those of the classifier under attack are known before an
   * attack starts; a surrogate is asked, once.
   */
  public double[][] cleanLogits(Pictures pictures) {
    if (cleanLogits.isEmpty()) {
      int count = pictures.count();
      Response answer = ask(pictures.images(), Rows.all(count));
      cleanLogits =
          Optional.of(IntStream.range(0, count).mapToObj(answer::logits).toArray(double[][]::new));
    }
    return cleanLogits.get();
  }

  private Response answer(Tensor images, Tensor logits, int... rows) {
    for (int row : rows) {
      queries[row]++;
    }
    return new Response(this, images, logits, rows);
  }

  /**
   * Another classifier to practise on. Its passes count as work of this attack, but are no queries
   * to the classifier under attack.
   *
   * @throws IllegalArgumentException if it takes other pictures or tells other classes apart
   */
  public Oracle surrogate(Classifier other) {
    requireEqual("pictures of shape", other.imageShape(), classifier.imageShape());
    requireEqual("classes", other.classes(), classifier.classes());
    requireEqual("device", other.device(), classifier.device());
    Oracle surrogate = new Oracle(other, Optional.empty(), ids);
    surrogates.add(surrogate);
    return surrogate;
  }

  private static void requireEqual(String what, Object found, Object expected) {
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(
          "surrogate: %s %s, the classifier under attack has %s".formatted(what, found, expected));
    }
  }

  void countGradient(int row) {
    gradients[row]++;
  }

  long id(int row) {
    return ids[row];
  }

  /** How often the classifier was asked about a picture. */
  int queries(int row) {
    return queries[row];
  }

  /** How many of its gradients were used for a picture. */
  int gradients(int row) {
    return gradients[row];
  }

  /** All work so far, on surrogates too. */
  Passes passes() {
    Passes sum = Passes.NONE;
    for (int row = 0; row < ids.length; row++) {
      sum = sum.plus(new Passes(queries[row], gradients[row]));
    }
    for (Oracle surrogate : surrogates) {
      sum = sum.plus(surrogate.passes());
    }
    return sum;
  }
}
