package org.wardlock.cli;

import java.util.Optional;
import org.wardlock.defense.Derivation;
import org.wardlock.defense.FlattenOrder;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.TransformKind;
import picocli.CommandLine.Option;

/** What new keys do to pictures. */
final class KeyKindOptions {
  @Option(
      names = "--transform",
      required = true,
      paramLabel = "T[+T]",
      description =
          "shuffle, negate or ffx, of every block alike; scramble (blocks change places); shuffle-each, negate-each, rotate, flip, channels or negate-block, of each block in its own way; or a chain such as shuffle+negate.")
  private String transform;

  @Option(
      names = "--block",
      required = true,
      paramLabel = "M",
      description = "Side of the blocks in pixels.")
  private int block;

  @Option(
      names = "--flatten",
      paramLabel = "hwc|chw",
      description =
          "How the values of a block are numbered (default: hwc, or the published rule's own).")
  private Optional<String> flatten;

  /** What a key of that kind is for. */
  KeySpec parse(Derivation derivation) {
    FlattenOrder order =
        flatten.map(FlattenOrder::parse).or(derivation::flattenOrder).orElse(FlattenOrder.HWC);
    return new KeySpec(TransformKind.parseChain(transform), block, order, derivation);
  }
}
