package org.wardlock.attacks.mimic;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Features;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/**
 * Pictures that tell whether a student was made from a candidate teacher (Wang et al. 2018):
 * changed until the candidate's features at the cut-off are those of nothing in particular. A
 * student that kept the candidate's layers cannot tell any class from that, and shares its
 * confidence out more evenly than one of another teacher. The Gini coefficient of the student's
 * probabilities says how evenly: the candidate with the lowest is the likeliest.
 *
 * <p>Published is noise, changed without a budget towards features that are all 0. That suits
 * networks whose last layers scale with their input, and students that have an opinion even of
 * noise. A transformer's norm makes features of length 1 of however small ones, and may leave a
 * student unsure of any noise, so there is a second way, which is ours: from pictures that the
 * student knows, within a DSSIM of {@value #BUDGET}, towards the mean of the candidate's features
 * over several of them. A student of another teacher still sees what they show.
 *
 * @param images (N, channels, height, width), multiples of 1/255
 * @param remaining which share of the way from the first features to the wanted ones is left
 */
public record Fingerprint(Tensor images, double remaining) {
  /** How unlike themselves pictures may become, where they are no noise. */
  static final double BUDGET = 0.03;

  /** Nothing that the pictures look like is too far. */
  private static final double NO_BUDGET = 0.5;

  /**
   * Makes pictures of noise with features that are all 0, as published.
   *
   * @param candidate its features at the cut-off
   * @param count of pictures, each from other noise
   * @param steps at most for each
   * @return with pictures of the current scope
   */
  public static Fingerprint towardsZero(Features candidate, int count, int steps, long seed) {
    try (Scope _ = Scope.open("fingerprint")) {
      Tensor noise = noise(candidate, count, seed);
      Mimic mimic = new Mimic(candidate, NO_BUDGET, steps);
      Shape shape = mimic.features(noise).shape();
      return of(mimic.towards(noise, Tensor.zeros(candidate.device(), shape)));
    }
  }

  /**
   * Changes pictures within the budget towards the mean of several pictures' features.
   *
   * @param candidate its features at the cut-off
   * @param examples (M, channels, height, width), in [0, 1]: of all kinds that the student knows
   * @param count of pictures to be changed, the first of the examples
   * @param steps at most for each
   * @return with pictures of the current scope
   */
  public static Fingerprint towardsMean(Features candidate, Tensor examples, int count, int steps) {
    try (Scope _ = Scope.open("fingerprint")) {
      Mimic mimic = new Mimic(candidate, BUDGET, steps);
      Tensor mean = mimic.features(examples).mean(0);
      Tensor wanted = mean.expand(mean.shape().with(0, count)).copy();
      return of(mimic.towards(examples.slice(0, 0, count).copy(), wanted));
    }
  }

  private static Fingerprint of(MimicResult result) {
    double remaining =
        result.pairs().stream().mapToDouble(MimicOutcome::remaining).average().orElse(0);
    return new Fingerprint(result.images().keep(), remaining);
  }

  private static Tensor noise(Features candidate, int count, long seed) {
    Shape one = candidate.imageShape();
    Tensor streams =
        Tensor.ofLongs(candidate.device(), Shape.of(count), LongStream.range(0, count).toArray());
    return Tensor.random(
            Distribution.UNIFORM,
            seed,
            AttackPurpose.FINGERPRINT.number(),
            streams,
            Math.toIntExact(one.count()))
        .reshape(count, one.extent(0), one.extent(1), one.extent(2));
  }

  /**
   * What a student says of the pictures.
   *
   * @param gini the Gini coefficient of its probabilities, the mean over the pictures: 0 where it
   *     cannot tell classes apart
   * @param confidence the largest probability, likewise: 1 over the number of classes where it
   *     cannot tell them apart
   */
  public record Opinion(double gini, double confidence) {}

  /** Shows the pictures to a student. */
  public Opinion of(Classifier student) {
    double gini = 0;
    double confidence = 0;
    try (Scope _ = Scope.open("opinion");
        NoGrad _ = NoGrad.enter()) {
      int count = images.shape().extent(0);
      float[] all = student.logits(images).softmax().toFloats();
      int classes = student.classes();
      for (int row = 0; row < count; row++) {
        double[] shares = new double[classes];
        for (int i = 0; i < classes; i++) {
          shares[i] = all[row * classes + i];
        }
        gini += Gini.of(shares) / count;
        confidence += Arrays.stream(shares).max().orElseThrow() / count;
      }
    }
    return new Opinion(gini, confidence);
  }
}
