// Batched matrix products of bf16 by warpgroups, for compute capability 9.0 alone: what tensor_gemm.cu does, with the
// instructions that feed Hopper's tensor cores from shared memory. A block computes 128 x 192 or 128 x 256 elements by two
// warpgroups of 64 rows; tiles of the operands, 64 deep, wait in shared memory in four stages. Names as there, with the
// columns of a tile behind. Slices are added up by tensor_gemm.cu.

#include "tensor_core.h"
#include "warpgroup.h"
#include "gemm_finish.h"

constexpr int TILE_ROWS = 128;
constexpr int DEPTH = 64;
constexpr int THREADS = 256;
constexpr int STAGES = 4;
constexpr int CHUNK = 16;
constexpr int ROW_CHUNKS = 8;
constexpr int ROW_BYTES = ROW_CHUNKS * CHUNK;
constexpr int PATTERN_BYTES = 8 * ROW_BYTES;
constexpr int GROUP_BYTES = 64 * ROW_BYTES;

// Tiles are visited in bands of so many tile rows, so that blocks which run together share operands in the cache.
constexpr int BAND = 8;

// A tile of an operand as describe wants it: OUTER indices that are not summed over by 64 that are.
template <int OUTER, bool INNER_CONTIGUOUS> struct Tile {
  static constexpr int BYTES = OUTER * DEPTH * 2;

  // Begins to copy the tile from an outer and an inner index on; zeros beyond the edges.
  static FUNCTION_OF_TYPE void copy(
      u32 tile, const u8 *matrix, i64 stride, int outer, int outerExtent, int inner, int innerExtent) {
#pragma unroll
    for (int i = 0; i < BYTES / CHUNK / THREADS; i++) {
      int index = THREAD_ID + i * THREADS;
      int row = index / ROW_CHUNKS;
      int chunk = index % ROW_CHUNKS;
      int along = INNER_CONTIGUOUS ? outer + row : inner + row % DEPTH;
      int across = INNER_CONTIGUOUS ? inner + chunk * 8 : outer + row / DEPTH * 64 + chunk * 8;
      int left = (INNER_CONTIGUOUS ? innerExtent : outerExtent) - across;
      bool inside = along < (INNER_CONTIGUOUS ? outerExtent : innerExtent) && left > 0;
      const u8 *source = inside ? matrix + along * stride + across * 2LL : matrix;
      u32 target = tile + row * ROW_BYTES + (chunk ^ row % 8) * CHUNK;
      copyAsync16(target, source, inside ? smaller(left * 2, CHUNK) : 0);
    }
  }

  // From a multiple of 64 outer indices on, 16 inner ones: step of four.
  static FUNCTION_OF_TYPE u64 part(u32 tile, int group, int step) {
    u32 start = tile + group * GROUP_BYTES + step * (INNER_CONTIGUOUS ? 32 : 2 * PATTERN_BYTES);
    return describe(start, GROUP_BYTES, PATTERN_BYTES);
  }
};

