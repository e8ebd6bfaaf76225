package org.wardlock.defense.differentiators;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.UnitMask;
import org.wardlock.nn.weights.Weights;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Trains differentiators of a student, each by itself: its units that answer least to the classes
 * of interest are pruned, and a head is fitted to what the masked network makes of the pictures.
 * What comes of it is a function of the student, the pictures, the recipe and the seed.
 */
public final class DifferentiatorTrainer {
  private final ImageClassifier student;
  private final Dataset pictures;
  private final Function<Dataset, BatchLoader.Builder> loaders;
  private final StudentSurvey survey;
  private final Recipe recipe;
  private final long seed;

  /**
   * A trainer. Looks at all pictures once.
   *
   * @param student stays the caller's
   * @param pictures to learn from, whose classes are known
   * @param loaders bring some of them to the student's size
   * @param seed of the order in which pictures come in tuning
   */
  public DifferentiatorTrainer(
      ImageClassifier student,
      Dataset pictures,
      Function<Dataset, BatchLoader.Builder> loaders,
      Recipe recipe,
      long seed) {
    this.student = student;
    this.pictures = pictures;
    this.loaders = loaders;
    this.recipe = recipe;
    this.seed = seed;
    survey = StudentSurvey.of(student, loaders.apply(pictures).batchSize(recipe.batch()).build());
  }

  /**
   * What there is to tell apart.
   *
   * @param rivals of pairs, with how many others each class is paired at least: those the student
   *     takes it for most easily; with all unless given
   */
  public List<Distinction> distinctions(Kind kind, Optional<Integer> rivals) {
    return kind.distinctions(survey, rivals);
  }

  /** What the student makes of each class. */
  StudentSurvey survey() {
    return survey;
  }

  /**
   * A differentiator and how well it has learnt.
   *
   * @param differentiator new
   * @param accuracy on the pictures that it learnt from, both sides weighing the same: 0 to 1
   */
  public record Trained(Differentiator differentiator, double accuracy) {}

  /**
   * Trains one.
   *
   * @param fraction of each layer's units to prune, from 0 to below 1
   */
  public Trained train(Distinction distinction, double fraction) {
    UnitMask mask = UnitMask.lowest(survey.activations(distinction::isOfInterest), fraction);
    Dataset concerned =
        pictures.select(
            IntStream.range(0, pictures.size())
                .filter(index -> distinction.concerns(pictures.label(index)))
                .toArray());
    int[] sides =
        IntStream.range(0, concerned.size())
            .map(index -> distinction.side(concerned.label(index)))
            .toArray();
    try (Scope _ = Scope.open("training of " + distinction.name())) {
      Tensor embeddings = embeddings(student.masked(mask), concerned);
      Head head = Head.fit(embeddings, recipe, sides);
      var fitted = new Differentiator(distinction, mask, head, Weights.of("nothing", Map.of()));
      if (recipe.tuning() == Tuning.HEAD) {
        return new Trained(fitted, accuracy(head.logits(embeddings), sides));
      }
      BatchLoader shuffled =
          loaders.apply(concerned).batchSize(recipe.batch()).shuffle(true).seed(seed).build();
      int second = IntStream.of(sides).sum();
      Differentiator tuned =
          new MaskedTuning(student, recipe).tune(fitted, shuffled, sides.length - second, second);
      Tensor moved = embeddings(tuned.network(student), concerned);
      return new Trained(tuned, accuracy(tuned.head().logits(moved), sides));
    }
  }

  /**
   * What a masked network, which is closed, makes of pictures: (N, width), in the current scope.
   */
  private Tensor embeddings(ImageClassifier masked, Dataset concerned) {
    BatchLoader loader = loaders.apply(concerned).batchSize(recipe.batch()).build();
    float[][] rows = new float[concerned.size()][];
    int done = 0;
    try (NoGrad _ = NoGrad.enter();
        masked;
        BatchStream batches = loader.epoch(0)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        try (Scope _ = Scope.open("embeddings")) {
          Tensor found = masked.embedding(Pixels.of(student.device(), batch));
          for (int row = 0; row < batch.size(); row++) {
            rows[done++] = found.slice(0, row, row + 1).toFloats();
          }
        }
        loader.recycle(batch);
      }
    }
    int width = rows[0].length;
    float[] all = new float[done * width];
    for (int row = 0; row < done; row++) {
      System.arraycopy(rows[row], 0, all, row * width, width);
    }
    return Tensor.of(student.device(), Shape.of(done, width), all);
  }

  /** The mean of both sides' accuracies. */
  private static double accuracy(Tensor logits, int... sides) {
    int[] found = logits.argMax().toInts();
    int[] right = new int[Distinction.SIDES];
    int[] counts = new int[Distinction.SIDES];
    for (int row = 0; row < sides.length; row++) {
      counts[sides[row]]++;
      right[sides[row]] += found[row] == sides[row] ? 1 : 0;
    }
    return IntStream.range(0, Distinction.SIDES)
        .mapToDouble(side -> (double) right[side] / counts[side])
        .average()
        .orElseThrow();
  }
}
