// Self-attention of up to 256 tokens on tensor cores, bf16 with sums in float32, for compute capability 8.0 and later. A
// block computes one head of one picture, which lies whole in shared memory; a warp, 16 rows at a time. The oracle is
// attention.kernel.

#include "tensor_core.h"

constexpr int FORWARD_THREADS = 128;
constexpr int BACKWARD_THREADS = 256;
constexpr float LOG2_E = 1.44269504088896341f;
constexpr float LN_2 = 0.69314718055994531f;

// How queries, keys and values lie: (B, N, 3, heads, D), counted in elements, the last extent contiguous.
struct Projections {
  const u8 *start;
  int picture;
  int token;
  int part;
  int head;
};

FUNCTION float negativeInfinity() {
  return floatOf(0xFF800000u);
}

// ---- the tokens of a head in shared memory

// Rows of D elements in chunks of 16 bytes, which change places by row so that eight rows never meet in a bank.
template <int D> struct Head {
  static constexpr int ROW_BYTES = D * 2;
  static constexpr int CHUNKS = ROW_BYTES / 16;

  static FUNCTION_OF_TYPE u32 position(int row, int chunk) {
    return row * ROW_BYTES + (chunk ^ (CHUNKS == 8 ? row % 8 : row / 2 % 4)) * 16;
  }

  // Begins to copy the tokens that there are, and zeros up to a number of rows.
  static FUNCTION_OF_TYPE void copy(u32 target, const u8 *source, i64 rowBytes, int tokens, int rows, int threads) {
    for (int i = THREAD_ID; i < rows * CHUNKS; i += threads) {
      int row = i / CHUNKS;
      int chunk = i % CHUNKS;
      bool inside = row < tokens;
      copyAsync16(
          target + position(row, chunk), inside ? source + row * rowBytes + chunk * 16 : source, inside ? 16 : 0);
    }
  }

  // The warp: 16 rows as the left operands of products, 16 elements in each.
  static FUNCTION_OF_TYPE void loadLeft(u32 (&words)[D / 16][4], u32 head, int row) {
    int lane = LANE_ID;
#pragma unroll
    for (int step = 0; step < D / 16; step++) {
      loadMatrices(words[step], head + position(row + lane % 16, step * 2 + lane / 16));
    }
  }

  // The warp: 16 rows by 16 elements, which are summed over, as the right operands of two products.
  static FUNCTION_OF_TYPE void loadRight(u32 (&words)[4], u32 head, int row, int step) {
    int lane = LANE_ID;
    loadMatrices(words, head + position(row + lane / 16 * 8 + lane % 8, step * 2 + lane / 8 % 2));
  }

  // The warp: likewise, with the rows summed over.
  static FUNCTION_OF_TYPE void loadRightRows(u32 (&words)[4], u32 head, int row, int step) {
    int lane = LANE_ID;
    loadMatricesTransposed(words, head + position(row + lane % 16, step * 2 + lane / 16));
  }

  // The warp: products += a tile of 16 x 16 times 16 rows.
  static FUNCTION_OF_TYPE void addProduct(float (&products)[D / 8][4], const u32 (&left)[4], u32 head, int row) {
#pragma unroll
    for (int step = 0; step < D / 16; step++) {
      u32 right[4];
      loadRightRows(right, head, row, step);
      multiplyBf16(products[step * 2], left, right[0], right[1]);
      multiplyBf16(products[step * 2 + 1], left, right[2], right[3]);
    }
  }

  // The warp: the products of 16 rows, given as left operands, with each of 16 others.
  static FUNCTION_OF_TYPE void score(
      float (&first)[4], float (&second)[4], const u32 (&left)[D / 16][4], u32 head, int row) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      first[i] = 0.0f;
      second[i] = 0.0f;
    }
#pragma unroll
    for (int step = 0; step < D / 16; step++) {
      u32 right[4];
      loadRight(right, head, row, step);
      multiplyBf16(first, left[step], right[0], right[1]);
      multiplyBf16(second, left[step], right[2], right[3]);
    }
  }
};

// What two products of a warp hold, as the left operand of the next.
FUNCTION void asLeft(u32 (&left)[4], const float (&first)[4], const float (&second)[4]) {
  left[0] = packBf16(first[0], first[1]);
  left[1] = packBf16(first[2], first[3]);
  left[2] = packBf16(second[0], second[1]);
  left[3] = packBf16(second[2], second[3]);
}