template <int COLUMNS, bool BF16_OUT, bool A_INNER, bool B_INNER>
FUNCTION void multiplyTile(
    int rows,
    int inner,
    int columns,
    int summed,
    int slices,
    int sliceSteps,
    const u8 *a,
    i64 aEntry,
    i64 aStride,
    const u8 *b,
    i64 bEntry,
    i64 bStride,
    const Finish &finish) {
  using Left = Tile<TILE_ROWS, A_INNER>;
  using Right = Tile<COLUMNS, B_INNER>;
  constexpr int STAGE_BYTES = Left::BYTES + Right::BYTES;

  int tilesDown = (rows + TILE_ROWS - 1) / TILE_ROWS;
  int tilesAcross = (columns + COLUMNS - 1) / COLUMNS;
  int tile = BLOCK_ID % (tilesDown * tilesAcross);
  int matrix = BLOCK_ID / (tilesDown * tilesAcross);
  int band = tile / (BAND * tilesAcross) * BAND;
  int bandRows = smaller(BAND, tilesDown - band);
  int withinBand = tile % (BAND * tilesAcross);
  int firstRow = (band + withinBand % bandRows) * TILE_ROWS;
  int firstColumn = withinBand / bandRows * COLUMNS;

  // the steps of this slice, of all products that are added up into one
  int productSteps = (inner + DEPTH - 1) / DEPTH;
  int firstStep = matrix % slices * sliceSteps;
  int steps = smaller(summed * productSteps - firstStep, sliceSteps);
  int product = matrix / slices + firstStep / productSteps;
  int nextInner = firstStep % productSteps * DEPTH;
  const u8 *nextA = a + product * aEntry;
  const u8 *nextB = b + product * bEntry;

  u32 shared = sharedStart();
  int begun = 0;
  auto beginStep = [&]() {
    if (begun < steps) {
      u32 stage = shared + begun % STAGES * STAGE_BYTES;
      Left::copy(stage, nextA, aStride, firstRow, rows, nextInner, inner);
      Right::copy(stage + Left::BYTES, nextB, bStride, firstColumn, columns, nextInner, inner);
      begun++;
      nextInner += DEPTH;
      if (nextInner >= inner) {
        nextInner = 0;
        nextA += aEntry;
        nextB += bEntry;
      }
    }
    commitCopies();
  };

  int group = THREAD_ID / 128;
  float sum[COLUMNS / 8][4];
#pragma unroll
  for (int j = 0; j < COLUMNS / 8; j++) {
#pragma unroll
    for (int k = 0; k < 4; k++) {
      sum[j][k] = 0.0f;
    }
  }

  for (int i = 0; i < STAGES - 2; i++) {
    beginStep();
  }
  for (int step = 0; step < steps; step++) {
    awaitCopies<STAGES - 3>();
    fenceForTensorCores();
    // shows every thread's copies to all, and that the products of the step before the last one are done, whose stage is
    // overwritten next
    barrier();
    beginStep();
    u32 stage = shared + step % STAGES * STAGE_BYTES;
    fenceProducts();
#pragma unroll
    for (int part = 0; part < DEPTH / 16; part++) {
      multiplyWarpgroup<!A_INNER, !B_INNER>(
          sum, Left::part(stage, group, part), Right::part(stage + Left::BYTES, 0, part));
    }
    commitProducts();
    awaitProducts<1>();
  }
  awaitProducts<0>();

  // shared memory serves the way out: 16 rows a warp as float32; the gap keeps lanes that store together in different
  // banks
  awaitCopies<0>();
  barrier();
  constexpr int OUT_ROW_BYTES = (COLUMNS + 8) * 4;
  int lane = LANE_ID;
  int warp = THREAD_ID / 32;
  u32 out = shared + warp * 16 * OUT_ROW_BYTES;
#pragma unroll
  for (int j = 0; j < COLUMNS / 8; j++) {
    u32 target = out + lane / 4 * OUT_ROW_BYTES + (j * 8 + lane % 4 * 2) * 4;
    storeShared2(target, sum[j][0], sum[j][1]);
    storeShared2(target + 8 * OUT_ROW_BYTES, sum[j][2], sum[j][3]);
  }
  warpBarrier();
#pragma unroll 1
  for (int i = lane; i < 16 * COLUMNS / 4; i += 32) {
    int r = i / (COLUMNS / 4);
    int c = i % (COLUMNS / 4) * 4;
    float values[4];
    loadShared4(values, out + r * OUT_ROW_BYTES + c * 4);
    int row = firstRow + warp * 16 + r;
    int column = firstColumn + c;
    if (row < rows && column < columns) {
      finishRow<BF16_OUT>(finish, static_cast<i64>(matrix) * rows * columns, row, column, columns, values);
    }
  }
}

// Strides and offsets are counted in elements. The out of several slices is (entries, slices, rows, columns).
#define GEMM(NAME, COLUMNS, BF16_OUT, A_INNER, B_INNER) \
  KERNEL( \
      NAME, \
      THREADS, \
      1, \
      int rows, \
      int inner, \
      int columns, \
      int summed, \
      int slices, \
      int sliceSteps, \
      const u8 *a, \
      int aOffset, \
      int aEntry, \
      int aStride, \
      const u8 *b, \
      int bOffset, \
      int bEntry, \
      int bStride, \
      u8 *out, \
      int outOffset, \
      int epilogue, \
      const u8 *bias, \
      int biasOffset, \
      int biasIsBf16, \
      int activation) { \
    Finish finish{ \
        out + outOffset * (BF16_OUT ? 2LL : 4LL), \
        epilogue, \
        bias + biasOffset * (biasIsBf16 ? 2LL : 4LL), \
        biasIsBf16 != 0, \
        activation}; \
    multiplyTile<COLUMNS, BF16_OUT, A_INNER, B_INNER>( \
        rows, \
        inner, \
        columns, \
        summed, \
        slices, \
        sliceSteps, \
        globalAddress(a) + aOffset * 2LL, \
        aEntry * 2LL, \
        aStride * 2LL, \
        globalAddress(b) + bOffset * 2LL, \
        bEntry * 2LL, \
        bStride * 2LL, \
        finish); \
  }

#define GEMM_ORDERS(NAME, COLUMNS, BF16_OUT) \
  GEMM(NAME##KK##COLUMNS, COLUMNS, BF16_OUT, true, true) \
  GEMM(NAME##KN##COLUMNS, COLUMNS, BF16_OUT, true, false) \
  GEMM(NAME##MK##COLUMNS, COLUMNS, BF16_OUT, false, true) \
  GEMM(NAME##MN##COLUMNS, COLUMNS, BF16_OUT, false, false)

GEMM_ORDERS(hopperBf16, 192, true)
GEMM_ORDERS(hopperBf16, 256, true)
GEMM_ORDERS(hopperBf16Float, 192, false)
GEMM_ORDERS(hopperBf16Float, 256, false)
