// All pairs with one optimisation at a time, for an ablation. Entry points as in kernels/all_pairs.cu, for square
// n, k and aligned arrays; `ablation.py` measures them.
#include "blend.cuh"

constexpr int SIZE = 64, QUADS = 16, ROWS = 16, TO = 16;

__device__ __forceinline__ float4 blend4(float4 a, float4 b, Weights w) {
    return make_float4(blend(a.x, b.x, w), blend(a.y, b.y, w), blend(a.z, b.z, w), blend(a.w, b.w, w));
}

// One thread an element; 32-bit offsets within a row of pairs, which is a block's y.
extern "C" __global__ void narrow(const float* z, const float* t, float* out, unsigned n, unsigned k) {
    const unsigned at = blockIdx.x * blockDim.x + threadIdx.x, i = blockIdx.y;
    if (at >= n * k * SIZE) return;
    const unsigned number = at % SIZE, step = at / SIZE % k, j = at / SIZE / k;
    out[static_cast<size_t>(i) * n * k * SIZE + at] = blend(z[i * SIZE + number], z[j * SIZE + number], weights_at(t[step]));
}

template <bool STREAMED>
__device__ __forceinline__ void put(float4* to, float4 v) {
    if constexpr (STREAMED) {
        __stcs(to, v);
    } else {
        *to = v;
    }
}

// One thread for four elements, latents from global memory through the caches.
template <bool STREAMED>
__device__ __forceinline__ void wide(const float4* z, const float* t, float4* out, unsigned n, unsigned k) {
    const unsigned at = blockIdx.x * blockDim.x + threadIdx.x, i = blockIdx.y;
    if (at >= n * k * QUADS) return;
    const unsigned quad = at % QUADS, step = at / QUADS % k, j = at / QUADS / k;
    put<STREAMED>(out + static_cast<size_t>(i) * n * k * QUADS + at,
                  blend4(z[i * QUADS + quad], z[j * QUADS + quad], weights_at(t[step])));
}

extern "C" __global__ void wide_plain(const float4* z, const float* t, float4* out, unsigned n, unsigned k) {
    wide<false>(z, t, out, n, k);
}

extern "C" __global__ void wide_streamed(const float4* z, const float* t, float4* out, unsigned n, unsigned k) {
    wide<true>(z, t, out, n, k);
}

// Tiles of FROM x 16 pairs in the order of kernels/all_pairs.cu, whose FROM is 1, with and without shared memory and
// streaming stores.
template <int FROM, bool SHARED, bool STREAMED>
__device__ __forceinline__ void tiled(const float4* z, const float* t, float4* out, int n, int k) {
    __shared__ float4 a[FROM][QUADS], b[TO][QUADS];
    const int quad = threadIdx.x, row = threadIdx.y, across = (n + TO - 1) / TO;
    const int first_i = blockIdx.x / across * FROM, first_j = blockIdx.x % across * TO;
    const int rows_i = min(FROM, n - first_i), rows_j = min(TO, n - first_j);
    if constexpr (SHARED) {
        if (row < rows_i) a[row][quad] = z[(first_i + row) * QUADS + quad];
        if (row < rows_j) b[row][quad] = z[(first_j + row) * QUADS + quad];
        __syncthreads();
    }
    for (int i = 0; i < rows_i; ++i) {
        const float4 from = SHARED ? a[i][quad] : z[(first_i + i) * QUADS + quad];
        int j = row / k, step = row % k;
        float4* at = out + ((static_cast<size_t>(first_i + i) * n + first_j) * k + row) * QUADS + quad;
        while (j < rows_j) {
            const float4 to = SHARED ? b[j][quad] : z[(first_j + j) * QUADS + quad];
            put<STREAMED>(at, blend4(from, to, weights_at(t[step])));
            at += ROWS * QUADS;
            j += ROWS / k;
            step += ROWS % k;
            if (step >= k) {
                step -= k;
                ++j;
            }
        }
    }
}

extern "C" __global__ void tall_cached_streamed(const float4* z, const float* t, float4* out, int n, int k) {
    tiled<4, false, true>(z, t, out, n, k);
}

extern "C" __global__ void tall_shared_plain(const float4* z, const float* t, float4* out, int n, int k) {
    tiled<4, true, false>(z, t, out, n, k);
}

extern "C" __global__ void tall_shared_streamed(const float4* z, const float* t, float4* out, int n, int k) {
    tiled<4, true, true>(z, t, out, n, k);
}

extern "C" __global__ void low_cached_streamed(const float4* z, const float* t, float4* out, int n, int k) {
    tiled<1, false, true>(z, t, out, n, k);
}

extern "C" __global__ void low_shared_streamed(const float4* z, const float* t, float4* out, int n, int k) {
    tiled<1, true, true>(z, t, out, n, k);
}
