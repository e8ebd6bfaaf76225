// What the kernels of matrix products share whatever makes the products: which tile a block computes, the copies of its
// operands step by step, and the parameters of a launch.

// Tiles are visited in bands of so many tile rows, so that blocks which run together share operands in the cache.
constexpr int BAND = 8;

// Products of (rows x inner) by (inner x columns). So many are added up into one; what is summed over is cut into slices of
// so many steps. Entries and strides are counted in bytes.
struct Products {
  int rows;
  int inner;
  int columns;
  int summed;
  int slices;
  int sliceSteps;
  const u8 *a;
  i64 aEntry;
  i64 aStride;
  const u8 *b;
  i64 bEntry;
  i64 bStride;
};

// What a block computes: of a matrix of outputs, one for each slice, the tile that begins here.
struct Place {
  int matrix;
  int firstRow;
  int firstColumn;
};

template <int TILE_ROWS, int TILE_COLUMNS> FUNCTION Place placeOf(const Products &products) {
  int tilesDown = (products.rows + TILE_ROWS - 1) / TILE_ROWS;
  int tilesAcross = (products.columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  int tile = BLOCK_ID % (tilesDown * tilesAcross);
  int band = tile / (BAND * tilesAcross) * BAND;
  int bandRows = smaller(BAND, tilesDown - band);
  int withinBand = tile % (BAND * tilesAcross);
  return Place{
      BLOCK_ID / (tilesDown * tilesAcross),
      (band + withinBand % bandRows) * TILE_ROWS,
      withinBand / bandRows * TILE_COLUMNS};
}

// The steps of a block's slice, of all products that are added up into one: of each a tile of both operands, DEPTH deep,
// waits in shared memory in one of several stages.
template <class Left, class Right, int DEPTH, int STAGES> struct Steps {
  const Products &products;
  const Place &place;
  u32 shared;
  int count;
  int begun;
  int nextInner;
  const u8 *nextA;
  const u8 *nextB;

  FUNCTION_OF_TYPE Steps(const Products &products, const Place &place)
      : products(products), place(place), shared(sharedStart()), begun(0) {
    int productSteps = (products.inner + DEPTH - 1) / DEPTH;
    int first = place.matrix % products.slices * products.sliceSteps;
    int product = place.matrix / products.slices + first / productSteps;
    count = smaller(products.summed * productSteps - first, products.sliceSteps);
    nextInner = first % productSteps * DEPTH;
    nextA = products.a + product * products.aEntry;
    nextB = products.b + product * products.bEntry;
  }

  // Where the tiles of a step lie.
  FUNCTION_OF_TYPE u32 left(int step) const {
    return shared + step % STAGES * (Left::BYTES + Right::BYTES);
  }

  FUNCTION_OF_TYPE u32 right(int step) const {
    return left(step) + Left::BYTES;
  }

  // Begins the copies of the next step, if there is one; one group of copies either way.
  FUNCTION_OF_TYPE void beginNext() {
    if (begun < count) {
      Left::copy(
          left(begun), nextA, products.aStride, place.firstRow, products.rows, nextInner, products.inner);
      Right::copy(
          right(begun), nextB, products.bStride, place.firstColumn, products.columns, nextInner, products.inner);
      begun++;
      nextInner += DEPTH;
      if (nextInner >= products.inner) {
        nextInner = 0;
        nextA += products.aEntry;
        nextB += products.bEntry;
      }
    }
    commitCopies();
  }
};

// A kernel that calls MULTIPLY(products, finish). Strides and offsets are counted in elements; the out of several slices is
// (entries, slices, rows, columns).
#define GEMM_KERNEL(NAME, THREADS, BLOCKS, SIZE, OUT_SIZE, ...) \
  KERNEL( \
      NAME, \
      THREADS, \
      BLOCKS, \
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
    Products products{ \
        rows, \
        inner, \
        columns, \
        summed, \
        slices, \
        sliceSteps, \
        globalAddress(a) + static_cast<i64>(aOffset) * (SIZE), \
        static_cast<i64>(aEntry) * (SIZE), \
        static_cast<i64>(aStride) * (SIZE), \
        globalAddress(b) + static_cast<i64>(bOffset) * (SIZE), \
        static_cast<i64>(bEntry) * (SIZE), \
        static_cast<i64>(bStride) * (SIZE)}; \
    __VA_ARGS__(products, finishOf(out, outOffset, OUT_SIZE, epilogue, bias, biasOffset, biasIsBf16, activation)); \
  }
