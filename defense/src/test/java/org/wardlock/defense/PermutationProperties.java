package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PermutationProperties {
  @Property(tries = 200)
  void inverseUndoes(@ForAll int seed, @ForAll @IntRange(max = 200) int length) {
    Permutation permutation = new MersenneTwister(seed).permutation(length);
    Permutation inverse = permutation.inverse();
    for (int i = 0; i < length; i++) {
      assertEquals(i, permutation.at(inverse.at(i)));
      assertEquals(i, inverse.at(permutation.at(i)));
    }
    assertEquals(permutation, inverse.inverse());
  }
}
