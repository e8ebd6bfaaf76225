// Depthwise convolution on tensor cores, bf16 with sums in float32, for compute capability 8.0 and later; filters of 3, 5,
// 7 and 9, stride 1, zero padding. The oracle is depthwise.kernel.
//
// A row i of the filter adds to 16 x 8 outputs the product of 16 rows of the image, seen through a window of 16 columns
// which begins 4 columns before the outputs, and a band matrix that has filter(i, j) where column = output + j + 4 -
// SIDE / 2. The gradient towards the filter is the other way round: window transposed times gradient gives a matrix for
// each row of the filter, whose diagonals add up to its entries.
//
// A warp holds a plane, one picture of one channel, in shared memory, and copies its next one meanwhile.

#include "tensor_core.h"

constexpr int WARPS = 4;
constexpr int THREADS = WARPS * 32;
constexpr int CHUNK = 16;
constexpr int MARGIN = 4;

// The pictures of a channel that a block computes; sums over pictures begin anew with each block.
constexpr int FORWARD_PICTURES = 16;
constexpr int BACKWARD_PICTURES = 32;

// Blocks of eight columns that are computed at once.
constexpr int GROUP = 4;

// Planes as they lie in global memory, (N, C, H, W), strides counted in elements; a row is contiguous.
struct Planes {
  const u8 *start;
  int picture;
  int channel;
  int row;

  FUNCTION_OF_TYPE const u8 *plane(int n, int c) const {
    return start + (static_cast<i64>(n) * picture + static_cast<i64>(c) * channel) * 2;
  }
};

struct Image {
  int pictures;
  int channels;
  int height;
  int width;

  FUNCTION_OF_TYPE int blocks() const {
    return (width + 7) / 8;
  }

  FUNCTION_OF_TYPE int tiles() const {
    return (height + 15) / 16;
  }
};

// Where a plane lies in shared memory: an odd number of chunks a row, so that eight rows never meet in a bank. A margin
// of zeros is where a window looks beyond the edges.
struct Frame {
  u32 start;
  int chunks;
  int rows;
  int top;
  int left;

  FUNCTION_OF_TYPE int bytes() const {
    return rows * chunks * CHUNK;
  }

  FUNCTION_OF_TYPE u32 chunk(int row, int column) const {
    return start + (row * chunks + smaller(column, chunks - 1)) * CHUNK;
  }

  FUNCTION_OF_TYPE Frame at(u32 other) const {
    return Frame{other, chunks, rows, top, left};
  }
};

template <int SIDE> FUNCTION Frame windowFrame(const Image &image) {
  return Frame{0, (image.blocks() + 1) | 1, image.tiles() * 16 + SIDE - 1, SIDE / 2, MARGIN};
}

FUNCTION Frame plainFrame(const Image &image) {
  return Frame{0, image.blocks() | 1, image.tiles() * 16, 0, 0};
}

// The warp begins to copy a plane to where zeros surround it.
FUNCTION void copyPlane(const Frame &frame, const u8 *plane, int rowStride, const Image &image) {
  int pieces = image.width / 4;
  for (int i = LANE_ID; i < image.height * pieces; i += 32) {
    int row = i / pieces;
    int column = i % pieces * 4;
    u32 target = frame.start + (row + frame.top) * frame.chunks * CHUNK + (column + frame.left) * 2;
    copyAsync8(target, plane + (static_cast<i64>(row) * rowStride + column) * 2);
  }
}

// All threads: zeros everywhere.
FUNCTION void clear(u32 start, int bytes) {
  for (int i = THREAD_ID * 4; i < bytes; i += THREADS * 4) {
    storeShared(start + i, 0);
  }
}

// The warp: 16 rows of a chunk and of its neighbour, eight columns each, as they are or transposed.
template <bool TRANSPOSED>
FUNCTION void loadTwoChunks(u32 (&first)[2], u32 (&second)[2], const Frame &frame, int row, int column) {
  int lane = LANE_ID;
  u32 four[4];
  u32 address = frame.chunk(row + lane % 16, column + lane / 16);
  if constexpr (TRANSPOSED) {
    loadMatricesTransposed(four, address);
  } else {
    loadMatrices(four, address);
  }
  first[0] = four[0];
  first[1] = four[1];
  second[0] = four[2];
  second[1] = four[3];
}

