package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PermutationTest {
  @Test
  void onlyPermutationsAreTaken() {
    assertThrows(IllegalArgumentException.class, () -> Permutation.of(0, 0));
    assertThrows(IllegalArgumentException.class, () -> Permutation.of(0, 2));
    assertThrows(IllegalArgumentException.class, () -> Permutation.of(-1, 0));
    assertArrayEquals(new int[] {2, 0, 1}, Permutation.of(2, 0, 1).toArray());
  }

  @Test
  void entriesAreNeitherSharedNorShown() {
    int[] entries = {2, 0, 1};
    Permutation permutation = Permutation.of(entries);
    entries[0] = 0;
    permutation.toArray()[0] = 0;
    assertEquals(2, permutation.at(0));
    assertEquals("Permutation[length=3]", permutation.toString());
  }
}
