// The blend of two numbers, shared by all kernels: (1 - t) * a + t * b, each operation rounded to float32.
//
//   Weights weights_at(float t)                    once for each t
//   float   blend(float a, float b, Weights w)     once for each number
//
// Why PTX instead of a * b + c: nvcc would contract that to a fused multiply-add, and CuPy compiles everything
// with -ftz=true, under which even __fmul_rn flushes subnormal numbers to zero. An explicit mul.rn.f32 does
// neither, so that the result equals NumPy's bit for bit. The ends are selected by the bits of t, because a
// comparison of floats would treat a subnormal t as zero.
#pragma once

struct Weights {
    float of_a, of_b;
    bool at_a, at_b;  // t is exactly 0, t is exactly 1
};

__device__ __forceinline__ float rounded_product(float x, float y) {
    float product;
    asm("mul.rn.f32 %0, %1, %2;" : "=f"(product) : "f"(x), "f"(y));
    return product;
}

__device__ __forceinline__ float rounded_sum(float x, float y) {
    float sum;
    asm("add.rn.f32 %0, %1, %2;" : "=f"(sum) : "f"(x), "f"(y));
    return sum;
}

__device__ __forceinline__ float rounded_difference(float x, float y) {
    float difference;
    asm("sub.rn.f32 %0, %1, %2;" : "=f"(difference) : "f"(x), "f"(y));
    return difference;
}

__device__ __forceinline__ Weights weights_at(float t) {
    const unsigned bits = __float_as_uint(t);
    Weights w;
    w.of_a = rounded_difference(1.0f, t);
    w.of_b = t;
    w.at_a = (bits << 1) == 0u;  // +0 and -0
    w.at_b = bits == 0x3f800000u;
    return w;
}

// The canonical NaN for every NaN: CUDA and x86 make different ones.
__device__ __forceinline__ float with_one_nan(float x) {
    const bool is_nan = (__float_as_uint(x) & 0x7fffffffu) > 0x7f800000u;
    return is_nan ? __uint_as_float(0x7fc00000u) : x;
}

__device__ __forceinline__ float blend(float a, float b, Weights w) {
    const float sum = rounded_sum(rounded_product(w.of_a, a), rounded_product(w.of_b, b));
    return w.at_a ? a : w.at_b ? b : with_one_nan(sum);
}
