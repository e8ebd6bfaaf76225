// What the kernels on tensor cores are made of: PTX on a GPU, and a model of it (emulation.h, among the tests) where a
// CPU runs the same kernels. Shared memory is reached through these functions alone, by 32-bit addresses, so that the
// model sees every access. Functions that say "warp" are called by all 32 lanes of a warp together.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

// Several numbers that are loaded and stored in one access.
struct alignas(8) Words2 {
  u32 word[2];
};

struct alignas(16) Words4 {
  u32 word[4];
};

#ifdef __CUDACC__

#define KERNEL(NAME, THREADS, BLOCKS, ...) \
  extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) NAME(__VA_ARGS__)
#define FUNCTION static __device__ __forceinline__ __attribute__((unused))
#define FUNCTION_OF_TYPE __device__ __forceinline__
#define LANE_ID ((int) (threadIdx.x % 32))
#define THREAD_ID ((int) threadIdx.x)
#define BLOCK_ID ((int) blockIdx.x)

extern __shared__ __align__(1024) u8 sharedMemory[];

// Where the shared memory of the launch begins.
FUNCTION u32 sharedStart() {
  return static_cast<u32>(__cvta_generic_to_shared(sharedMemory));
}

FUNCTION u32 bitsOf(float x) {
  return __float_as_uint(x);
}

FUNCTION float floatOf(u32 bits) {
  return __uint_as_float(bits);
}

// All threads of the block.
FUNCTION void barrier() {
  __syncthreads();
}

// The warp: orders shared memory among its lanes.
FUNCTION void warpBarrier() {
  __syncwarp();
}

// The warp: the value of the lane whose number differs by a mask.
FUNCTION float shuffleXor(float x, int mask) {
  return __shfl_xor_sync(0xFFFFFFFFu, x, mask);
}

// 2 to the power of x; 0 for minus infinity.
FUNCTION float powerOfTwo(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

FUNCTION float logarithmOfTwo(float x) {
  float y;
  asm("lg2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

// Two bf16 numbers, rounded to nearest even; the first in the lower half.
FUNCTION u32 packBf16(float first, float second) {
  u32 pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(second), "f"(first));
  return pair;
}

// The bits of a float32 number, rounded to the 10 bits of a tf32 mantissa, ties away from zero.
FUNCTION u32 roundTf32(u32 bits) {
  u32 rounded;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "f"(floatOf(bits)));
  return rounded;
}

// ---- global memory

// A kernel's parameter as an address of global memory, which is what copies take; PTX then shows which they are.
FUNCTION const u8 *globalAddress(const u8 *parameter) {
  return reinterpret_cast<const u8 *>(__cvta_generic_to_global(parameter));
}

// One or several elements in one access, at a multiple of their size.
template <class T> FUNCTION T loadGlobal(const void *address) {
  return *static_cast<const T *>(address);
}

template <class T> FUNCTION void storeGlobal(void *address, T value) {
  *static_cast<T *>(address) = value;
}

// ---- shared memory

// The warp.
FUNCTION u32 loadShared(u32 address) {
  u32 value;
  asm volatile("ld.shared.u32 %0, [%1];" : "=r"(value) : "r"(address) : "memory");
  return value;
}

// The warp: four numbers, at a multiple of 16.
FUNCTION void loadShared4(float (&values)[4], u32 address) {
  asm volatile("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4];"
      : "=f"(values[0]), "=f"(values[1]), "=f"(values[2]), "=f"(values[3])
      : "r"(address)
      : "memory");
}

FUNCTION void storeShared(u32 address, u32 value) {
  asm volatile("st.shared.u32 [%0], %1;" : : "r"(address), "r"(value) : "memory");
}

// Two numbers, at a multiple of 8.
FUNCTION void storeShared2(u32 address, float first, float second) {
  asm volatile("st.shared.v2.f32 [%0], {%1, %2};" : : "r"(address), "f"(first), "f"(second) : "memory");
}

// Begins to copy 16 bytes from global to shared memory, both at multiples of 16; zeros follow the bytes that are valid.
FUNCTION void copyAsync16(u32 shared, const u8 *global, int valid) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" : : "r"(shared), "l"(global), "r"(valid) : "memory");
}

// Begins to copy 8 bytes, both at multiples of 8.
FUNCTION void copyAsync8(u32 shared, const u8 *global) {
  asm volatile("cp.async.ca.shared.global [%0], [%1], 8;" : : "r"(shared), "l"(global) : "memory");
}

// The copies that this thread has begun since the last commit become one group.
FUNCTION void commitCopies() {
  asm volatile("cp.async.commit_group;" : : : "memory");
}

// Waits for all groups of this thread but the newest so many; a barrier shows what they copied to the other threads.
template <int NEWEST> FUNCTION void awaitCopies() {
  asm volatile("cp.async.wait_group %0;" : : "n"(NEWEST) : "memory");
}

// ---- matrices

// The warp: four matrices of 8 rows of 16 bytes. Lane 8 m + i names row i of matrix m; of the matrix's row l / 4 lane l
// gets word l % 4.
FUNCTION void loadMatrices(u32 (&words)[4], u32 row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
      : "=r"(words[0]), "=r"(words[1]), "=r"(words[2]), "=r"(words[3])
      : "r"(row)
      : "memory");
}

// The warp: the same matrices, of 8 x 8 elements of 16 bits, each transposed on its way.
FUNCTION void loadMatricesTransposed(u32 (&words)[4], u32 row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
      : "=r"(words[0]), "=r"(words[1]), "=r"(words[2]), "=r"(words[3])
      : "r"(row)
      : "memory");
}

// The warp: the first two of four such matrices; lanes from 16 on name any row.
FUNCTION void loadTwoMatrices(u32 (&words)[2], u32 row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
      : "=r"(words[0]), "=r"(words[1])
      : "r"(row)
      : "memory");
}

FUNCTION void loadTwoMatricesTransposed(u32 (&words)[2], u32 row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
      : "=r"(words[0]), "=r"(words[1])
      : "r"(row)
      : "memory");
}

// The warp: sum += a x b, where a is 16 x 16, b is 16 x 8, both bf16. With l = lane / 4 and t = lane % 4 a lane holds
// a(l, 2t..), a(l + 8, 2t..), a(l, 2t + 8..), a(l + 8, 2t + 8..); b(2t.., l), b(2t + 8.., l); and of the sum (l, 2t..),
// (l + 8, 2t..).
FUNCTION void multiplyBf16(float (&sum)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// The warp: sum += a x b, where a is 16 x 8, b is 8 x 8, both tf32. A lane holds a(l, t), a(l + 8, t), a(l, t + 4),
// a(l + 8, t + 4); b(t, l), b(t + 4, l); and of the sum as above.
FUNCTION void multiplyTf32(float (&sum)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

#else

#include "emulation.h"

#endif

FUNCTION float floatOfBf16(u16 bits) {
  return floatOf(static_cast<u32>(bits) << 16);
}

FUNCTION u16 bf16OfFloat(float x) {
  return static_cast<u16>(packBf16(x, 0.0f));
}

FUNCTION int smaller(int a, int b) {
  return a < b ? a : b;
}

// Sums of products, which begin at 0.
template <int COUNT> FUNCTION void zero(float (&sums)[COUNT][4]) {
#pragma unroll
  for (int i = 0; i < COUNT; i++) {
#pragma unroll
    for (int k = 0; k < 4; k++) {
      sums[i][k] = 0.0f;
    }
  }
}