// Stores 16 rows, those that are tokens, each times a factor.
template <int D>
FUNCTION void storeRows(
    u8 *target, i64 rowBytes, int firstRow, int tokens, const float (&products)[D / 8][4], float upper, float lower) {
  int lane = LANE_ID;
#pragma unroll
  for (int half = 0; half < 2; half++) {
    int row = firstRow + lane / 4 + half * 8;
    float factor = half == 0 ? upper : lower;
    if (row < tokens) {
#pragma unroll
      for (int j = 0; j < D / 8; j++) {
        storeGlobal(
            target + row * rowBytes + (j * 8 + lane % 4 * 2) * 2,
            packBf16(products[j][half * 2] * factor, products[j][half * 2 + 1] * factor));
      }
    }
  }
}

// The warp: the largest, or the sum, of the four lanes that hold a row.
FUNCTION float largestOfRow(float x) {
  x = fmaxf(x, shuffleXor(x, 1));
  return fmaxf(x, shuffleXor(x, 2));
}

FUNCTION float sumOfRow(float x) {
  x += shuffleXor(x, 1);
  return x + shuffleXor(x, 2);
}

// ---- forward

// All scores of 16 queries are in registers at once, KEYS at most.
template <int KEYS, int D>
FUNCTION void attend(int tokens, int heads, float scale, const Projections &from, u8 *out, u8 *logSumExp) {
  int picture = BLOCK_ID / heads;
  int head = BLOCK_ID % heads;
  int tiles = (tokens + 15) / 16;
  i64 rowBytes = from.token * 2LL;
  const u8 *queries = from.start + (static_cast<i64>(picture) * from.picture + head * from.head) * 2;
  u32 keys = sharedStart();
  u32 values = keys + tiles * 16 * Head<D>::ROW_BYTES;
  Head<D>::copy(keys, queries + from.part * 2LL, rowBytes, tokens, tiles * 16, FORWARD_THREADS);
  Head<D>::copy(values, queries + from.part * 4LL, rowBytes, tokens, tiles * 16, FORWARD_THREADS);
  commitCopies();
  awaitCopies<0>();
  barrier();

  int lane = LANE_ID;
  float factor = scale * LOG2_E;
  u8 *target = out + (static_cast<i64>(picture) * tokens * heads + head) * D * 2;
  for (int tile = THREAD_ID / 32; tile < tiles; tile += FORWARD_THREADS / 32) {
    u32 left[D / 16][4];
#pragma unroll
    for (int step = 0; step < D / 16; step++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        int row = tile * 16 + lane / 4 + i % 2 * 8;
        int element = step * 16 + lane % 4 * 2 + i / 2 * 8;
        left[step][i] = row < tokens ? loadGlobal<u32>(queries + row * rowBytes + element * 2) : 0;
      }
    }
    float scores[KEYS / 8][4];
    float largest[2] = {negativeInfinity(), negativeInfinity()};
#pragma unroll
    for (int j = 0; j < KEYS / 16; j++) {
      if (j < tiles) {
        Head<D>::score(scores[j * 2], scores[j * 2 + 1], left, keys, j * 16);
      }
#pragma unroll
      for (int i = 0; i < 8; i++) {
        float &score = scores[j * 2 + i / 4][i % 4];
        int key = j * 16 + i / 4 * 8 + lane % 4 * 2 + i % 2;
        score = key < tokens ? score * factor : negativeInfinity();
        largest[i / 2 % 2] = fmaxf(largest[i / 2 % 2], score);
      }
    }
    largest[0] = largestOfRow(largest[0]);
    largest[1] = largestOfRow(largest[1]);
    float sum[2] = {0.0f, 0.0f};
    float mixture[D / 8][4];
    zero(mixture);
#pragma unroll
    for (int j = 0; j < KEYS / 16; j++) {
      if (j < tiles) {
#pragma unroll
        for (int i = 0; i < 8; i++) {
          float &weight = scores[j * 2 + i / 4][i % 4];
          weight = powerOfTwo(weight - largest[i / 2 % 2]);
          sum[i / 2 % 2] += weight;
        }
        u32 weights[4];
        asLeft(weights, scores[j * 2], scores[j * 2 + 1]);
        Head<D>::addProduct(mixture, weights, values, j * 16);
      }
    }
    sum[0] = sumOfRow(sum[0]);
    sum[1] = sumOfRow(sum[1]);
    storeRows<D>(
        target, static_cast<i64>(heads) * D * 2, tile * 16, tokens, mixture, 1.0f / sum[0], 1.0f / sum[1]);
#pragma unroll
    for (int half = 0; half < 2; half++) {
      int row = tile * 16 + lane / 4 + half * 8;
      if (lane % 4 == 0 && row < tokens) {
        storeGlobal(
            logSumExp + (static_cast<i64>(BLOCK_ID) * tokens + row) * 4,
            (largest[half] + logarithmOfTwo(sum[half])) * LN_2);
      }
    }
  }
}

// ---- backward