// The warp: five neighbouring chunks of 16 rows, which are the windows of four blocks of columns.
template <bool TRANSPOSED> FUNCTION void loadWindows(u32 (&words)[GROUP + 1][2], const Frame &frame, int row, int first) {
#pragma unroll
  for (int i = 0; i < GROUP; i += 2) {
    loadTwoChunks<TRANSPOSED>(words[i], words[i + 1], frame, row, first + i);
  }
  u32 address = frame.chunk(row + LANE_ID % 16, first + GROUP);
  if constexpr (TRANSPOSED) {
    loadTwoMatricesTransposed(words[GROUP], address);
  } else {
    loadTwoMatrices(words[GROUP], address);
  }
}

// ---- forward, and the gradient towards the input, which is the same with the filter turned by half a turn

struct Filter {
  const u8 *weights;
  bool weightsAreBf16;
  bool turned;
  const u8 *bias;
  bool hasBias;
  bool biasIsBf16;
};

FUNCTION float numberAt(const u8 *start, bool isBf16, int index) {
  return isBf16 ? floatOfBf16(loadGlobal<u16>(start + index * 2LL)) : floatOf(loadGlobal<u32>(start + index * 4LL));
}

// What is added to the outputs, if anything.
struct Addend {
  Planes planes;
  bool given;
};

// An entry of the band matrix of a row of the filter.
template <int SIDE> FUNCTION float bandAt(const Filter &filter, int channel, int row, int window, int output) {
  int column = window - output - MARGIN + SIDE / 2;
  if (column < 0 || column >= SIDE) {
    return 0.0f;
  }
  int tap = row * SIDE + column;
  int index = channel * SIDE * SIDE + (filter.turned ? SIDE * SIDE - 1 - tap : tap);
  return numberAt(filter.weights, filter.weightsAreBf16, index);
}

template <int SIDE>
FUNCTION void convolve(const Image &image, const Planes &x, const Filter &filter, const Addend &addend, u8 *out) {
  int lane = LANE_ID;
  int warp = THREAD_ID / 32;
  int channel = BLOCK_ID % image.channels;
  int firstPicture = BLOCK_ID / image.channels * FORWARD_PICTURES;
  int end = smaller(image.pictures, firstPicture + FORWARD_PICTURES);
  Frame frame = windowFrame<SIDE>(image);
  int bytes = frame.bytes();
  u32 own = sharedStart() + warp * 2 * bytes;
  clear(sharedStart(), WARPS * 2 * bytes);
  barrier();

  int next = firstPicture + warp;
  int begun = 0;
  auto beginNext = [&]() {
    if (next < end) {
      copyPlane(frame.at(own + begun % 2 * bytes), x.plane(next, channel), x.row, image);
      next += WARPS;
      begun++;
    }
    commitCopies();
  };
  beginNext();

  u32 band[SIDE][2];
#pragma unroll
  for (int i = 0; i < SIDE; i++) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
      int window = half * 8 + lane % 4 * 2;
      band[i][half] = packBf16(
          bandAt<SIDE>(filter, channel, i, window, lane / 4), bandAt<SIDE>(filter, channel, i, window + 1, lane / 4));
    }
  }
  float bias = filter.hasBias ? numberAt(filter.bias, filter.biasIsBf16, channel) : 0.0f;

  int done = 0;
  for (int picture = firstPicture + warp; picture < end; picture += WARPS) {
    beginNext();
    awaitCopies<1>();
    warpBarrier();
    Frame plane = frame.at(own + done % 2 * bytes);
    done++;
    u8 *target = out + (static_cast<i64>(picture) * image.channels + channel) * image.height * image.width * 2;
    const u8 *added = addend.planes.plane(picture, channel);
    for (int tile = 0; tile < image.tiles(); tile++) {
      for (int first = 0; first < image.blocks(); first += GROUP) {
        float sum[GROUP][4];
#pragma unroll
        for (int j = 0; j < GROUP; j++) {
#pragma unroll
          for (int k = 0; k < 4; k++) {
            sum[j][k] = bias;
          }
        }
#pragma unroll
        for (int i = 0; i < SIDE; i++) {
          u32 windows[GROUP + 1][2];
          loadWindows<false>(windows, plane, tile * 16 + i, first);
#pragma unroll
          for (int j = 0; j < GROUP; j++) {
            u32 left[4] = {windows[j][0], windows[j][1], windows[j + 1][0], windows[j + 1][1]};
            multiplyBf16(sum[j], left, band[i][0], band[i][1]);
          }
        }
#pragma unroll
        for (int j = 0; j < GROUP; j++) {
#pragma unroll
          for (int half = 0; half < 2; half++) {
            int row = tile * 16 + half * 8 + lane / 4;
            int column = (first + j) * 8 + lane % 4 * 2;
            if (row < image.height && column < image.width) {
              float first = sum[j][half * 2];
              float second = sum[j][half * 2 + 1];
              if (addend.given) {
                u32 pair = loadGlobal<u32>(added + (static_cast<i64>(row) * addend.planes.row + column) * 2);
                first += floatOf(pair << 16);
                second += floatOf(pair & 0xFFFF0000u);
              }
              storeGlobal(target + (static_cast<i64>(row) * image.width + column) * 2, packBf16(first, second));
            }
          }
        }
      }
    }
    // the copy that is begun next overwrites this plane
    warpBarrier();
  }
  awaitCopies<0>();
}

