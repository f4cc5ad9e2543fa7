// One pair of latents, any number of t's.
//
//   a, b   float[8][8]      the two latents
//   t      float[k]         positions in [0, 1]; 0 gives a and 1 gives b, bit for bit
//   out    float[k][8][8]   the blends; must not overlap the inputs
//   k      long long        number of t's
//
// For few t's, the experiment of Jahan's study (2018, Fig. 4a): an 8x8 latent is divided into 2x2 blocks of 4x4
// threads; each thread owns one of the 64 numbers and writes it for every t of its block.
//
// interpolate_global   reads both latents from global memory, for every t
// interpolate_shared   loads a 4x4 tile of each latent into shared memory once, and reads it from there
//   Grid   (2, 2, g), 1 <= g <= 65535: block z computes t[z], t[z + g], t[z + 2g] ...
//   Block  (TILE, TILE)
//
// For many t's: the blocks above are half a warp each and store single floats. Here a thread owns four numbers, and a
// block computes STEPS t's at a time. The arrays need not be aligned to 16 bytes: where one is not, single floats are
// loaded or stored.
//
// interpolate_many_global, interpolate_many_shared   as above
//   Grid   (g), g >= 1: block x computes STEPS t's from t[STEPS * x] on, then those STEPS * g further on ...
//   Block  (QUADS, STEPS)
#include "quads.cuh"

constexpr int SIDE = 8;   // a latent is SIDE x SIDE
constexpr int TILE = 4;   // and a block TILE x TILE
constexpr int SIZE = SIDE * SIDE;
constexpr int QUADS = SIZE / 4;  // float4s in a latent: threadIdx.x
constexpr int STEPS = 16;        // t's per block and iteration: threadIdx.y
static_assert(QUADS * STEPS >= SIZE, "the first SIZE threads of a block stage the latents");

extern "C" __global__ void __launch_bounds__(TILE * TILE)
interpolate_global(const float* a, const float* b, const float* t, float* out, long long k) {
    const int row = blockIdx.y * TILE + threadIdx.y;
    const int column = blockIdx.x * TILE + threadIdx.x;
    const int at = row * SIDE + column;

    for (long long step = blockIdx.z; step < k; step += gridDim.z) {
        out[step * SIZE + at] = blend(a[at], b[at], weights_at(t[step]));
    }
}

extern "C" __global__ void __launch_bounds__(TILE * TILE)
interpolate_shared(const float* a, const float* b, const float* t, float* out, long long k) {
    __shared__ float tile_a[TILE][TILE];
    __shared__ float tile_b[TILE][TILE];

    const int row = blockIdx.y * TILE + threadIdx.y;
    const int column = blockIdx.x * TILE + threadIdx.x;
    const int at = row * SIDE + column;

    tile_a[threadIdx.y][threadIdx.x] = a[at];
    tile_b[threadIdx.y][threadIdx.x] = b[at];
    __syncthreads();

    for (long long step = blockIdx.z; step < k; step += gridDim.z) {
        out[step * SIZE + at] =
            blend(tile_a[threadIdx.y][threadIdx.x], tile_b[threadIdx.y][threadIdx.x], weights_at(t[step]));
    }
}

// `a` and `b` are in global or in shared memory; ALIGNED if they and `out` are aligned to 16 bytes.
template <bool ALIGNED>
__device__ __forceinline__ void blend_many(const float* a, const float* b, const float* t, float* out, long long k) {
    const int at = threadIdx.x * 4;
    const long long stride = static_cast<long long>(gridDim.x) * STEPS;
    for (long long step = static_cast<long long>(blockIdx.x) * STEPS + threadIdx.y; step < k; step += stride) {
        const float4 blended = blend4(load4<ALIGNED>(a + at), load4<ALIGNED>(b + at), weights_at(t[step]));
        stream4<ALIGNED>(out + step * SIZE + at, blended);
    }
}

__device__ __forceinline__ bool aligned(const float* a, const float* b, const float* out) {
    const size_t addresses = reinterpret_cast<size_t>(a) | reinterpret_cast<size_t>(b) | reinterpret_cast<size_t>(out);
    return addresses % sizeof(float4) == 0;
}

extern "C" __global__ void __launch_bounds__(QUADS * STEPS)
interpolate_many_global(const float* a, const float* b, const float* t, float* out, long long k) {
    if (aligned(a, b, out)) {
        blend_many<true>(a, b, t, out, k);
    } else {
        blend_many<false>(a, b, t, out, k);
    }
}

extern "C" __global__ void __launch_bounds__(QUADS * STEPS)
interpolate_many_shared(const float* a, const float* b, const float* t, float* out, long long k) {
    __shared__ __align__(16) float staged_a[SIZE];
    __shared__ __align__(16) float staged_b[SIZE];

    const int thread = threadIdx.y * QUADS + threadIdx.x;
    if (thread < SIZE) {
        staged_a[thread] = a[thread];
        staged_b[thread] = b[thread];
    }
    __syncthreads();
    if (aligned(staged_a, staged_b, out)) {
        blend_many<true>(staged_a, staged_b, t, out, k);
    } else {
        blend_many<false>(staged_a, staged_b, t, out, k);
    }
}
