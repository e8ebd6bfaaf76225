package org.wardlock.attacks.diagnosis;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** A classifier's features and a line through them: see {@link Binarisation}. */
final class Readout implements Classifier {
  /** The class of what lies within, the clean picture among it. */
  static final int INNER = 0;

  /** The class of the point at the rim. */
  private static final int RIM = 1;

  /** Points within. */
  static final int POINTS = 199;

  /** Points at the rim that are tried, until a line tells one apart. */
  static final int ATTEMPTS = 5;

  private static final Rational WITHIN = Rational.of(19, 20);

  /** Where the threshold lies between the points within, at 0, and the rim's, at 1. */
  private static final double CLOSENESS = 0.999;

  /** How far below the two classes all others stay, in differences at the clean picture. */
  private static final double OUT_OF_REACH = 10;

  private final Classifier classifier;
  private final Features features;
  private final Tensor weights;
  private final Tensor biases;

  private Readout(Classifier classifier, Features features, Tensor weights, Tensor biases) {
    this.classifier = classifier;
    this.features = features;
    this.weights = weights;
    this.biases = biases;
  }

  /**
   * A readout around a picture, if there is one; in the current scope.
   *
   * @param one a single picture
   */
  static Optional<Readout> fit(
      Classifier classifier, Features features, Pictures one, Threat threat, long seed) {
    Threat within =
        new Threat(
            threat.norm(),
            Rational.of(
                Math.multiplyExact(threat.radius().numerator(), WITHIN.numerator()),
                Math.multiplyExact(threat.radius().denominator(), WITHIN.denominator())));
    Tensor inner = Tensor.concatenate(0, one.images(), points(one, within, POINTS, 0, seed, false));
    double[][] innerFeatures = toHost(see(features, inner));
    double gap = Math.abs(gap(classifier, one));
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Tensor rim = points(one, threat, 1, POINTS + attempt, seed, true);
      double[] rimFeatures = toHost(see(features, rim))[0];
      Optional<double[]> line = SeparatingLine.of(innerFeatures, rimFeatures);
      if (line.isPresent()) {
        Readout readout = along(line.get(), innerFeatures, rimFeatures, gap, classifier, features);
        if (readout.tells(inner, rim)) {
          return Optional.of(readout);
        }
      }
    }
    return Optional.empty();
  }

  /** By how much the classifier's own answer wins, so that the readout's are as far apart. */
  private static double gap(Classifier classifier, Pictures one) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("gap")) {
      double[] logits = toHost(classifier.logits(one.images()))[0];
      double gap = Loss.MARGIN.of(logits, one.labels()[0], OptionalInt.empty()).value();
      return gap == 0 ? 1 : gap;
    }
  }

  private static Tensor points(
      Pictures one, Threat threat, int count, int first, long seed, boolean atRim) {
    try (Scope _ = Scope.open("points")) {
      Tensor centres = Rows.gather(one.images(), new int[count]);
      Ball ball = Ball.around(centres, threat);
      long[] streams = new long[count];
      Arrays.setAll(streams, i -> (long) (first + i) << Integer.SIZE | one.ids()[0]);
      if (!atRim) {
        return ball.randomPoints(seed, AttackPurpose.BINARISATION, streams).keep();
      }
      Tensor rim = ball.randomRim(seed, AttackPurpose.BINARISATION, streams);
      if (threat.norm() == Norm.LINF) {
        // a corner: no other point is farther from those within
        rim = ball.project(rim.subtract(centres).sign().multiply(2).add(centres));
      }
      return rim.keep();
    }
  }

  /** Features of images, one row each. */
  private static Tensor see(Features features, Tensor images) {
    return features.features(images).reshape(images.shape().extent(0), -1);
  }

  private static double[][] toHost(Tensor rows) {
    return Arrays.stream(Rows.toHost(rows.detach()))
        .map(
            row -> {
              double[] exact = new double[row.length];
              Arrays.setAll(exact, i -> row[i]);
              return exact;
            })
        .toArray(double[][]::new);
  }

  private static Readout along(
      double[] line,
      double[][] inner,
      double[] rim,
      double gap,
      Classifier classifier,
      Features features) {
    double highest =
        Arrays.stream(inner)
            .mapToDouble(one -> SeparatingLine.along(line, one))
            .max()
            .orElseThrow();
    double threshold = highest + CLOSENESS * (SeparatingLine.along(line, rim) - highest);
    double scale = gap / Math.abs(SeparatingLine.along(line, inner[0]) - threshold) / 2;
    int classes = classifier.classes();
    float[][] weights = new float[classes][line.length];
    float[] biases = new float[classes];
    Arrays.fill(biases, (float) (-OUT_OF_REACH * gap));
    for (int i = 0; i < line.length; i++) {
      weights[RIM][i] = (float) (scale * line[i]);
      weights[INNER][i] = -weights[RIM][i];
    }
    biases[RIM] = (float) (-scale * threshold);
    biases[INNER] = -biases[RIM];
    Device device = classifier.device();
    return new Readout(
        classifier,
        features,
        Rows.toDevice(device, Shape.of(line.length), weights),
        Tensor.of(device, Shape.of(classes), biases));
  }

  /** Whether one of some random points of the ball is answered as the point at the rim is. */
  boolean isFoundByChance(Pictures one, Threat threat, int count, long seed) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("chance")) {
      Tensor tried = points(one, threat, count, POINTS + ATTEMPTS, seed, false);
      return Arrays.stream(logits(tried).argMax().toInts()).anyMatch(answer -> answer == RIM);
    }
  }

  /** Whether it holds in floats, too. */
  private boolean tells(Tensor inner, Tensor rim) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("check")) {
      return Arrays.stream(logits(inner).argMax().toInts()).allMatch(answer -> answer == INNER)
          && logits(rim).argMax().toInts()[0] == RIM;
    }
  }

  @Override
  public Device device() {
    return classifier.device();
  }

  @Override
  public Shape imageShape() {
    return classifier.imageShape();
  }

  @Override
  public int classes() {
    return classifier.classes();
  }

  @Override
  public Tensor logits(Tensor images) {
    try (Scope _ = Scope.open("readout")) {
      return see(features, images).linear(weights, biases).keep();
    }
  }

  @Override
  public boolean isDifferentiable() {
    return classifier.isDifferentiable();
  }

  @Override
  public boolean isDeterministic() {
    return classifier.isDeterministic();
  }
}
