// Products of matrices, a tile of 64 x 64 a work-group of 256, 4 x 4 elements of it a work-item: rows ROW_OF(0 to 3)
// and columns COLUMN_OF(0 to 3). Each element is a chain of fma in ascending order of the inner index.

#define TILE 64
#define DEPTH 16
#define SIDE 16
#define BLOCK 4

// A row more than a tile has elements: what lies above one another is in different banks.
#define TILE_PITCH (TILE + 1)

#define ROW_OF(i) (LOCAL_ID / SIDE + (i) * SIDE)
#define COLUMN_OF(j) (LOCAL_ID % SIDE + (j) * SIDE)

FUNCTION void clearBlock(float *block) {
  for (int i = 0; i < BLOCK * BLOCK; i++) {
    block[i] = 0.0f;
  }
}

// Copies DEPTH x TILE elements to local memory, zeros beyond the edges. Neighbouring work-items read neighbours in
// memory, whichever way they lie.
FUNCTION void loadTile(
    GLOBAL const real *x,
    int start,
    int depthStride,
    int otherStride,
    int depthLeft,
    int otherLeft,
    LOCAL_POINTER float *tile) {
  int alongDepth = depthStride == 1;
  for (int i = LOCAL_ID; i < DEPTH * TILE; i += SIDE * SIDE) {
    int depth = alongDepth ? i % DEPTH : i / TILE;
    int other = alongDepth ? i / DEPTH : i % TILE;
    int inside = depth < depthLeft && other < otherLeft;
    tile[depth * TILE_PITCH + other] =
        inside ? load(x, start + depth * depthStride + other * otherStride) : 0.0f;
  }
}

// sum += a x b over an inner extent. Of a and b: where they start, the distance of neighbours along the inner axis and
// along the other, and how far the other reaches from the start.
FUNCTION void multiplyTiles(
    int inner,
    GLOBAL const real *a,
    int aStart,
    int aInner,
    int aOther,
    int aLeft,
    GLOBAL const real *b,
    int bStart,
    int bInner,
    int bOther,
    int bLeft,
    LOCAL_POINTER float *left,
    LOCAL_POINTER float *right,
    float *sum) {
  for (int k = 0; k < inner; k += DEPTH) {
    BARRIER;
    loadTile(a, aStart + k * aInner, aInner, aOther, inner - k, aLeft, left);
    loadTile(b, bStart + k * bInner, bInner, bOther, inner - k, bLeft, right);
    BARRIER;
    int depth = inner - k < DEPTH ? inner - k : DEPTH;
    for (int d = 0; d < depth; d++) {
      for (int i = 0; i < BLOCK; i++) {
        float factor = left[d * TILE_PITCH + ROW_OF(i)];
        for (int j = 0; j < BLOCK; j++) {
          sum[i * BLOCK + j] = fma(factor, right[d * TILE_PITCH + COLUMN_OF(j)], sum[i * BLOCK + j]);
        }
      }
    }
  }
}