// ---- the gradient towards the filter

template <int SIDE>
FUNCTION void convolveBackward(const Image &image, const Planes &x, const Planes &upstream, u8 *parts) {
  int lane = LANE_ID;
  int warp = THREAD_ID / 32;
  int channel = BLOCK_ID % image.channels;
  int firstPicture = BLOCK_ID / image.channels * BACKWARD_PICTURES;
  int end = smaller(image.pictures, firstPicture + BACKWARD_PICTURES);
  Frame frame = windowFrame<SIDE>(image);
  Frame plain = plainFrame(image);
  int bytes = frame.bytes() + plain.bytes();
  u32 own = sharedStart() + warp * 2 * bytes;
  clear(sharedStart(), WARPS * 2 * bytes);
  barrier();

  int next = firstPicture + warp;
  int begun = 0;
  auto beginNext = [&]() {
    if (next < end) {
      u32 target = own + begun % 2 * bytes;
      copyPlane(frame.at(target), x.plane(next, channel), x.row, image);
      copyPlane(plain.at(target + frame.bytes()), upstream.plane(next, channel), upstream.row, image);
      next += WARPS;
      begun++;
    }
    commitCopies();
  };
  beginNext();

  // by row of the filter: 16 columns of the window by 8 columns of the gradient
  float sum[SIDE][4];
  zero(sum);
  int done = 0;
  for (int picture = firstPicture + warp; picture < end; picture += WARPS) {
    beginNext();
    awaitCopies<1>();
    warpBarrier();
    u32 source = own + done % 2 * bytes;
    Frame plane = frame.at(source);
    Frame gradient = plain.at(source + frame.bytes());
    done++;
    for (int tile = 0; tile < image.tiles(); tile++) {
      for (int first = 0; first < image.blocks(); first += GROUP) {
        u32 right[GROUP][2];
#pragma unroll
        for (int j = 0; j < GROUP; j += 2) {
          loadTwoChunks<true>(right[j], right[j + 1], gradient, tile * 16, first + j);
        }
#pragma unroll
        for (int i = 0; i < SIDE; i++) {
          u32 windows[GROUP + 1][2];
          loadWindows<true>(windows, plane, tile * 16 + i, first);
#pragma unroll
          for (int j = 0; j < GROUP; j++) {
            if (first + j < image.blocks()) {
              u32 left[4] = {windows[j][0], windows[j + 1][0], windows[j][1], windows[j + 1][1]};
              multiplyBf16(sum[i], left, right[j][0], right[j][1]);
            }
          }
        }
      }
    }
    warpBarrier();
  }
  awaitCopies<0>();
  barrier();

  // every warp's matrices, then their diagonals, added up in one order
  constexpr int MATRIX_BYTES = 16 * 8 * 4;
  u32 matrices = sharedStart();
#pragma unroll
  for (int i = 0; i < SIDE; i++) {
    u32 target = matrices + (warp * SIDE + i) * MATRIX_BYTES + (lane / 4 * 8 + lane % 4 * 2) * 4;
    storeShared2(target, sum[i][0], sum[i][1]);
    storeShared2(target + MATRIX_BYTES / 2, sum[i][2], sum[i][3]);
  }
  barrier();
  int tap = smaller(THREAD_ID, SIDE * SIDE - 1);
  float total = 0.0f;
  for (int w = 0; w < WARPS; w++) {
    for (int output = 0; output < 8; output++) {
      int window = output + tap % SIDE + MARGIN - SIDE / 2;
      total += floatOf(
          loadShared(matrices + (w * SIDE + tap / SIDE) * MATRIX_BYTES + (window * 8 + output) * 4));
    }
  }
  if (THREAD_ID < SIDE * SIDE) {
    storeGlobal(parts + (static_cast<i64>(BLOCK_ID) * SIDE * SIDE + tap) * 4, total);
  }
}

