package org.wardlock.attacks;

import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Tensor;

/**
 * A way to find pictures that a classifier gets wrong. An attack is a value: it holds settings and
 * nothing else, so one attack serves any number of threads. {@code toString} gives all settings: a
 * run that is resumed compares them.
 *
 * <p>Implementations write {@link #search}. What holds for every attack is done once, by {@link
 * WorstCase}: pictures that are wrong already are left alone, what comes back is checked to be
 * within the threat, success is decided by a fresh look, rounding to 8 bits is tried.
 */
public interface Attack {
  /** The name in records and reports: letters, digits and dashes. */
  String name();

  /**
   * The most work it takes for one picture, before it is started.
   *
   * @param norm of the threat
   * @param classes that the classifier tells apart
   */
  Passes cost(Norm norm, int classes);

  /**
   * Looks for pictures near the given ones that are answered as the attack wants. What is found for
   * a picture depends on that picture, its id and the seed alone, to the last bit, not on the
   * others in the batch.
   *
   * @param oracle the classifier; counts every question
   * @return one row a picture of the task, in a tensor of the current scope
   */
  Candidates search(Oracle oracle, Task task);

  /**
   * Attacks a batch.
   *
   * @return what became of every picture, with images in a tensor of the current scope
   * @throws NonFiniteException if the classifier gives logits or gradients that are not finite
   * @throws IllegalArgumentException if the pictures do not fit the classifier
   */
  default AttackResult run(Classifier classifier, Pictures pictures, Threat threat, long seed) {
    WorstCase worstCase = new WorstCase(classifier, pictures, threat);
    worstCase.apply(this, seed);
    return worstCase.result();
  }

  /** As {@link #run(Classifier, Pictures, Threat, long)} for pictures with the ids 0, 1, .... */
  default AttackResult run(
      Classifier classifier, Tensor images, int[] labels, Threat threat, long seed) {
    return run(classifier, Pictures.of(images, labels), threat, seed);
  }
}
