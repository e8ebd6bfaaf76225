package org.wardlock.attacks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * A classifier as an attack sees it: every question is counted, every answer is checked. One whose
 * answers vary can be asked several times at once, and is taken by its mean answer.
 */
public final class Oracle {
  private final Classifier classifier;
  private final long[] ids;
  private final int[] queries;
  private final int[] gradients;
  private final int draws;
  private final List<Oracle> surrogates;
  private final List<Passes> elsewhere;
  private Optional<double[][]> cleanLogits;

  /**
   * @param ids of the pictures of the task, for messages
   * @param cleanLogits of the pictures of the task, if somebody has looked at them before
   */
  Oracle(Classifier classifier, Optional<double[][]> cleanLogits, long... ids) {
    this(
        classifier,
        cleanLogits,
        ids,
        new int[ids.length],
        new int[ids.length],
        1,
        new ArrayList<>(),
        new ArrayList<>());
  }

  private Oracle(
      Classifier classifier,
      Optional<double[][]> cleanLogits,
      long[] ids,
      int[] queries,
      int[] gradients,
      int draws,
      List<Oracle> surrogates,
      List<Passes> elsewhere) {
    this.classifier = classifier;
    this.cleanLogits = cleanLogits;
    this.ids = ids;
    this.queries = queries;
    this.gradients = gradients;
    this.draws = draws;
    this.surrogates = surrogates;
    this.elsewhere = elsewhere;
  }

  /** A classifier to be asked about versions of some pictures. */
  public static Oracle of(Classifier classifier, Pictures pictures) {
    return new Oracle(classifier, Optional.empty(), pictures.ids());
  }

  /**
   * The same, asked several times for every answer where answers vary: each time counts. A
   * classifier whose answers do not vary is asked once.
   */
  public Oracle averaging(int newDraws) {
    int needed = classifier.isDeterministic() ? 1 : newDraws;
    return new Oracle(
        classifier, cleanLogits, ids, queries, gradients, needed, surrogates, elsewhere);
  }

  /**
   * What an attack that climbs shall do here: a task to the end where answers vary. Some wrong
   * answers do not say that a picture is broken, and the first point that gets them has hardly
   * crossed the boundary; where answers do not vary it is broken for good, and the task stays as it
   * is.
   */
  public Task thorough(Task task) {
    return classifier.isDeterministic() ? task : task.toTheEnd();
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
    count(rows);
    return look(images, rows);
  }

  private Response look(Tensor images, int... rows) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("question")) {
      return answer(images, rows);
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
    count(rows);
    return answer(images.requiresGrad(), rows);
  }

  /**
   * The logits of the clean pictures. Those of the classifier under attack are known before an
   * attack starts; a surrogate is asked, once, which is not counted either.
   */
  public double[][] cleanLogits(Pictures pictures) {
    if (cleanLogits.isEmpty()) {
      Response answer = look(pictures.images(), Rows.all(pictures.count()));
      cleanLogits = Optional.of(answer.logits());
    }
    return cleanLogits.get();
  }

  private Response answer(Tensor images, int... rows) {
    Tensor[] logits = new Tensor[draws];
    for (int draw = 0; draw < draws; draw++) {
      logits[draw] = classifier.logits(images);
    }
    return new Response(this, images, logits, rows);
  }

  private void count(int... rows) {
    for (int row : rows) {
      queries[row] += draws;
    }
  }

  /**
   * Another classifier to practise on. Its passes count as work of this attack, but are no queries
   * to the classifier under attack.
   *
   * @throws IllegalArgumentException if it takes other pictures or tells other classes apart
   */
  public Oracle surrogate(Classifier other) {
    requireAlike("surrogate", other);
    Oracle surrogate = new Oracle(other, Optional.empty(), ids).averaging(draws);
    surrogates.add(surrogate);
    return surrogate;
  }

  /**
   * A part of the classifier under attack that the attacker can reach by itself, such as what comes
   * after a table. What passes through it counts as if it had passed through the whole.
   *
   * @throws IllegalArgumentException if it takes pictures of another shape or tells other classes
   *     apart
   */
  public Oracle part(Classifier inner) {
    requireAlike("part", inner);
    int needed = inner.isDeterministic() ? 1 : draws;
    return new Oracle(
        inner, Optional.empty(), ids, queries, gradients, needed, surrogates, elsewhere);
  }

  /** Takes down work on what is no classifier, such as a teacher's features. */
  public void countElsewhere(Passes work) {
    elsewhere.add(work);
  }

  private void requireAlike(String role, Classifier other) {
    requireEqual(role, "pictures of shape", other.imageShape(), classifier.imageShape());
    requireEqual(role, "classes", other.classes(), classifier.classes());
    requireEqual(role, "device", other.device(), classifier.device());
  }

  private static void requireEqual(String role, String what, Object found, Object expected) {
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(
          "%s: %s %s, the classifier under attack has %s".formatted(role, what, found, expected));
    }
  }

  void countGradient(int row) {
    gradients[row] += draws;
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

  /** All work so far, on surrogates and elsewhere too. */
  Passes passes() {
    Passes sum = Passes.NONE;
    for (int row = 0; row < ids.length; row++) {
      sum = sum.plus(new Passes(queries[row], gradients[row]));
    }
    for (Oracle surrogate : surrogates) {
      sum = sum.plus(surrogate.passes());
    }
    for (Passes work : elsewhere) {
      sum = sum.plus(work);
    }
    return sum;
  }
}
