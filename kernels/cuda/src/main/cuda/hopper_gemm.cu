// Batched matrix products of bf16 by warpgroups, for compute capability 9.0 alone: what tensor_gemm.cu does, with the
// instructions that feed Hopper's tensor cores from shared memory. A block computes 128 x 192 or 128 x 256 elements by two
// warpgroups of 64 rows; tiles of the operands, 64 deep, wait in shared memory in four stages. Names as there, with the
// columns of a tile behind. Slices are added up by tensor_gemm.cu.

#include "tensor_core.h"
#include "warpgroup.h"
#include "gemm_finish.h"
#include "gemm_steps.h"

constexpr int TILE_ROWS = 128;
constexpr int DEPTH = 64;
constexpr int THREADS = 256;
constexpr int STAGES = 4;
constexpr int CHUNK = 16;
constexpr int ROW_CHUNKS = 8;
constexpr int ROW_BYTES = ROW_CHUNKS * CHUNK;
constexpr int PATTERN_BYTES = 8 * ROW_BYTES;
constexpr int GROUP_BYTES = 64 * ROW_BYTES;

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
FUNCTION void multiplyTile(const Products &products, const Finish &finish) {
  using Left = Tile<TILE_ROWS, A_INNER>;
  using Right = Tile<COLUMNS, B_INNER>;
  Place place = placeOf<TILE_ROWS, COLUMNS>(products);
  Steps<Left, Right, DEPTH, STAGES> steps(products, place);

  int group = THREAD_ID / 128;
  float sum[COLUMNS / 8][4];
  zero(sum);

  for (int i = 0; i < STAGES - 2; i++) {
    steps.beginNext();
  }
  for (int step = 0; step < steps.count; step++) {
    awaitCopies<STAGES - 3>();
    fenceForTensorCores();
    // shows every thread's copies to all, and that the products of the step before the last one are done, whose stage is
    // overwritten next
    barrier();
    steps.beginNext();
    u32 left = steps.left(step);
    u32 right = steps.right(step);
    fenceProducts();
#pragma unroll
    for (int part = 0; part < DEPTH / 16; part++) {
      multiplyWarpgroup<!A_INNER, !B_INNER>(
          sum, Left::part(left, group, part), Right::part(right, 0, part));
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
  u32 out = steps.shared + warp * 16 * OUT_ROW_BYTES;
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
    int row = place.firstRow + warp * 16 + r;
    int column = place.firstColumn + c;
    if (row < products.rows && column < products.columns) {
      i64 matrix = static_cast<i64>(place.matrix) * products.rows * products.columns;
      finishRow<BF16_OUT>(finish, matrix, row, column, products.columns, values);
    }
  }
}

#define GEMM(NAME, COLUMNS, BF16_OUT, A_INNER, B_INNER) \
  GEMM_KERNEL(NAME, THREADS, 1, 2, (BF16_OUT ? 2 : 4), multiplyTile<COLUMNS, BF16_OUT, A_INNER, B_INNER>)

#define GEMM_ORDERS(NAME, COLUMNS, BF16_OUT) \
  GEMM(NAME##KK##COLUMNS, COLUMNS, BF16_OUT, true, true) \
  GEMM(NAME##KN##COLUMNS, COLUMNS, BF16_OUT, true, false) \
  GEMM(NAME##MK##COLUMNS, COLUMNS, BF16_OUT, false, true) \
  GEMM(NAME##MN##COLUMNS, COLUMNS, BF16_OUT, false, false)

GEMM_ORDERS(hopperBf16, 192, true)
GEMM_ORDERS(hopperBf16, 256, true)
GEMM_ORDERS(hopperBf16Float, 192, false)
GEMM_ORDERS(hopperBf16Float, 256, false)
