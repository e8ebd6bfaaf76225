package org.wardlock.attacks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Passes;

class AutoAttackTest {
  private static List<String> names(AutoAttack version, Norm norm) {
    return version.attacks(norm, Mode.STRICT).stream().map(Attack::name).toList();
  }

  private static Passes cost(AutoAttack version, Norm norm, Mode mode) {
    Passes sum = Passes.NONE;
    for (Attack attack : version.attacks(norm, mode)) {
      sum = sum.plus(attack.cost(norm, 10));
    }
    return sum;
  }

  @Test
  void attacksComeInThePublishedOrder() {
    for (Norm norm : Norm.values()) {
      assertEquals(
          List.of("apgd-ce", "apgd-t", "fab-t", "square"), names(AutoAttack.STANDARD, norm));
    }
    assertEquals(
        List.of("apgd-ce", "apgd-dlr", "fab", "square", "apgd-t", "fab-t"),
        names(AutoAttack.PLUS, Norm.LINF));
    assertEquals(List.of("apgd-ce", "apgd-dlr"), names(AutoAttack.RAND, Norm.L2));
  }

  @Test
  void aRobustPictureTakesThePublishedNumberOfPasses() {
    assertEquals(new Passes(7820, 1910), cost(AutoAttack.STANDARD, Norm.LINF, Mode.COMPAT));
    assertEquals(new Passes(7820, 1910), cost(AutoAttack.STANDARD, Norm.L2, Mode.COMPAT));
    // no gradient after the last step, no ranks asked for again
    assertEquals(new Passes(7811, 1900), cost(AutoAttack.STANDARD, Norm.LINF, Mode.STRICT));
  }

  @Test
  void versionsAreReadByName() {
    assertEquals(AutoAttack.STANDARD, AutoAttack.parse("standard"));
    assertEquals(AutoAttack.RAND, AutoAttack.parse("rand"));
    assertEquals(AutoAttack.PLUS, AutoAttack.parse("plus"));
    assertThrows(IllegalArgumentException.class, () -> AutoAttack.parse("best"));
  }
}
