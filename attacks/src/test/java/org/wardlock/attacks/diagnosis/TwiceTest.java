package org.wardlock.attacks.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.decision.BoundaryAttack;
import org.wardlock.attacks.decision.HopSkipJump;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.CarliniWagner;
import org.wardlock.attacks.gradient.Ddn;
import org.wardlock.attacks.gradient.DeepFool;
import org.wardlock.attacks.gradient.EstimatedAscent;
import org.wardlock.attacks.gradient.Fab;
import org.wardlock.attacks.gradient.Fgsm;
import org.wardlock.attacks.gradient.Fmn;
import org.wardlock.attacks.gradient.MomentumFgsm;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.attacks.score.RandomSearch;
import org.wardlock.attacks.score.Simba;
import org.wardlock.attacks.score.Square;

class TwiceTest {
  @Test
  void everyAttackDoesTwiceTheWork() {
    List<Attack> attacks =
        List.of(
            new Pgd(Loss.DLR),
            new Apgd(Loss.CROSS_ENTROPY),
            Apgd.targeted(9),
            new Fab(),
            new DeepFool(),
            new Ddn(),
            new Fmn(),
            new CarliniWagner(),
            new MomentumFgsm(),
            EstimatedAscent.nes(),
            new Square(),
            new Simba(),
            new RandomSearch(100),
            new HopSkipJump(),
            new BoundaryAttack());
    for (Attack attack : attacks) {
      long once = attack.cost(Norm.L2, 10).forward();
      long twice = Twice.of(attack).cost(Norm.L2, 10).forward();
      // what comes once, such as a last look, stays
      assertTrue(twice > 1.9 * once && twice <= 2 * once, attack + ": " + once + ", " + twice);
      assertEquals(attack.name(), Twice.of(attack).name());
    }
  }

  @Test
  void oneStepBecomesTen() {
    assertEquals(10, Twice.of(new Fgsm()).cost(Norm.LINF, 10).backward());
  }

  @Test
  void attacksThatAreNotKnownStayAsTheyAre() {
    Attack unknown =
        new Attack() {
          @Override
          public String name() {
            return "unknown";
          }

          @Override
          public Passes cost(Norm norm, int classes) {
            return Passes.NONE;
          }

          @Override
          public Candidates search(Oracle oracle, Task task) {
            throw new AssertionError("was not to be run");
          }
        };
    assertSame(unknown, Twice.of(unknown));
  }
}
