package org.wardlock.attacks.extraction;

import org.wardlock.nn.Classifier;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * A service that answers a number of questions and no more. Every picture shown to it counts, and
 * nothing but its answers comes out. Not safe for several threads.
 */
public final class QueryBudget {
  private final Classifier service;
  private final Answers answers;
  private final long most;
  private long queries;

  /**
   * None asked yet.
   *
   * @param most pictures that may be shown
   */
  public QueryBudget(Classifier service, Answers answers, long most) {
    this.service = service;
    this.answers = answers;
    this.most = most;
  }

  /** Pictures shown so far. */
  public long queries() {
    return queries;
  }

  /**
   * The answers about a batch, in the current scope: probabilities, or 1 for the likeliest class
   * and 0 for the others.
   *
   * @param images (N, channels, height, width) in [0, 1]
   * @return (N, classes)
   * @throws IllegalStateException if the budget does not suffice: then nothing is asked
   */
  public Tensor ask(Tensor images) {
    int count = images.shape().extent(0);
    if (count > most - queries) {
      throw new IllegalStateException(
          "query budget: %d of %d pictures are left, %d were to be shown"
              .formatted(most - queries, most, count));
    }
    queries += count;
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("query")) {
      Tensor logits = service.logits(images);
      Tensor told =
          switch (answers) {
            case PROBABILITIES -> logits.softmax();
            case LABELS -> logits.argMax().oneHot(service.classes(), 1, 0);
          };
      return told.keep();
    }
  }
}
