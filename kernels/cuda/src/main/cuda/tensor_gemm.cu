// Batched matrix products on tensor cores by mma.sync, for compute capability 8.0 and later: bf16, and float32 rounded to
// tf32, added up in float32. A block computes a tile of 128 x 128 by four warps of 64 x 64, or, where operands take
// more registers, by eight of 64 x 32; tiles of the operands, 64 bytes deep, wait in shared memory in three stages. The
// oracle is gemm.kernel.
//
// The names end in which extent lies contiguously in memory: that of the left operand, rows (M) or inner (K), then that
// of the right one, inner (K) or columns (N). KK is x times a weight transposed, KN the gradient towards x, MN the one
// towards the weight. The other extent has any stride that is a multiple of 16 bytes.
//
// Where an inner extent is long it is cut into slices, each by a block of its own; sumSlices adds them up in order.

#include "tensor_core.h"
#include "gemm_finish.h"
#include "gemm_steps.h"

constexpr int TILE = 128;
constexpr int WARP_ROWS = 64;
constexpr int SUM_THREADS = 256;
constexpr int STAGES = 3;
constexpr int DEPTH_BYTES = 64;
constexpr int CHUNK = 16;

// How many columns a warp computes, and threads a block, for elements of a size.
template <int SIZE> constexpr int WARP_COLUMNS = SIZE == 2 ? 64 : 32;
template <int SIZE> constexpr int THREADS = TILE / WARP_ROWS * (TILE / WARP_COLUMNS<SIZE>) * 32;

// For the way out: half of a warp's tile as float32; the gap keeps lanes that store together in different banks.
constexpr int OUT_ROWS = WARP_ROWS / 2;
template <int SIZE> constexpr int OUT_ROW_BYTES = (WARP_COLUMNS<SIZE> + 8) * 4;

// ---- operands in shared memory

// A tile of an operand with elements of SIZE bytes: rows of 16-byte chunks, each row an index of the extent that is not
// contiguous. Chunks change places by row so that neither a warp's copies nor its loads meet in a bank.
template <int SIZE, bool INNER_CONTIGUOUS> struct Tile {
  static constexpr int BYTES = TILE * DEPTH_BYTES;
  static constexpr int DEPTH = DEPTH_BYTES / SIZE;
  static constexpr int ELEMENTS = CHUNK / SIZE;
  static constexpr int ROW_CHUNKS = (INNER_CONTIGUOUS ? DEPTH : TILE) / ELEMENTS;
  static constexpr int COPIES = BYTES / CHUNK / THREADS<SIZE>;

  static FUNCTION_OF_TYPE u32 position(int row, int chunk) {
    int change = INNER_CONTIGUOUS ? row / 2 % 4 : SIZE == 2 ? row % 8 : row % 4 * 2;
    return (row * ROW_CHUNKS + (chunk ^ change)) * CHUNK;
  }

  // Begins to copy the tile from an outer and an inner index on; zeros beyond the edges.
  static FUNCTION_OF_TYPE void copy(
      u32 tile, const u8 *matrix, i64 stride, int outer, int outerExtent, int inner, int innerExtent) {
#pragma unroll
    for (int i = 0; i < COPIES; i++) {
      int index = THREAD_ID + i * THREADS<SIZE>;
      int row = index / ROW_CHUNKS;
      int chunk = index % ROW_CHUNKS;
      int along = (INNER_CONTIGUOUS ? outer : inner) + row;
      int across = (INNER_CONTIGUOUS ? inner : outer) + chunk * ELEMENTS;
      int left = (INNER_CONTIGUOUS ? innerExtent : outerExtent) - across;
      bool inside = along < (INNER_CONTIGUOUS ? outerExtent : innerExtent) && left > 0;
      const u8 *source = inside ? matrix + along * stride + static_cast<i64>(across) * SIZE : matrix;
      copyAsync16(tile + position(row, chunk), source, inside ? smaller(left * SIZE, CHUNK) : 0);
    }
  }

  // The warp: 16 outer by 32 bytes of inner indices as the left operand of a product.
  static FUNCTION_OF_TYPE void loadLeft(u32 (&words)[4], u32 tile, int outer, int step) {
    int lane = LANE_ID;
    if constexpr (INNER_CONTIGUOUS) {
      loadMatrices(words, tile + position(outer + lane % 16, step * 2 + lane / 16));
    } else if constexpr (SIZE == 2) {
      loadMatricesTransposed(
          words, tile + position(step * 16 + lane / 16 * 8 + lane % 8, outer / 8 + lane / 8 % 2));
    } else {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        words[i] = element(tile, outer + i % 2 * 8 + lane / 4, step * 8 + i / 2 * 4 + lane % 4);
      }
    }
    round(words);
  }

  // The warp: likewise as the right operands of two products, eight outer indices each.
  static FUNCTION_OF_TYPE void loadRight(u32 (&words)[4], u32 tile, int outer, int step) {
    int lane = LANE_ID;
    if constexpr (INNER_CONTIGUOUS) {
      loadMatrices(words, tile + position(outer + lane / 16 * 8 + lane % 8, step * 2 + lane / 8 % 2));
    } else if constexpr (SIZE == 2) {
      loadMatricesTransposed(words, tile + position(step * 16 + lane % 16, outer / 8 + lane / 16));
    } else {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        words[i] = element(tile, outer + i / 2 * 8 + lane / 4, step * 8 + i % 2 * 4 + lane % 4);
      }
    }
    round(words);
  }

  static FUNCTION_OF_TYPE u32 element(u32 tile, int outer, int inner) {
    return loadShared(tile + position(inner, outer / ELEMENTS) + outer % ELEMENTS * SIZE);
  }

  static FUNCTION_OF_TYPE void round(u32 (&words)[4]) {
    if constexpr (SIZE == 4) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        words[i] = roundTf32(words[i]);
      }
    }
  }
};

