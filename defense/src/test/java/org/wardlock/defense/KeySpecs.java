package org.wardlock.defense;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/**
 * Specifications of every kind, with small blocks, that take pictures of any shape; the published
 * one that does not is in {@link PublishedBlockTablesTest}.
 */
final class KeySpecs extends DomainContextBase {
  private static final List<Integer> BLOCKS = List.of(1, 2, 3, 4, 5);

  @Provide
  Arbitrary<KeySpec> specs() {
    return Arbitraries.of(all());
  }

  static List<KeySpec> all() {
    var specs = new ArrayList<KeySpec>();
    for (List<TransformKind> chain : chains()) {
      for (int block : BLOCKS) {
        for (FlattenOrder order : FlattenOrder.values()) {
          for (Derivation derivation : Derivation.values()) {
            boolean fits = derivation.flattenOrder().orElse(order) == order;
            boolean known = chain.stream().allMatch(derivation::knows);
            if (fits && known && derivation.chain().isEmpty()) {
              specs.add(new KeySpec(chain, block, order, derivation));
            }
          }
        }
      }
    }
    return specs;
  }

  private static List<List<TransformKind>> chains() {
    return Stream.of(
            "shuffle",
            "negate",
            "ffx",
            "shuffle+negate",
            "negate+shuffle",
            "shuffle+ffx",
            "ffx+shuffle",
            "ffx+negate",
            "shuffle+ffx+negate",
            "ffx+shuffle+negate",
            "ffx+negate+shuffle",
            "scramble",
            "shuffle+negate+scramble",
            "scramble+ffx+negate",
            "shuffle-each",
            "negate-each",
            "shuffle-each+negate-each",
            "shuffle+shuffle-each+ffx+negate-each+negate",
            "rotate",
            "flip",
            "channels",
            "negate-block",
            "scramble+rotate+flip+negate-block+channels",
            "channels+ffx+shuffle+scramble+negate-each+rotate")
        .map(TransformKind::parseChain)
        .toList();
  }
}
