package org.wardlock.tensor.testing;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Shape;

/** Self-attention and its gradient. */
interface AttentionContract extends ContractFamily {
  /** (B, N, 3, heads, d). */
  private static Shape[] packed() {
    return new Shape[] {
      Shape.of(1, 1, 3, 1, 1),
      Shape.of(0, 5, 3, 2, 4),
      Shape.of(2, 7, 3, 3, 5),
      Shape.of(2, 65, 3, 2, 16),
      Shape.of(1, 33, 3, 1, 64)
    };
  }

  @Test
  default void attention() {
    for (Shape shape : packed()) {
      for (float scale : new float[] {0.3f, 3}) {
        OperationCheck.of(backend(), "attention " + shape + " scale " + scale)
            .inputs(Values.normal(1, shape))
            .outputs(outputShape(shape), sumsShape(shape))
            .expecting(in -> NormalizationReference.attention(in.getFirst(), scale))
            // a weight is off by as much as its score is
            .within(new Tolerance(2e-5 * Math.max(1, scale)))
            .fused()
            .independent(true)
            .run((b, in, out) -> b.attention(in[0], scale, out[0], out[1]));
      }
    }
  }

  @Test
  default void attentionBackward() {
    for (Shape shape : packed()) {
      float scale = 0.4f;
      Values qkv = Values.normal(2, shape);
      List<Values> forward = NormalizationReference.attention(qkv, scale);
      OperationCheck.of(backend(), "gradient of attention " + shape)
          .inputs(
              qkv,
              forward.get(0).map(v -> v),
              forward.get(1).map(v -> v),
              Values.normal(3, outputShape(shape)))
          .outputs(shape)
          .expecting(
              in ->
                  List.of(
                      NormalizationReference.attentionBackward(
                          in.get(0), scale, in.get(1), in.get(2), in.get(3))))
          .placed(Placement.DISTINCT)
          .fused()
          .independent(true, true, true, true)
          .run((b, in, out) -> b.attentionBackward(in[0], scale, in[1], in[2], in[3], out[0]));
    }
  }

  private static Shape outputShape(Shape packed) {
    return packed.without(2);
  }

  private static Shape sumsShape(Shape packed) {
    return Shape.of(packed.extent(0), packed.extent(3), packed.extent(1));
  }
}