template <int SIZE> FUNCTION void multiply(float (&sum)[4], const u32 (&left)[4], u32 right0, u32 right1) {
  if constexpr (SIZE == 2) {
    multiplyBf16(sum, left, right0, right1);
  } else {
    multiplyTf32(sum, left, right0, right1);
  }
}

// ---- products

template <int SIZE, bool BF16_OUT, bool A_INNER, bool B_INNER>
FUNCTION void multiplyTile(const Products &products, const Finish &finish) {
  using Left = Tile<SIZE, A_INNER>;
  using Right = Tile<SIZE, B_INNER>;
  constexpr int COLUMNS = WARP_COLUMNS<SIZE>;
  constexpr int ROW_BYTES = OUT_ROW_BYTES<SIZE>;
  constexpr int ROW_LANES = COLUMNS / 4;
  Place place = placeOf<TILE, TILE>(products);
  Steps<Left, Right, Left::DEPTH, STAGES> steps(products, place);

  int warp = THREAD_ID / 32;
  int warpRow = warp / (TILE / COLUMNS) * WARP_ROWS;
  int warpColumn = warp % (TILE / COLUMNS) * COLUMNS;
  float sum[WARP_ROWS / 16][COLUMNS / 8][4];
#pragma unroll
  for (int i = 0; i < WARP_ROWS / 16; i++) {
    zero(sum[i]);
  }

  for (int i = 0; i < STAGES - 1; i++) {
    steps.beginNext();
  }
  for (int step = 0; step < steps.count; step++) {
    awaitCopies<STAGES - 2>();
    // shows every thread's copies to all, and that all are done with the stage that is overwritten next
    barrier();
    steps.beginNext();
#pragma unroll
    for (int part = 0; part < 2; part++) {
      u32 right[COLUMNS / 16][4];
#pragma unroll
      for (int j = 0; j < COLUMNS / 16; j++) {
        Right::loadRight(right[j], steps.right(step), warpColumn + j * 16, part);
      }
#pragma unroll
      for (int i = 0; i < WARP_ROWS / 16; i++) {
        u32 left[4];
        Left::loadLeft(left, steps.left(step), warpRow + i * 16, part);
#pragma unroll
        for (int j = 0; j < COLUMNS / 8; j++) {
          multiply<SIZE>(sum[i][j], left, right[j / 2][j % 2 * 2], right[j / 2][j % 2 * 2 + 1]);
        }
      }
    }
  }

  // shared memory serves the way out
  awaitCopies<0>();
  barrier();
  int lane = LANE_ID;
  u32 out = steps.shared + warp * OUT_ROWS * ROW_BYTES;
#pragma unroll
  for (int first = 0; first < WARP_ROWS; first += OUT_ROWS) {
    warpBarrier();
#pragma unroll
    for (int i = 0; i < OUT_ROWS / 16; i++) {
#pragma unroll
      for (int j = 0; j < COLUMNS / 8; j++) {
        const float(&part)[4] = sum[first / 16 + i][j];
        u32 target = out + (i * 16 + lane / 4) * ROW_BYTES + (j * 8 + lane % 4 * 2) * 4;
        storeShared2(target, part[0], part[1]);
        storeShared2(target + 8 * ROW_BYTES, part[2], part[3]);
      }
    }
    warpBarrier();
#pragma unroll 1
    for (int r = lane / ROW_LANES; r < OUT_ROWS; r += 32 / ROW_LANES) {
      float values[4];
      loadShared4(values, out + r * ROW_BYTES + lane % ROW_LANES * 16);
      int row = place.firstRow + warpRow + first + r;
      int column = place.firstColumn + warpColumn + lane % ROW_LANES * 4;
      if (row < products.rows && column < products.columns) {
        i64 matrix = static_cast<i64>(place.matrix) * products.rows * products.columns;
        finishRow<BF16_OUT>(finish, matrix, row, column, products.columns, values);
      }
    }
  }
}

