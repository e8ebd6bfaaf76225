package org.wardlock.attacks.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Threat;
import org.wardlock.nn.Classifier;

/**
 * Whether an attack can be believed: what {@link Checkup} looks at, the indicators of attack
 * failure (Pintor et al. 2022), the checks of Carlini et al. (2019) and the binarisation test
 * (Zimmermann et al. 2022), on a sample of pictures.
 *
 * <p>It looks in an order, from causes to consequences, and ends with the first look that sees
 * something: what is found explains what would be found later, and wants to be settled first.
 *
 * <ol>
 *   <li>answers and gradients: {@link Checkup#look}
 *   <li>the attack's way on the pictures that it leaves standing: success that it passes by, a loss
 *       that still rises; of a transfer, pictures that fool the surrogate alone
 *   <li>whether Square or random points break what the attack leaves standing
 *   <li>how firm answers are around the pictures, and gradients on the attack's way
 *   <li>the curve of accuracy against the radius, down to 0 where everything is permitted
 *   <li>the attack beside itself with twice the steps
 *   <li>whether the attack finds what was put there to be found: {@link Binarisation}
 * </ol>
 *
 * @param attack to be believed: of one start, which tells most
 * @param longer the same attack with twice its steps
 * @param features of the classifier, for the binarisation test; its logits where there are none
 * @param queries of Square, and points of the random baseline
 */
public record Diagnosis(Attack attack, Attack longer, Optional<Features> features, int queries) {
  private static final int QUERIES = 1000;

  /** Checks the settings. */
  public Diagnosis {
    if (queries < 1) {
      throw new IllegalArgumentException("diagnosis: " + queries + " queries, expected at least 1");
    }
  }

  /** Of an attack, with 1,000 queries and with twice its own work to compare it with. */
  public Diagnosis(Attack attack) {
    this(attack, Twice.of(attack));
  }

  /** Of an attack, with 1,000 queries to compare it with. */
  public Diagnosis(Attack attack, Attack longer) {
    this(attack, longer, Optional.empty(), QUERIES);
  }

  /** With features of the classifier. */
  public Diagnosis features(Features newFeatures) {
    return new Diagnosis(attack, longer, Optional.of(newFeatures), queries);
  }

  /** With another number of queries. */
  public Diagnosis queries(int newQueries) {
    return new Diagnosis(attack, longer, features, newQueries);
  }

  /** The most work it takes for one picture, where nothing is seen. */
  public Passes cost(Norm norm, int classes) {
    Passes once = attack.cost(norm, classes);
    return Checkup.COST
        .plus(once.times(5L + EpsCurve.MOST_RADII))
        .plus(longer.cost(norm, classes))
        .plus(new Passes(2L * queries + 1, 0))
        .plus(new Passes(Indicators.NOISE + 1L, 0))
        .plus(Binarisation.cost(once));
  }

  /**
   * Looks.
   *
   * @param pictures a sample, clean: some tens
   * @param seed of all random choices
   * @throws org.wardlock.attacks.NonFiniteException if there are values that are not finite
   */
  public List<Flag> look(Classifier classifier, Pictures pictures, Threat threat, long seed) {
    List<Flag> flags = new ArrayList<>(new Checkup(classifier, pictures).look());
    if (flags.stream().anyMatch(flag -> !flag.name().equals(Checkup.FEW_CLASSES))) {
      return List.copyOf(flags);
    }
    Indicators indicators = new Indicators(attack, seed, classifier, pictures, threat);
    Comparison comparison = new Comparison(this, seed, classifier, pictures, threat);
    List<Supplier<List<Flag>>> looks =
        List.of(
            indicators::ofTheAttack,
            comparison::withoutGradients,
            indicators::ofTheClassifier,
            () -> new EpsCurve(attack, seed).look(classifier, pictures, threat),
            comparison::withTwiceTheSteps,
            () ->
                new Binarisation(attack, features, seed).run(classifier, pictures, threat).flags());
    for (Supplier<List<Flag>> look : looks) {
      List<Flag> seen = look.get();
      if (!seen.isEmpty()) {
        flags.addAll(seen);
        break;
      }
    }
    return List.copyOf(flags);
  }
}
