package org.wardlock.tensor.spi;

import org.wardlock.tensor.Shape;

/**
 * Self-attention with all scores in memory: one batched product each for scores, mixture and
 * gradients.
 */
final class ComposedAttention {
  private static final int QUERIES = 0;
  private static final int KEYS = 1;
  private static final int VALUES = 2;

  private ComposedAttention() {}

  static void forward(Backend backend, Operand qkv, float scale, Operand out, Operand logSumExp) {
    try (var f = new Composition(backend)) {
      Operand q = perHead(f, part(qkv, QUERIES));
      Operand k = perHead(f, part(qkv, KEYS));
      Operand v = perHead(f, part(qkv, VALUES));
      Operand scores = f.affine(f.matmul(q, transpose(k)), scale, 0);
      Operand largest = f.max(scores, 2);
      Operand exponential = f.exp(f.subtract(scores, largest));
      Operand sum = f.sum(exponential, 2);
      f.into(perToken(out), split(f, f.matmul(f.divide(exponential, sum), v), out));
      f.into(logSumExp, f.add(largest, f.log(sum)));
    }
  }

  static void backward(
      Backend backend,
      Operand qkv,
      float scale,
      Operand out,
      Operand logSumExp,
      Operand g,
      Operand gradQkv) {
    try (var f = new Composition(backend)) {
      Operand q = perHead(f, part(qkv, QUERIES));
      Operand k = perHead(f, part(qkv, KEYS));
      Operand v = perHead(f, part(qkv, VALUES));
      Operand upstream = perHead(f, g);
      Operand scores = f.affine(f.matmul(q, transpose(k)), scale, 0);
      Operand logSums = f.reshape(logSumExp, scores.shape().with(2, 1));
      Operand weights = f.exp(f.subtract(scores, logSums));
      Operand gradWeights = f.matmul(upstream, transpose(v));
      Operand inner = f.sum(f.multiply(upstream, perHead(f, out)), 2);
      Operand gradScores = f.affine(f.multiply(weights, f.subtract(gradWeights, inner)), scale, 0);
      store(f, f.matmul(gradScores, k), gradQkv, QUERIES);
      store(f, f.matmul(transpose(gradScores), q), gradQkv, KEYS);
      store(f, f.matmul(transpose(weights), upstream), gradQkv, VALUES);
    }
  }

  private static void store(Composition f, Operand perHead, Operand gradQkv, int which) {
    Operand target = part(gradQkv, which);
    f.into(perToken(target), split(f, perHead, target));
  }

  /** Queries, keys or values of (B, N, 3, heads, d) as (B, N, heads, d). */
  private static Operand part(Operand qkv, int which) {
    Layout one = qkv.layout().slice(2, which, which + 1);
    Shape shape = one.shape().without(2);
    long[] strides = {one.stride(0), one.stride(1), one.stride(3), one.stride(4)};
    return qkv.with(Layout.of(shape, strides, one.offset()));
  }

  /** (B, N, heads, d) as (B heads, N, d). */
  private static Operand perHead(Composition f, Operand x) {
    Shape shape = x.shape();
    Shape merged = Shape.of(shape.extent(0) * shape.extent(2), shape.extent(1), shape.extent(3));
    return f.reshape(perToken(x), merged);
  }

  /** (B heads, N, d) as (B, heads, N, d), with the extents of a (B, N, heads, d). */
  private static Operand split(Composition f, Operand x, Operand like) {
    return f.reshape(x, perToken(like).shape());
  }

  /** (B, N, heads, d) seen as (B, heads, N, d). */
  private static Operand perToken(Operand x) {
    return Composition.permute(x, 0, 2, 1, 3);
  }

  private static Operand transpose(Operand x) {
    return Composition.permute(x, 0, 2, 1);
  }
}
