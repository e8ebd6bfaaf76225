// What the kernels are written in, as OpenCL C 1.2.

#pragma OPENCL FP_CONTRACT OFF

#define KERNEL __kernel void
#define FUNCTION static
#define GLOBAL __global
// a variable in local memory, and a pointer to one
#define LOCAL __local
#define LOCAL_POINTER __local
// a struct among the parameters of a kernel, and handed on to a function
#define PARAMETER(TYPE) TYPE
#define GIVEN(TYPE) TYPE
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE)
#define LOCAL_ID ((int) get_local_id(0))
#define GROUP_ID ((int) get_group_id(0))
#define GROUP_SIZE ((int) get_local_size(0))

typedef uchar u8;
typedef ushort u16;
typedef uint u32;
typedef long i64;
typedef ulong u64;

#define BITS_OF_FLOAT(x) as_uint(x)
#define FLOAT_OF_BITS(x) as_float(x)
#define MULTIPLY_HIGH(a, b) mul_hi(a, b)
