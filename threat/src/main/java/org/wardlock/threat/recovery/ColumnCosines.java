package org.wardlock.threat.recovery;

import org.wardlock.defense.BlockLayout;
import org.wardlock.defense.KeySpec;

/**
 * Columns of patch embeddings, as a key numbers them. Where a patch is several blocks, the same
 * position of all of them makes one long column, since a key treats all blocks alike.
 */
final class ColumnCosines {
  private final PatchFilters found;
  private final PatchFilters base;
  private final BlockLayout layout;

  ColumnCosines(PatchFilters found, PatchFilters base, KeySpec spec) {
    if (found.features() != base.features()
        || found.channels() != base.channels()
        || found.patch() != base.patch()) {
      throw new IllegalArgumentException(
          "filter match: found %s and %s; expected embeddings of one size".formatted(found, base));
    }
    this.found = found;
    this.base = base;
    layout = layout(found, spec);
  }

  /** Where the blocks of a key lie in a patch. */
  static BlockLayout layout(PatchFilters filters, KeySpec spec) {
    if (filters.patch() % spec.block() != 0) {
      throw new IllegalArgumentException(
          "filter match: found blocks of %d pixels and patches of %d; expected patches of whole blocks: search for this key by loss"
              .formatted(spec.block(), filters.patch()));
    }
    return new BlockLayout(
        filters.channels(), filters.patch(), filters.patch(), spec.block(), spec.flattenOrder());
  }

  /** Row i, column j: the cosine between column i of the one and column j of the other. */
  double[][] table() {
    int length = layout.blockLength();
    var cosines = new double[length][length];
    for (int i = 0; i < length; i++) {
      for (int j = 0; j < length; j++) {
        cosines[i][j] = cosine(found, i, base, j);
      }
    }
    return cosines;
  }

  private double cosine(PatchFilters left, int i, PatchFilters right, int j) {
    double product = 0;
    double leftSquare = 0;
    double rightSquare = 0;
    for (int block = 0; block < layout.blocks(); block++) {
      int leftValue = layout.index(block, i);
      int rightValue = layout.index(block, j);
      for (int feature = 0; feature < left.features(); feature++) {
        double a = left.weight(feature, leftValue);
        double b = right.weight(feature, rightValue);
        product += a * b;
        leftSquare += a * a;
        rightSquare += b * b;
      }
    }
    double norms = Math.sqrt(leftSquare) * Math.sqrt(rightSquare);
    return norms == 0 ? 0 : product / norms;
  }
}
