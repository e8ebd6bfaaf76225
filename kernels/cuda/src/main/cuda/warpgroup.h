// What a warpgroup of sm_90a, four warps that begin at a multiple of four, does together: products of matrices that lie in
// shared memory, asynchronously. Included by kernels for that target alone.

#ifdef __CUDACC__

#define OF_BLOCK(block) "+f"(block[0]), "+f"(block[1]), "+f"(block[2]), "+f"(block[3])

// Shows what this thread wrote to shared memory, by copies too, to the tensor cores; a barrier must follow.
FUNCTION void fenceForTensorCores() {
  asm volatile("fence.proxy.async.shared::cta;" : : : "memory");
}

// The warpgroup: before its products use registers that others have used.
FUNCTION void fenceProducts() {
  asm volatile("wgmma.fence.sync.aligned;" : : : "memory");
}

// The warpgroup: its products since the last commit become one group.
FUNCTION void commitProducts() {
  asm volatile("wgmma.commit_group.sync.aligned;" : : : "memory");
}

// The warpgroup: waits for all its groups but the newest so many.
template <int NEWEST> FUNCTION void awaitProducts() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" : : "n"(NEWEST) : "memory");
}

// sum += a x b, begun: descriptors of 64 x 16 and of 16 x columns, bf16; which of them have the extent that is not summed
// contiguous. A lane holds of the sum the rows 16 w + l and 16 w + l + 8, where w is its warp and l = lane / 4, and in
// block j of eight columns 2 (lane % 4) and the next, as after mma.sync.

// The warpgroup: 64 rows by 192 columns.
template <bool A_OUTER, bool B_OUTER> FUNCTION void multiplyWarpgroup(float (&sum)[24][4], u64 a, u64 b) {
  asm volatile(
        "wgmma.mma_async.sync.aligned.m64n192k16.f32.bf16.bf16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
        "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
        "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95}, "
        "%96, %97, 1, 1, 1, %98, %99;"
        :
          OF_BLOCK(sum[0]), OF_BLOCK(sum[1]), OF_BLOCK(sum[2]), OF_BLOCK(sum[3]),
          OF_BLOCK(sum[4]), OF_BLOCK(sum[5]), OF_BLOCK(sum[6]), OF_BLOCK(sum[7]),
          OF_BLOCK(sum[8]), OF_BLOCK(sum[9]), OF_BLOCK(sum[10]), OF_BLOCK(sum[11]),
          OF_BLOCK(sum[12]), OF_BLOCK(sum[13]), OF_BLOCK(sum[14]), OF_BLOCK(sum[15]),
          OF_BLOCK(sum[16]), OF_BLOCK(sum[17]), OF_BLOCK(sum[18]), OF_BLOCK(sum[19]),
          OF_BLOCK(sum[20]), OF_BLOCK(sum[21]), OF_BLOCK(sum[22]), OF_BLOCK(sum[23])
        : "l"(a), "l"(b), "n"(A_OUTER ? 1 : 0), "n"(B_OUTER ? 1 : 0));
}

// The warpgroup: 64 rows by 256 columns.
template <bool A_OUTER, bool B_OUTER> FUNCTION void multiplyWarpgroup(float (&sum)[32][4], u64 a, u64 b) {
  asm volatile(
        "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
        "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
        "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "
        "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "
        "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, "
        "%128, %129, 1, 1, 1, %130, %131;"
        :
          OF_BLOCK(sum[0]), OF_BLOCK(sum[1]), OF_BLOCK(sum[2]), OF_BLOCK(sum[3]),
          OF_BLOCK(sum[4]), OF_BLOCK(sum[5]), OF_BLOCK(sum[6]), OF_BLOCK(sum[7]),
          OF_BLOCK(sum[8]), OF_BLOCK(sum[9]), OF_BLOCK(sum[10]), OF_BLOCK(sum[11]),
          OF_BLOCK(sum[12]), OF_BLOCK(sum[13]), OF_BLOCK(sum[14]), OF_BLOCK(sum[15]),
          OF_BLOCK(sum[16]), OF_BLOCK(sum[17]), OF_BLOCK(sum[18]), OF_BLOCK(sum[19]),
          OF_BLOCK(sum[20]), OF_BLOCK(sum[21]), OF_BLOCK(sum[22]), OF_BLOCK(sum[23]),
          OF_BLOCK(sum[24]), OF_BLOCK(sum[25]), OF_BLOCK(sum[26]), OF_BLOCK(sum[27]),
          OF_BLOCK(sum[28]), OF_BLOCK(sum[29]), OF_BLOCK(sum[30]), OF_BLOCK(sum[31])
        : "l"(a), "l"(b), "n"(A_OUTER ? 1 : 0), "n"(B_OUTER ? 1 : 0));
}

#undef OF_BLOCK

#else

#include "emulation_warpgroup.h"

#endif

// A matrix in shared memory for a warpgroup's product, with rows of 128 bytes whose eight chunks change places by row
// (chunk ^ row % 8). Where the summed extent is contiguous, stride lies between eight rows and the next. Where the other
// one is, a row is an index of the summed extent and 64 of the other; stride lies between eight such rows and the next,
// leading between 64 indices and the next.
FUNCTION u64 describe(u32 address, u32 leading, u32 stride) {
  constexpr u64 SWIZZLE_128 = 1ull << 62;
  return SWIZZLE_128 | (address & 0x3FFFF) >> 4 | static_cast<u64>(leading >> 4) << 16 | static_cast<u64>(stride >> 4) << 32;
}
