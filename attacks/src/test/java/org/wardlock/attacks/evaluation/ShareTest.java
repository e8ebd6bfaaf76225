package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShareTest {
  @Test
  void aShareIsItsCountOfTheTotal() {
    assertEquals(0.25, new Share(2, 8).value());
    assertEquals(WilsonInterval.of(2, 8), new Share(2, 8).interval());
  }

  @Test
  void nothingIsKnownOfNoPictures() {
    assertEquals(0, new Share(0, 0).value());
    assertEquals(new WilsonInterval(0, 1), new Share(0, 0).interval());
  }

  @Test
  void morePicturesThanThereAreAreRefused() {
    var problem = assertThrows(IllegalArgumentException.class, () -> new Share(3, 2));
    assertTrue(problem.getMessage().contains("3 of 2"), problem.getMessage());
  }
}