// Scores are computed twice, for rows of queries and for rows of keys, so that no two warps add to one place.
template <int D>
FUNCTION void attendBackward(
    int tokens,
    int heads,
    float scale,
    const Projections &from,
    const u8 *out,
    const u8 *logSumExp,
    const u8 *upstream,
    i64 upstreamPicture,
    i64 upstreamToken,
    i64 upstreamHead,
    u8 *gradient) {
  int picture = BLOCK_ID / heads;
  int head = BLOCK_ID % heads;
  int tiles = (tokens + 15) / 16;
  int rows = tiles * 16;
  int bytes = rows * Head<D>::ROW_BYTES;
  i64 rowBytes = from.token * 2LL;
  const u8 *source = from.start + (static_cast<i64>(picture) * from.picture + head * from.head) * 2;
  const u8 *incoming = upstream + (picture * upstreamPicture + head * upstreamHead) * 2;
  u32 queries = sharedStart();
  u32 keys = queries + bytes;
  u32 values = keys + bytes;
  u32 incomings = values + bytes;
  u32 logSums = incomings + bytes;
  u32 projections = logSums + rows * 4;
  for (int part = 0; part < 3; part++) {
    Head<D>::copy(
        queries + part * bytes, source + part * from.part * 2LL, rowBytes, tokens, rows, BACKWARD_THREADS);
  }
  Head<D>::copy(incomings, incoming, upstreamToken * 2, tokens, rows, BACKWARD_THREADS);
  commitCopies();

  // of each token: log-sum-exp to the base of 2, infinite for what is no token so that its weights vanish, and the inner
  // product of output and incoming gradient
  int lane = LANE_ID;
  int warp = THREAD_ID / 32;
  i64 outRowBytes = static_cast<i64>(heads) * D * 2;
  const u8 *outHead = out + (static_cast<i64>(picture) * tokens * heads + head) * D * 2;
  for (int row = warp; row < rows; row += BACKWARD_THREADS / 32) {
    float inner = 0.0f;
    if (row < tokens && lane * 2 < D) {
      u32 a = loadGlobal<u32>(outHead + row * outRowBytes + lane * 4);
      u32 b = loadGlobal<u32>(incoming + row * upstreamToken * 2 + lane * 4);
      inner = floatOf(a << 16) * floatOf(b << 16) + floatOf(a & 0xFFFF0000u) * floatOf(b & 0xFFFF0000u);
    }
#pragma unroll
    for (int mask = 16; mask > 0; mask /= 2) {
      inner += shuffleXor(inner, mask);
    }
    if (lane == 0) {
      float logSum = row < tokens
          ? floatOf(loadGlobal<u32>(logSumExp + (static_cast<i64>(BLOCK_ID) * tokens + row) * 4)) * LOG2_E
          : -negativeInfinity();
      storeShared(logSums + row * 4, bitsOf(logSum));
      storeShared(projections + row * 4, bitsOf(inner));
    }
  }
  awaitCopies<0>();
  barrier();

  float factor = scale * LOG2_E;
  i64 gradientRowBytes = 3 * outRowBytes;
  u8 *target = gradient + (static_cast<i64>(picture) * tokens * 3 * heads + head) * D * 2;

  for (int tile = warp; tile < tiles; tile += BACKWARD_THREADS / 32) {
    u32 left[D / 16][4];
    u32 incomingLeft[D / 16][4];
    float towardsQueries[D / 8][4];
    Head<D>::loadLeft(left, queries, tile * 16);
    Head<D>::loadLeft(incomingLeft, incomings, tile * 16);
    zero(towardsQueries);
    float logSum[2];
    float projection[2];
#pragma unroll
    for (int half = 0; half < 2; half++) {
      int row = tile * 16 + lane / 4 + half * 8;
      logSum[half] = floatOf(loadShared(logSums + row * 4));
      projection[half] = floatOf(loadShared(projections + row * 4));
    }
#pragma unroll 1
    for (int other = 0; other < tiles; other++) {
      float weights[2][4];
      float gradients[2][4];
      Head<D>::score(weights[0], weights[1], left, keys, other * 16);
      Head<D>::score(gradients[0], gradients[1], incomingLeft, values, other * 16);
#pragma unroll
      for (int i = 0; i < 8; i++) {
        int half = i / 2 % 2;
        int key = other * 16 + i / 4 * 8 + lane % 4 * 2 + i % 2;
        float weight = powerOfTwo(weights[i / 4][i % 4] * factor - logSum[half]);
        float &g = gradients[i / 4][i % 4];
        g = key < tokens ? weight * (g - projection[half]) : 0.0f;
      }
      u32 scoresLeft[4];
      asLeft(scoresLeft, gradients[0], gradients[1]);
      Head<D>::addProduct(towardsQueries, scoresLeft, keys, other * 16);
    }
    storeRows<D>(target, gradientRowBytes, tile * 16, tokens, towardsQueries, scale, scale);
  }

  for (int tile = warp; tile < tiles; tile += BACKWARD_THREADS / 32) {
    u32 left[D / 16][4];
    u32 valuesLeft[D / 16][4];
    float towardsKeys[D / 8][4];
    float towardsValues[D / 8][4];
    Head<D>::loadLeft(left, keys, tile * 16);
    Head<D>::loadLeft(valuesLeft, values, tile * 16);
    zero(towardsKeys);
    zero(towardsValues);
#pragma unroll 1
    for (int other = 0; other < tiles; other++) {
      float weights[2][4];
      float gradients[2][4];
      Head<D>::score(weights[0], weights[1], left, queries, other * 16);
      Head<D>::score(gradients[0], gradients[1], valuesLeft, incomings, other * 16);
#pragma unroll
      for (int j = 0; j < 2; j++) {
#pragma unroll
        for (int i = 0; i < 2; i++) {
          int query = other * 16 + j * 8 + lane % 4 * 2 + i;
          float logSum = floatOf(loadShared(logSums + query * 4));
          float projection = floatOf(loadShared(projections + query * 4));
#pragma unroll
          for (int half = 0; half < 2; half++) {
            float &weight = weights[j][half * 2 + i];
            float &g = gradients[j][half * 2 + i];
            weight = powerOfTwo(weight * factor - logSum);
            g = weight * (g - projection);
          }
        }
      }
      u32 weightsLeft[4];
      u32 scoresLeft[4];
      asLeft(weightsLeft, weights[0], weights[1]);
      asLeft(scoresLeft, gradients[0], gradients[1]);
      Head<D>::addProduct(towardsValues, weightsLeft, incomings, other * 16);
      Head<D>::addProduct(towardsKeys, scoresLeft, queries, other * 16);
    }
    storeRows<D>(
        target + heads * D * 2LL, gradientRowBytes, tile * 16, tokens, towardsKeys, scale, scale);
    storeRows<D>(target + heads * D * 4LL, gradientRowBytes, tile * 16, tokens, towardsValues, 1.0f, 1.0f);
  }
}

