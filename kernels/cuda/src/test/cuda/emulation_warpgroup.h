// The part of the model that warpgroup.h takes: products that a warpgroup begins, after the PTX ISA's wgmma. What they read
// is read, and what they add is added, at the last moment that PTX allows, when somebody waits for them; until then their
// registers hold NaN, and whoever overwrites what they read is found. So is what was written to shared memory without the
// fence that shows it to tensor cores.
#pragma once

namespace emulation {

// Where elements lie that a descriptor means, by index of the extent that is not summed and of the summed one.
struct Descriptor {
  uint32_t start;
  uint32_t leading;
  uint32_t stride;
  bool outerContiguous;

  Descriptor(uint64_t bits, bool outer)
      : start((bits & 0x3FFF) << 4), leading((bits >> 16 & 0x3FFF) << 4), stride((bits >> 32 & 0x3FFF) << 4),
        outerContiguous(outer) {
    if (bits >> 62 != 1 || (bits >> 46 & 0xFFFF) != 0) {
      fail("a descriptor that is not of a swizzle of 128 bytes");
    }
  }

  // The swizzle changes bits of the whole address.
  uint32_t address(int outer, int inner) const {
    uint32_t linear = outerContiguous
        ? start + outer / 64 * leading + outer % 64 * 2 + inner / 8 * stride + inner % 8 * 128
        : start + outer / 8 * stride + outer % 8 * 128 + inner * 2;
    return linear ^ (linear >> 7 & 7) << 4;
  }
};

constexpr int GROUP_ROWS = 64;
constexpr int PRODUCT_DEPTH = 16;

inline Warpgroup &warpgroup() {
  return block.products[block.current / WARPGROUP];
}

// Calls back with the word of every second element.
template <class F> void forEachWord(const Descriptor &matrix, int outer, F callback) {
  for (int i = 0; i < outer; i++) {
    for (int k = 0; k < PRODUCT_DEPTH; k++) {
      uint32_t address = matrix.address(i, k);
      requireShared(address, 2);
      callback(address / 4);
    }
  }
}

inline void beginReading(const Descriptor &matrix, int outer, int first) {
  auto &clock = block.thread[first].clock;
  forEachWord(matrix, outer, [&](uint32_t index) {
    requireOrderedWriter(index, clock);
    if (!block.word[index].initialised) {
      fail("a product reads what nobody wrote" + at(index));
    }
    if (!block.word[index].fenced) {
      fail("a product reads what no fence has shown to tensor cores" + at(index));
    }
    block.word[index].products++;
  });
}

inline void endReading(const Descriptor &matrix, int outer, int first) {
  forEachWord(matrix, outer, [&](uint32_t index) {
    block.word[index].products--;
    for (int i = first; i < first + WARPGROUP; i++) {
      block.reads[static_cast<size_t>(index) * block.threads + i] = block.thread[i].clock[i];
    }
  });
}

inline std::vector<float> elements(const Descriptor &matrix, int outer) {
  std::vector<float> values(outer * PRODUCT_DEPTH);
  for (int i = 0; i < outer; i++) {
    for (int k = 0; k < PRODUCT_DEPTH; k++) {
      uint16_t bits;
      memcpy(&bits, sharedBytes(matrix.address(i, k)), 2);
      values[i * PRODUCT_DEPTH + k] = asFloat(static_cast<uint32_t>(bits) << 16);
    }
  }
  return values;
}

inline void finish(const WarpgroupProduct &product, Warpgroup &group, int first) {
  Descriptor left(product.a, product.aOuter);
  Descriptor right(product.b, product.bOuter);
  std::vector<float> a = elements(left, GROUP_ROWS);
  std::vector<float> b = elements(right, product.columns);
  for (int thread = 0; thread < WARPGROUP; thread++) {
    for (int i = 0; i < product.columns / 2; i++) {
      int row = thread / 32 * 16 + thread % 32 / 4 + i / 2 % 2 * 8;
      int column = i / 4 * 8 + thread % 4 * 2 + i % 2;
      double sum = group.values[thread][i];
      for (int k = 0; k < PRODUCT_DEPTH; k++) {
        sum += static_cast<double>(a[row * PRODUCT_DEPTH + k]) * b[column * PRODUCT_DEPTH + k];
      }
      group.values[thread][i] = static_cast<float>(sum);
    }
  }
  endReading(left, GROUP_ROWS, first);
  endReading(right, product.columns, first);
}

struct WarpgroupOperands {
  float *sum;
  WarpgroupProduct product;
};

inline void executeProduct(WarpgroupOperands **lanes, int first) {
  Warpgroup &group = warpgroup();
  const WarpgroupProduct &product = lanes[0]->product;
  if (!group.fenced) {
    fail("a product without a fence of its registers before");
  }
  for (int i = 0; i < WARPGROUP; i++) {
    if (lanes[i]->product.a != product.a || lanes[i]->product.b != product.b) {
      fail("threads of a warpgroup have different descriptors");
    }
    if (!group.inFlight) {
      group.sum[i] = lanes[i]->sum;
      group.values[i].assign(lanes[i]->sum, lanes[i]->sum + product.columns / 2);
      std::fill_n(lanes[i]->sum, product.columns / 2, asFloat(POISON));
    }
  }
  group.inFlight = true;
  beginReading(Descriptor(product.a, product.aOuter), GROUP_ROWS, first);
  beginReading(Descriptor(product.b, product.bOuter), product.columns, first);
  group.begun.push_back(product);
}

inline void executeFence(int **, int) {
  warpgroup().fenced = true;
}

inline void executeCommit(int **, int) {
  Warpgroup &group = warpgroup();
  group.groups.push_back(std::move(group.begun));
  group.begun.clear();
}

inline void executeAwait(int **lanes, int first) {
  Warpgroup &group = warpgroup();
  while (group.groups.size() > static_cast<size_t>(*lanes[0])) {
    for (const WarpgroupProduct &product : group.groups.front()) {
      finish(product, group, first);
    }
    group.groups.erase(group.groups.begin());
  }
  if (group.inFlight && group.groups.empty() && group.begun.empty()) {
    for (int i = 0; i < WARPGROUP; i++) {
      std::copy(group.values[i].begin(), group.values[i].end(), group.sum[i]);
    }
    group.inFlight = group.fenced = false;
  }
}

} // namespace emulation

// ---- the names of warpgroup.h

FUNCTION void fenceForTensorCores() {
  auto &unfenced = emulation::self().unfenced;
  for (uint32_t index : unfenced) {
    emulation::Word &word = emulation::block.word[index];
    word.fenced = word.fenced || (word.writer == emulation::block.current && !word.pending);
  }
  unfenced.clear();
}

FUNCTION void fenceProducts() {
  int nothing = 0;
  emulation::together<emulation::WARPGROUP>(&nothing, emulation::executeFence);
}

FUNCTION void commitProducts() {
  int nothing = 0;
  emulation::together<emulation::WARPGROUP>(&nothing, emulation::executeCommit);
}

template <int NEWEST> FUNCTION void awaitProducts() {
  int newest = NEWEST;
  emulation::together<emulation::WARPGROUP>(&newest, emulation::executeAwait);
}

template <bool A_OUTER, bool B_OUTER, int BLOCKS> FUNCTION void multiplyWarpgroup(float (&sum)[BLOCKS][4], u64 a, u64 b) {
  emulation::WarpgroupOperands operands{&sum[0][0], {a, b, BLOCKS * 8, A_OUTER, B_OUTER}};
  emulation::together<emulation::WARPGROUP>(&operands, emulation::executeProduct);
}