#define GEMM(NAME, SIZE, BF16_OUT, A_INNER, B_INNER) \
  GEMM_KERNEL( \
      NAME, \
      THREADS<SIZE>, \
      256 / THREADS<SIZE>, \
      SIZE, \
      (BF16_OUT ? 2 : 4), \
      multiplyTile<SIZE, BF16_OUT, A_INNER, B_INNER>)

#define GEMM_ORDERS(NAME, SIZE, BF16_OUT) \
  GEMM(NAME##KK, SIZE, BF16_OUT, true, true) \
  GEMM(NAME##KN, SIZE, BF16_OUT, true, false) \
  GEMM(NAME##MK, SIZE, BF16_OUT, false, true) \
  GEMM(NAME##MN, SIZE, BF16_OUT, false, false)

GEMM_ORDERS(gemmBf16, 2, true)
GEMM_ORDERS(gemmBf16Float, 2, false)
GEMM_ORDERS(gemmTf32, 4, false)

// ---- slices

// One thread for four neighbours of a row.
template <bool BF16_OUT>
FUNCTION void sumSlices(int entries, int rows, int columns, int slices, const u8 *parts, const Finish &finish) {
  int rowItems = (columns + 3) / 4;
  i64 item = static_cast<i64>(BLOCK_ID) * SUM_THREADS + THREAD_ID;
  int column = static_cast<int>(item % rowItems) * 4;
  int row = static_cast<int>(item / rowItems % rows);
  i64 entry = item / rowItems / rows;
  if (entry >= entries) {
    return;
  }
  float values[4] = {0.0f, 0.0f, 0.0f, 0.0f};
  for (int slice = 0; slice < slices; slice++) {
    const u8 *part = parts + (((entry * slices + slice) * rows + row) * columns + column) * 4;
    if (columns % 4 == 0) {
      Words4 words = loadGlobal<Words4>(part);
#pragma unroll
      for (int i = 0; i < 4; i++) {
        values[i] += floatOf(words.word[i]);
      }
    } else {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        if (column + i < columns) {
          values[i] += floatOf(loadGlobal<u32>(part + i * 4));
        }
      }
    }
  }
  finishRow<BF16_OUT>(finish, entry * rows * columns, row, column, columns, values);
}

#define SUM_SLICES(NAME, BF16_OUT) \
  KERNEL( \
      NAME, \
      SUM_THREADS, \
      4, \
      int entries, \
      int rows, \
      int columns, \
      int slices, \
      const u8 *parts, \
      u8 *out, \
      int outOffset, \
      int epilogue, \
      const u8 *bias, \
      int biasOffset, \
      int biasIsBf16, \
      int activation) { \
    Finish finish = finishOf( \
        out, outOffset, BF16_OUT ? 2 : 4, epilogue, bias, biasOffset, biasIsBf16, activation); \
    sumSlices<BF16_OUT>(entries, rows, columns, slices, parts, finish); \
  }

SUM_SLICES(sumSlicesBf16, true)
SUM_SLICES(sumSlicesFloat, false)
