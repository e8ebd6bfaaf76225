// What the kernels are written in, as CUDA C++. Compile with -fmad=false: fma is written out where it is meant.

#define KERNEL extern "C" __global__ void
#define FUNCTION static __device__ __forceinline__ __attribute__((unused))
#define GLOBAL
// a variable in shared memory, and a pointer to one
#define LOCAL __shared__
#define LOCAL_POINTER
// a struct among the parameters of a kernel, which indices may run over without a copy, and handed on to a function
#define PARAMETER(TYPE) const __grid_constant__ TYPE
#define GIVEN(TYPE) const TYPE &
#define BARRIER __syncthreads()
#define LOCAL_ID ((int) threadIdx.x)
#define GROUP_ID ((int) blockIdx.x)
#define GROUP_SIZE ((int) blockDim.x)

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

#define BITS_OF_FLOAT(x) __float_as_uint(x)
#define FLOAT_OF_BITS(x) __uint_as_float(x)
#define MULTIPLY_HIGH(a, b) __umulhi(a, b)

// the overloaded names of OpenCL C
#define fma(a, b, c) fmaf(a, b, c)
#define exp(x) expf(x)
#define log(x) logf(x)
#define sqrt(x) sqrtf(x)
#define tanh(x) tanhf(x)
#define erf(x) erff(x)
#define erfc(x) erfcf(x)
#define fabs(x) fabsf(x)
#define floor(x) floorf(x)
#define rint(x) rintf(x)
#define sin(x) sinf(x)
#define cos(x) cosf(x)
