// A model of what tensor_core.h takes from a GPU, after the PTX ISA, to run the kernels of src/main/cuda on a CPU.
//
// The threads of a block are fibers. What a warp does together waits for its 32 lanes and is then done once, for all of
// them. Copies to shared memory happen at the last moment that PTX allows, when somebody waits for them. Every word of
// shared memory knows who wrote and who read it, and every thread which accesses of the others are ordered before its
// own (vector clocks, joined by barriers): so that a missing barrier, a missing wait, or memory that nobody wrote is
// found whenever it is executed, and not when the timing is unlucky. Addresses outside the buffers of a launch, and
// those that a GPU would not take for their alignment, are found too. What is found ends the launch with a message.
#pragma once

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <sys/mman.h>
#include <tuple>
#include <type_traits>
#include <ucontext.h>
#include <utility>
#include <vector>

namespace emulation {

constexpr int WARP = 32;
constexpr int WARPGROUP = 128;
constexpr size_t STACK_BYTES = 128 * 1024;
constexpr uint32_t POISON = 0xFFFFFFFFu; // as a number NaN, in bf16 and float32 alike

// ---- what a launch works on

struct Region {
  const char *start;
  int64_t bytes;
};

struct Copy {
  uint32_t shared;
  const char *global;
  int bytes;
  int valid;
};

struct Thread {
  jmp_buf at;
  ucontext_t start;
  char *stack = nullptr;
  bool begun = false;
  bool blocked = false;
  bool finished = false;
  const char *waitsFor = "";
  std::vector<uint32_t> clock; // by thread: up to where its accesses lie before ours
  std::vector<uint32_t> unfenced; // words that it wrote and no fence has shown to tensor cores
  std::vector<Copy> begunCopies;
  std::vector<std::vector<Copy>> groups;
};

// Threads that come to an instruction together: a warp or a warpgroup.
struct Gathering {
  const void *operation = nullptr;
  int arrived = 0;
  void *operands[WARPGROUP];
};

struct Word {
  int writer = -1;
  uint32_t written = 0;
  bool pending = false;
  bool initialised = false;
  bool fenced = false; // for what reads it asynchronously
  int products = 0;    // that read it now
};

// A product of a warpgroup that is on its way: see emulation_warpgroup.h.
struct WarpgroupProduct {
  uint64_t a;
  uint64_t b;
  int columns;
  bool aOuter;
  bool bOuter;
};

struct Warpgroup {
  bool fenced = false;
  bool inFlight = false;
  float *sum[WARPGROUP];
  std::vector<float> values[WARPGROUP]; // meanwhile, since registers must not be looked at
  std::vector<WarpgroupProduct> begun;
  std::vector<std::vector<WarpgroupProduct>> groups;
};

struct Block {
  int number = 0;
  int threads = 0;
  std::vector<Thread> thread;
  std::vector<Gathering> warps;
  std::vector<Gathering> warpgroups;
  std::vector<Warpgroup> products; // by warpgroup
  std::vector<uint32_t> memory;
  std::vector<Word> word;
  std::vector<uint32_t> reads; // by word and thread: the clock of its last read
  std::vector<Region> regions;
  std::vector<int> atBarrier;
  void (*body)(const void *) = nullptr;
  const void *arguments = nullptr;
  int current = 0;
  jmp_buf scheduler;
  ucontext_t schedulerContext;
  uint32_t time = 0;
  std::string failure;
  int64_t conflicts = 0;
};

inline Block block;

inline Thread &self() {
  return block.thread[block.current];
}

// ---- fibers

// Two functions, so that no local variable lives across the jump.
inline __attribute__((noinline)) void leave(jmp_buf from, jmp_buf to) {
  if (_setjmp(from) == 0) {
    _longjmp(to, 1);
  }
}

[[noreturn]] inline void fail(const std::string &message) {
  block.failure = "block " + std::to_string(block.number) + ", thread " + std::to_string(block.current) + ": " + message;
  _longjmp(block.scheduler, 1);
}

inline void waitBlocked(const char *what) {
  Thread &thread = self();
  thread.blocked = true;
  thread.waitsFor = what;
  leave(thread.at, block.scheduler);
}

inline void runThread() {
  block.body(block.arguments);
  Thread &thread = self();
  for (auto &group : thread.groups) {
    if (!group.empty()) {
      fail("ends while copies that it began are on their way");
    }
  }
  if (!thread.begunCopies.empty()) {
    fail("ends with copies that it never committed");
  }
  if (block.threads >= WARPGROUP && block.products[block.current / WARPGROUP].inFlight) {
    fail("ends while products that it began are on their way");
  }
  thread.finished = true;
  _longjmp(block.scheduler, 1);
}

inline __attribute__((noinline)) void enter(Thread &thread) {
  if (_setjmp(block.scheduler) == 0) {
    if (thread.begun) {
      _longjmp(thread.at, 1);
    }
    thread.begun = true;
    setcontext(&thread.start);
  }
}

// Runs one block to its end or to the first failure.
inline void runBlock(int sharedBytes) {
  block.warps.assign(block.threads / WARP, Gathering());
  block.warpgroups.assign(block.threads / WARPGROUP, Gathering());
  block.products.assign(block.threads / WARPGROUP, Warpgroup());
  block.memory.assign(sharedBytes / 4, POISON);
  block.word.assign(sharedBytes / 4, Word());
  block.reads.resize(static_cast<size_t>(sharedBytes / 4) * block.threads);
  block.atBarrier.clear();
  block.time++;
  if (block.thread.size() != static_cast<size_t>(block.threads)) {
    block.thread.resize(block.threads);
  }
  for (Thread &thread : block.thread) {
    if (thread.stack == nullptr) {
      thread.stack = static_cast<char *>(
          mmap(nullptr, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    }
    getcontext(&thread.start);
    thread.start.uc_stack.ss_sp = thread.stack;
    thread.start.uc_stack.ss_size = STACK_BYTES;
    thread.start.uc_link = nullptr;
    makecontext(&thread.start, runThread, 0);
    thread.begun = thread.blocked = thread.finished = false;
    thread.clock.assign(block.threads, block.time);
    thread.unfenced.clear();
    thread.begunCopies.clear();
    thread.groups.clear();
  }
  for (int t = 0; t < block.threads; t++) {
    block.thread[t].clock[t]++;
  }
  bool unfinished = true;
  while (unfinished) {
    unfinished = false;
    bool progress = false;
    for (int t = 0; t < block.threads; t++) {
      Thread &thread = block.thread[t];
      if (!thread.finished && !thread.blocked) {
        block.current = t;
        enter(thread);
        if (!block.failure.empty()) {
          return;
        }
        progress = true;
      }
      unfinished = unfinished || !thread.finished;
    }
    if (unfinished && !progress) {
      std::string waiting;
      for (int t = 0; t < block.threads; t++) {
        if (!block.thread[t].finished && (t == 0 || waiting.empty())) {
          waiting = "thread " + std::to_string(t) + " waits for " + block.thread[t].waitsFor;
        }
      }
      block.failure = "block " + std::to_string(block.number) + ": nobody can go on: " + waiting;
      return;
    }
  }
  for (Thread &thread : block.thread) {
    block.time = std::max(block.time, *std::max_element(thread.clock.begin(), thread.clock.end()));
  }
}

// ---- order

inline void order(const std::vector<int> &threads) {
  static std::vector<uint32_t> latest;
  latest.assign(block.threads, 0);
  for (int t : threads) {
    for (int i = 0; i < block.threads; i++) {
      latest[i] = std::max(latest[i], block.thread[t].clock[i]);
    }
  }
  for (int t : threads) {
    block.thread[t].clock = latest;
    block.thread[t].clock[t]++;
  }
}

// ---- accesses to shared memory

inline std::string at(uint32_t word) {
  return " at byte " + std::to_string(word * 4) + " of shared memory";
}

inline void requireShared(uint32_t address, int bytes) {
  if (address % bytes != 0) {
    fail("address " + std::to_string(address) + " of shared memory is no multiple of " + std::to_string(bytes));
  }
  if (address + bytes > block.memory.size() * 4) {
    fail("address " + std::to_string(address) + " lies outside of the block's shared memory");
  }
}

inline void requireOrderedWriter(uint32_t index, const std::vector<uint32_t> &clock) {
  Word &word = block.word[index];
  if (word.pending) {
    fail("access to what is being copied" + at(index) + ": a wait is missing");
  }
  if (word.writer >= 0 && word.written > clock[word.writer]) {
    fail("thread " + std::to_string(word.writer) + " wrote" + at(index) + " and no barrier lies between");
  }
}

inline void noteRead(int thread, uint32_t address, int bytes) {
  auto &clock = block.thread[thread].clock;
  for (uint32_t index = address / 4; index < (address + bytes) / 4; index++) {
    requireOrderedWriter(index, clock);
    if (!block.word[index].initialised) {
      fail("read of what nobody wrote" + at(index));
    }
    block.reads[static_cast<size_t>(index) * block.threads + thread] = clock[thread];
  }
}

inline void requireWritable(uint32_t index, const std::vector<uint32_t> &clock) {
  requireOrderedWriter(index, clock);
  if (block.word[index].products > 0) {
    fail("overwrites what a product on its way reads" + at(index));
  }
  const uint32_t *reads = &block.reads[static_cast<size_t>(index) * block.threads];
  for (int t = 0; t < block.threads; t++) {
    if (reads[t] > clock[t]) {
      fail("thread " + std::to_string(t) + " read" + at(index) + " and no barrier lies before it is overwritten");
    }
  }
}

inline void noteWrite(int thread, uint32_t address, int bytes) {
  auto &clock = block.thread[thread].clock;
  for (uint32_t index = address / 4; index < (address + bytes) / 4; index++) {
    requireWritable(index, clock);
    block.word[index] = Word{thread, clock[thread], false, true, false, 0};
    block.thread[thread].unfenced.push_back(index);
  }
}

inline char *sharedBytes(uint32_t address) {
  return reinterpret_cast<char *>(block.memory.data()) + address;
}

inline void requireGlobal(const void *address, int64_t bytes, int alignment) {
  if (reinterpret_cast<uintptr_t>(address) % alignment != 0) {
    fail("an address of global memory is no multiple of " + std::to_string(alignment));
  }
  const char *start = static_cast<const char *>(address);
  for (const Region &region : block.regions) {
    if (start >= region.start && start + bytes <= region.start + region.bytes) {
      return;
    }
  }
  fail("access of " + std::to_string(bytes) + " bytes outside of the launch's global memory");
}

inline void beginCopy(uint32_t shared, const void *global, int bytes, int valid) {
  requireShared(shared, bytes);
  if (valid < 0 || valid > bytes) {
    fail("a copy of " + std::to_string(valid) + " valid bytes of " + std::to_string(bytes));
  }
  if (valid > 0) {
    requireGlobal(global, valid, bytes);
  } else if (reinterpret_cast<uintptr_t>(global) % bytes != 0) {
    fail("an address of global memory is no multiple of " + std::to_string(bytes));
  }
  for (uint32_t index = shared / 4; index < (shared + bytes) / 4; index++) {
    requireWritable(index, self().clock);
    block.word[index].pending = true;
  }
  self().begunCopies.push_back({shared, static_cast<const char *>(global), bytes, valid});
}

inline void finishCopy(const Copy &copy) {
  for (uint32_t index = copy.shared / 4; index < (copy.shared + copy.bytes) / 4; index++) {
    block.word[index] = Word{block.current, self().clock[block.current], false, true, false, 0};
    self().unfenced.push_back(index);
  }
  memset(sharedBytes(copy.shared), 0, copy.bytes);
  memcpy(sharedBytes(copy.shared), copy.global, copy.valid);
}

inline void commit() {
  Thread &thread = self();
  thread.groups.push_back(std::move(thread.begunCopies));
  thread.begunCopies.clear();
}

inline void await(size_t newest) {
  auto &groups = self().groups;
  while (groups.size() > newest) {
    for (const Copy &copy : groups.front()) {
      finishCopy(copy);
    }
    groups.erase(groups.begin());
  }
}

// ---- what a warp does together, or a warpgroup

template <int THREADS = WARP, class T> void together(T *mine, void (*execute)(T **lanes, int firstThread)) {
  int lane = block.current % THREADS;
  int first = block.current - lane;
  Gathering &gathering = (THREADS == WARP ? block.warps : block.warpgroups)[block.current / THREADS];
  if (gathering.arrived > 0 && gathering.operation != reinterpret_cast<const void *>(execute)) {
    fail("lanes of a warp have come to different instructions");
  }
  gathering.operation = reinterpret_cast<const void *>(execute);
  gathering.operands[lane] = mine;
  if (++gathering.arrived < THREADS) {
    waitBlocked("the other lanes of its warp");
    return;
  }
  execute(reinterpret_cast<T **>(gathering.operands), first);
  gathering.arrived = 0;
  for (int i = 0; i < THREADS; i++) {
    block.thread[first + i].blocked = false;
  }
}

// Counts the passes beyond the first that lanes need which access so many bytes each, 128 in all.
inline void countConflicts(const uint32_t *addresses, int count, int bytes) {
  int banks = 128 / bytes;
  std::vector<std::vector<uint32_t>> used(banks);
  size_t passes = 1;
  for (int i = 0; i < count; i++) {
    auto &bank = used[addresses[i] / bytes % banks];
    if (std::find(bank.begin(), bank.end(), addresses[i]) == bank.end()) {
      bank.push_back(addresses[i]);
    }
    passes = std::max(passes, bank.size());
  }
  block.conflicts += static_cast<int64_t>(passes) - 1;
}

struct Load {
  uint32_t *words;
  uint32_t address;
};

template <int COUNT, bool TRANSPOSED> void executeLoadMatrices(Load **lanes, int first) {
  u32 words[WARP][COUNT];
  for (int matrix = 0; matrix < COUNT; matrix++) {
    uint32_t addresses[8];
    const uint16_t *rows[8];
    for (int i = 0; i < 8; i++) {
      addresses[i] = lanes[8 * matrix + i]->address;
      requireShared(addresses[i], 16);
      noteRead(first + 8 * matrix + i, addresses[i], 16);
      rows[i] = reinterpret_cast<const uint16_t *>(sharedBytes(addresses[i]));
    }
    countConflicts(addresses, 8, 16);
    for (int lane = 0; lane < WARP; lane++) {
      int row = lane / 4;
      int column = lane % 4 * 2;
      uint32_t low = TRANSPOSED ? rows[column][row] : rows[row][column];
      uint32_t high = TRANSPOSED ? rows[column + 1][row] : rows[row][column + 1];
      words[lane][matrix] = low | high << 16;
    }
  }
  for (int lane = 0; lane < WARP; lane++) {
    memcpy(lanes[lane]->words, words[lane], sizeof(words[lane]));
  }
}

template <int BYTES> void executeLoadShared(Load **lanes, int first) {
  uint32_t addresses[WARP];
  for (int lane = 0; lane < WARP; lane++) {
    addresses[lane] = lanes[lane]->address;
    requireShared(addresses[lane], BYTES);
    noteRead(first + lane, addresses[lane], BYTES);
    memcpy(lanes[lane]->words, sharedBytes(addresses[lane]), BYTES);
  }
  int atOnce = 128 / BYTES;
  for (int lane = 0; lane < WARP; lane += atOnce) {
    countConflicts(addresses + lane, atOnce, BYTES);
  }
}

inline void store(uint32_t address, const void *values, int bytes) {
  requireShared(address, bytes);
  noteWrite(block.current, address, bytes);
  memcpy(sharedBytes(address), values, bytes);
}

struct Product {
  float *sum;
  const uint32_t *a;
  uint32_t b[2];
};

inline float asFloat(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

inline uint32_t asBits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}

inline void multiply(Product **lanes, int inner, const float *a, const float *b) {
  for (int lane = 0; lane < WARP; lane++) {
    for (int i = 0; i < 4; i++) {
      int row = lane / 4 + i / 2 * 8;
      int column = lane % 4 * 2 + i % 2;
      double sum = lanes[lane]->sum[i];
      for (int k = 0; k < inner; k++) {
        sum += static_cast<double>(a[row * inner + k]) * b[k * 8 + column];
      }
      lanes[lane]->sum[i] = static_cast<float>(sum);
    }
  }
}

inline void executeMultiplyBf16(Product **lanes, int) {
  float a[16 * 16];
  float b[16 * 8];
  for (int lane = 0; lane < WARP; lane++) {
    int group = lane / 4;
    int pair = lane % 4 * 2;
    for (int half = 0; half < 2; half++) {
      for (int i = 0; i < 4; i++) {
        a[(group + i % 2 * 8) * 16 + pair + half + i / 2 * 8] = asFloat(lanes[lane]->a[i] >> 16 * half << 16);
      }
      for (int i = 0; i < 2; i++) {
        b[(pair + half + i * 8) * 8 + group] = asFloat(lanes[lane]->b[i] >> 16 * half << 16);
      }
    }
  }
  multiply(lanes, 16, a, b);
}

inline void executeMultiplyTf32(Product **lanes, int) {
  float a[16 * 8];
  float b[8 * 8];
  for (int lane = 0; lane < WARP; lane++) {
    int group = lane / 4;
    int within = lane % 4;
    // a tensor core reads the upper 19 bits
    for (int i = 0; i < 4; i++) {
      a[(group + i % 2 * 8) * 8 + within + i / 2 * 4] = asFloat(lanes[lane]->a[i] & 0xFFFFE000u);
    }
    for (int i = 0; i < 2; i++) {
      b[(within + i * 4) * 8 + group] = asFloat(lanes[lane]->b[i] & 0xFFFFE000u);
    }
  }
  multiply(lanes, 8, a, b);
}

struct Shuffle {
  float value;
  float result;
  int mask;
};

inline void executeShuffle(Shuffle **lanes, int) {
  for (int lane = 0; lane < WARP; lane++) {
    if (lanes[lane]->mask != lanes[0]->mask) {
      fail("lanes of a warp shuffle by different masks");
    }
    lanes[lane]->result = lanes[lane ^ lanes[lane]->mask]->value;
  }
}

inline void executeWarpBarrier(int **, int first) {
  std::vector<int> threads;
  for (int i = 0; i < WARP; i++) {
    threads.push_back(first + i);
  }
  order(threads);
}

inline void blockBarrier() {
  block.atBarrier.push_back(block.current);
  if (block.atBarrier.size() < static_cast<size_t>(block.threads)) {
    waitBlocked("a barrier");
    return;
  }
  order(block.atBarrier);
  for (int t : block.atBarrier) {
    block.thread[t].blocked = false;
  }
  block.atBarrier.clear();
}

// ---- launches

struct Kernel {
  int threads;
  void (*body)(const void *);
};

inline std::map<std::string, Kernel> &kernels() {
  static std::map<std::string, Kernel> all;
  return all;
}

// Reads arguments from where they lie as the driver wants them: each at a multiple of its alignment.
template <class... A> struct Call {
  template <size_t... I>
  static void run(void (*kernel)(A...), const char *buffer, std::index_sequence<I...>) {
    size_t offset = 0;
    [[maybe_unused]] auto next = [&offset](size_t bytes, size_t alignment) {
      size_t start = (offset + alignment - 1) / alignment * alignment;
      offset = start + bytes;
      return start;
    };
    std::tuple<std::decay_t<A>...> arguments{
        *reinterpret_cast<const std::decay_t<A> *>(buffer + next(sizeof(A), alignof(A)))...};
    kernel(std::get<I>(arguments)...);
  }
};

template <auto NAME> struct Launcher;
template <class... A, void (*NAME)(A...)> struct Launcher<NAME> {
  static void body(const void *buffer) {
    Call<A...>::run(NAME, static_cast<const char *>(buffer), std::index_sequence_for<A...>());
  }
};

struct Registration {
  Registration(const char *name, int threads, void (*body)(const void *)) {
    kernels()[name] = {threads, body};
  }
};

} // namespace emulation

// Launches a kernel; 0, or 1 with a message. The statistics are the bank conflicts.
extern "C" inline __attribute__((used, visibility("default"))) int emulate(
    const char *name,
    int groups,
    int groupSize,
    int sharedBytes,
    const void *parameters,
    const emulation::Region *regions,
    int regionCount,
    char *message,
    int64_t *conflicts) {
  using namespace emulation;
  auto found = kernels().find(name);
  block.failure.clear();
  block.conflicts = 0;
  if (found == kernels().end()) {
    block.failure = std::string("there is no kernel ") + name;
  } else if (groupSize != found->second.threads) {
    block.failure = std::string("kernel ") + name + " is compiled for " + std::to_string(found->second.threads) +
                    " threads a block and was given " + std::to_string(groupSize);
  } else {
    if (block.threads != groupSize) {
      block.reads.clear();
    }
    block.threads = groupSize;
    block.regions.assign(regions, regions + regionCount);
    block.body = found->second.body;
    block.arguments = parameters;
    for (block.number = 0; block.number < groups && block.failure.empty(); block.number++) {
      runBlock(sharedBytes);
    }
  }
  *conflicts = block.conflicts;
  snprintf(message, 512, "%s", block.failure.c_str());
  return block.failure.empty() ? 0 : 1;
}

// ---- the names of tensor_core.h

#define KERNEL(NAME, THREADS, BLOCKS, ...) \
  extern "C" void NAME(__VA_ARGS__); \
  static emulation::Registration registered##NAME(#NAME, THREADS, emulation::Launcher<NAME>::body); \
  extern "C" void NAME(__VA_ARGS__)
#define FUNCTION static inline __attribute__((unused))
#define FUNCTION_OF_TYPE inline
#define LANE_ID (emulation::block.current % emulation::WARP)
#define THREAD_ID (emulation::block.current)
#define BLOCK_ID (emulation::block.number)

FUNCTION u32 sharedStart() {
  return 0;
}

FUNCTION u32 bitsOf(float x) {
  return emulation::asBits(x);
}

FUNCTION float floatOf(u32 bits) {
  return emulation::asFloat(bits);
}

FUNCTION void barrier() {
  emulation::blockBarrier();
}

FUNCTION void warpBarrier() {
  int nothing = 0;
  emulation::together(&nothing, emulation::executeWarpBarrier);
}

FUNCTION float shuffleXor(float x, int mask) {
  emulation::Shuffle shuffle{x, 0.0f, mask};
  emulation::together(&shuffle, emulation::executeShuffle);
  return shuffle.result;
}

FUNCTION float powerOfTwo(float x) {
  return exp2f(x);
}

FUNCTION float logarithmOfTwo(float x) {
  return log2f(x);
}

FUNCTION u32 roundBf16(float x) {
  u32 bits = bitsOf(x);
  return std::isnan(x) ? 0x7FFFu : (bits + 0x7FFFu + (bits >> 16 & 1)) >> 16;
}

FUNCTION u32 packBf16(float first, float second) {
  return roundBf16(first) | roundBf16(second) << 16;
}

FUNCTION u32 roundTf32(u32 bits) {
  return (bits & 0x7F800000u) == 0x7F800000u ? bits : (bits + 0x1000u) & 0xFFFFE000u;
}

FUNCTION const u8 *globalAddress(const u8 *parameter) {
  return parameter;
}

template <class T> FUNCTION T loadGlobal(const void *address) {
  emulation::requireGlobal(address, sizeof(T), sizeof(T));
  T value;
  memcpy(&value, address, sizeof(T));
  return value;
}

template <class T> FUNCTION void storeGlobal(void *address, T value) {
  emulation::requireGlobal(address, sizeof(T), sizeof(T));
  memcpy(address, &value, sizeof(T));
}

FUNCTION u32 loadShared(u32 address) {
  u32 value;
  emulation::Load load{&value, address};
  emulation::together(&load, emulation::executeLoadShared<4>);
  return value;
}

FUNCTION void loadShared4(float (&values)[4], u32 address) {
  u32 words[4];
  emulation::Load load{words, address};
  emulation::together(&load, emulation::executeLoadShared<16>);
  memcpy(values, words, sizeof(words));
}

FUNCTION void storeShared(u32 address, u32 value) {
  emulation::store(address, &value, 4);
}

FUNCTION void storeShared2(u32 address, float first, float second) {
  float pair[2] = {first, second};
  emulation::store(address, pair, 8);
}

FUNCTION void copyAsync16(u32 shared, const u8 *global, int valid) {
  emulation::beginCopy(shared, global, 16, valid);
}

FUNCTION void copyAsync8(u32 shared, const u8 *global) {
  emulation::beginCopy(shared, global, 8, 8);
}

FUNCTION void commitCopies() {
  emulation::commit();
}

template <int NEWEST> FUNCTION void awaitCopies() {
  emulation::await(NEWEST);
}

FUNCTION void loadMatrices(u32 (&words)[4], u32 row) {
  emulation::Load load{words, row};
  emulation::together(&load, emulation::executeLoadMatrices<4, false>);
}

FUNCTION void loadMatricesTransposed(u32 (&words)[4], u32 row) {
  emulation::Load load{words, row};
  emulation::together(&load, emulation::executeLoadMatrices<4, true>);
}

FUNCTION void loadTwoMatrices(u32 (&words)[2], u32 row) {
  emulation::Load load{words, row};
  emulation::together(&load, emulation::executeLoadMatrices<2, false>);
}

FUNCTION void loadTwoMatricesTransposed(u32 (&words)[2], u32 row) {
  emulation::Load load{words, row};
  emulation::together(&load, emulation::executeLoadMatrices<2, true>);
}

FUNCTION void multiplyBf16(float (&sum)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  emulation::Product product{sum, a, {b0, b1}};
  emulation::together(&product, emulation::executeMultiplyBf16);
}

FUNCTION void multiplyTf32(float (&sum)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  emulation::Product product{sum, a, {b0, b1}};
  emulation::together(&product, emulation::executeMultiplyTf32);
}