// ---- kernels: strides and offsets are counted in elements; out, weights and bias are contiguous

#define DEPTHWISE(SIDE) \
  KERNEL( \
      depthwise##SIDE, \
      THREADS, \
      4, \
      int pictures, \
      int channels, \
      int height, \
      int width, \
      const u8 *x, \
      int xOffset, \
      int pictureStride, \
      int channelStride, \
      int rowStride, \
      const u8 *weights, \
      int weightsOffset, \
      int weightsAreBf16, \
      int turned, \
      const u8 *bias, \
      int biasOffset, \
      int hasBias, \
      int biasIsBf16, \
      const u8 *addend, \
      int addendOffset, \
      int addendPicture, \
      int addendChannel, \
      int addendRow, \
      int hasAddend, \
      u8 *out, \
      int outOffset) { \
    Filter filter{ \
        weights + weightsOffset * (weightsAreBf16 ? 2LL : 4LL), \
        weightsAreBf16 != 0, \
        turned != 0, \
        bias + biasOffset * (biasIsBf16 ? 2LL : 4LL), \
        hasBias != 0, \
        biasIsBf16 != 0}; \
    convolve<SIDE>( \
        Image{pictures, channels, height, width}, \
        Planes{globalAddress(x) + xOffset * 2LL, pictureStride, channelStride, rowStride}, \
        filter, \
        Addend{Planes{addend + addendOffset * 2LL, addendPicture, addendChannel, addendRow}, hasAddend != 0}, \
        out + outOffset * 2LL); \
  } \
  KERNEL( \
      depthwiseWeight##SIDE, \
      THREADS, \
      4, \
      int pictures, \
      int channels, \
      int height, \
      int width, \
      const u8 *x, \
      int xOffset, \
      int pictureStride, \
      int channelStride, \
      int rowStride, \
      const u8 *upstream, \
      int upstreamOffset, \
      int upstreamPicture, \
      int upstreamChannel, \
      int upstreamRow, \
      u8 *parts) { \
    convolveBackward<SIDE>( \
        Image{pictures, channels, height, width}, \
        Planes{globalAddress(x) + xOffset * 2LL, pictureStride, channelStride, rowStride}, \
        Planes{ \
            globalAddress(upstream) + upstreamOffset * 2LL, upstreamPicture, upstreamChannel, upstreamRow}, \
        parts); \
  }

DEPTHWISE(3)
DEPTHWISE(5)
DEPTHWISE(7)
DEPTHWISE(9)
