package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** On linear models the gradient to be estimated is known. */
class EstimatedGradientTest {
  private static final Shape SHAPE = Shape.of(1, 3, 3);

  /** Looks at an estimate, and brings back nothing. */
  private record Look(EstimatedGradient estimate, LinearClassifier linear) implements Attack {
    @Override
    public String name() {
      return "look";
    }

    @Override
    public Passes cost(Norm norm, int classes) {
      return Passes.NONE;
    }

    @Override
    public Candidates search(Oracle oracle, Task task) {
      Pictures pictures = task.pictures();
      int[] rows = Rows.all(pictures.count());
      Tensor found = estimate.at(oracle, task, pictures.images(), 3, rows);
      float[][] gradients = Rows.toHost(found);
      for (int row : rows) {
        int label = pictures.labels()[row];
        double product = 0;
        double ours = 0;
        double theirs = 0;
        for (int i = 0; i < gradients[row].length; i++) {
          double exact = linear.weight(1 - label, i) - linear.weight(label, i);
          product += exact * gradients[row][i];
          ours += gradients[row][i] * gradients[row][i];
          theirs += exact * exact;
        }
        double cosine = product / Math.sqrt(ours * theirs);
        assertTrue(cosine > 0.97, "cosine " + cosine);
        assertEquals(1, Math.sqrt(ours / theirs), 0.2, "length");
      }
      return new Candidates(pictures.images(), new boolean[rows.length], new double[rows.length]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyPairsGiveTheGradient(EstimatedGradient.Directions directions) {
    Random random = new Random(151);
    LinearClassifier linear = LinearClassifier.random(random, SHAPE, 2);
    Pictures pictures = Testing.answered(linear, random, 4);
    EstimatedGradient estimate = new EstimatedGradient(directions, 400, 0.02);
    try (Scope _ = Scope.open("test")) {
      AttackResult result =
          new Look(estimate, linear).run(linear, pictures, Threat.l2(Rational.of(1, 9)), 1);
      assertEquals(
          List.of(), result.pictures().stream().filter(one -> one.queries() != 800).toList());
    }
  }
}
