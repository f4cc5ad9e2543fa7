// Vectorised access: four numbers of a latent in one load or store; single floats if not aligned to 16 bytes.
#pragma once

#include "blend.cuh"

__device__ __forceinline__ float4 blend4(float4 a, float4 b, Weights w) {
    return make_float4(blend(a.x, b.x, w), blend(a.y, b.y, w), blend(a.z, b.z, w), blend(a.w, b.w, w));
}

template <bool ALIGNED>
__device__ __forceinline__ float4 load4(const float* from) {
    if constexpr (ALIGNED) return *reinterpret_cast<const float4*>(from);
    return make_float4(from[0], from[1], from[2], from[3]);
}

// Of memory that nothing writes while the kernel runs, so that the load may be moved over stores. By __ldg, since
// __restrict__ alone is lost on a pointer whose address is looked at.
template <bool ALIGNED>
__device__ __forceinline__ float4 load4_read_only(const float* from) {
    if constexpr (ALIGNED) return __ldg(reinterpret_cast<const float4*>(from));
    return make_float4(__ldg(from), __ldg(from + 1), __ldg(from + 2), __ldg(from + 3));
}

template <bool ALIGNED>
__device__ __forceinline__ void stream4(float* to, float4 v) {
    if constexpr (ALIGNED) {
        __stcs(reinterpret_cast<float4*>(to), v);
    } else {
        __stcs(to, v.x);
        __stcs(to + 1, v.y);
        __stcs(to + 2, v.z);
        __stcs(to + 3, v.w);
    }
}