// ---- kernels: strides and offsets are counted in elements; out, logSumExp and gradient are contiguous

#define ATTENTION(NAME, KEYS, D) \
  KERNEL( \
      NAME, \
      FORWARD_THREADS, \
      2, \
      int tokens, \
      int heads, \
      float scale, \
      const u8 *qkv, \
      int qkvOffset, \
      int pictureStride, \
      int tokenStride, \
      int partStride, \
      int headStride, \
      u8 *out, \
      int outOffset, \
      u8 *logSumExp, \
      int logSumExpOffset) { \
    Projections from{globalAddress(qkv) + qkvOffset * 2LL, pictureStride, tokenStride, partStride, headStride}; \
    attend<KEYS, D>(tokens, heads, scale, from, out + outOffset * 2LL, logSumExp + logSumExpOffset * 4LL); \
  }

ATTENTION(attention32Keys80, 80, 32)
ATTENTION(attention32Keys208, 208, 32)
ATTENTION(attention32Keys256, 256, 32)
ATTENTION(attention64Keys80, 80, 64)
ATTENTION(attention64Keys208, 208, 64)
ATTENTION(attention64Keys256, 256, 64)

#define ATTENTION_BACKWARD(NAME, D) \
  KERNEL( \
      NAME, \
      BACKWARD_THREADS, \
      1, \
      int tokens, \
      int heads, \
      float scale, \
      const u8 *qkv, \
      int qkvOffset, \
      int pictureStride, \
      int tokenStride, \
      int partStride, \
      int headStride, \
      const u8 *out, \
      int outOffset, \
      const u8 *logSumExp, \
      int logSumExpOffset, \
      const u8 *upstream, \
      int upstreamOffset, \
      int upstreamPicture, \
      int upstreamToken, \
      int upstreamHead, \
      u8 *gradient, \
      int gradientOffset) { \
    Projections from{globalAddress(qkv) + qkvOffset * 2LL, pictureStride, tokenStride, partStride, headStride}; \
    attendBackward<D>( \
        tokens, \
        heads, \
        scale, \
        from, \
        out + outOffset * 2LL, \
        logSumExp + logSumExpOffset * 4LL, \
        globalAddress(upstream) + upstreamOffset * 2LL, \
        upstreamPicture, \
        upstreamToken, \
        upstreamHead, \
        gradient + gradientOffset * 2LL); \
  }

ATTENTION_BACKWARD(attentionBackward32, 32)
ATTENTION_BACKWARD(attentionBackward64, 64)
