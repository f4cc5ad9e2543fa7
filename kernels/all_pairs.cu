// The blends of each of m latents with each of n others at every t: Algorithm 1 of Jahan's study (2018) if both are
// the same n latents, and a block of it if they are subsets.
//
//   out[i][j][s] = (1 - t[s]) * from[i] + t[s] * to[j]
//
//   from      float[m][8][8]         the latents at t = 0
//   to        float[n][8][8]         the latents at t = 1; may be `from`
//   t         float[k]               positions in [0, 1]; 0 gives from[i] and 1 gives to[j], bit for bit
//   out       float[m][n][k][8][8]   the blends; must not overlap the inputs: all pointers are __restrict__, so that
//                                    a load may be moved over a store. The inputs may overlap, as none is written
//   m, n, k   long long              offsets are 64-bit, too: 2,000 latents and 11 t's make 2.8e9 numbers
//
// all_pairs_global, all_pairs_shared   one block for the pairs of one latent with TO others; loads and stores are
//          float4, stores are streaming (__stcs). Both are one template, and differ in one thing: where a block reads
//          the TO latents from for each of their blends, global memory (through the caches) or shared memory, to which
//          it has copied them. k < 2^31, which always holds if the blends of one pair fit into a device's memory. The
//          arrays need not be aligned to 16 bytes: if one is not, single floats are loaded and stored.
//   Grid   (m * ceil(n / TO)): block b takes from[b / ceil(n / TO)]
//   Block  (QUADS, ROWS)
//
// all_pairs_elementwise   one thread for each number of out: the plain kernel that the benchmark compares these with
//   Grid   (g), g >= 1: a grid-stride loop over the numbers of out
//   Block  (any)
#include "quads.cuh"

constexpr int SIZE = 64;             // numbers in a latent
constexpr int QUADS = SIZE / 4;      // float4s in a latent: threadIdx.x
constexpr int ROWS = 16;             // blends that a block writes at a time: threadIdx.y
constexpr int TO = ROWS;             // latents in a tile: each row of threads stages one

enum class Memory { GLOBAL, SHARED };

extern "C" __global__ void all_pairs_elementwise(const float* __restrict__ from, const float* __restrict__ to,
                                                 const float* __restrict__ t, float* __restrict__ out, long long m,
                                                 long long n, long long k) {
    const long long total = m * n * k * SIZE;
    const long long stride = static_cast<long long>(gridDim.x) * blockDim.x;

    for (long long at = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; at < total; at += stride) {
        const long long number = at % SIZE;
        const long long blended = at / SIZE;
        const long long step = blended % k;
        const long long pair = blended / k;
        const long long i = pair / n;
        const long long j = pair % n;
        out[at] = blend(from[i * SIZE + number], to[j * SIZE + number], weights_at(t[step]));
    }
}

// `tile` is the block's shared memory, or null: with Memory::GLOBAL there is none.
template <Memory MEMORY, bool ALIGNED>
__device__ __forceinline__ void blend_tile(const float* __restrict__ from, const float* __restrict__ to,
                                           const float* __restrict__ t, float* __restrict__ out, long long n,
                                           long long k, float4 (*tile)[QUADS]) {
    const int quad = threadIdx.x;
    const int row = threadIdx.y;
    // All operands of these divisions are below 2^31, as the grid is: 64-bit divisions are much slower.
    const unsigned tiles_across = static_cast<unsigned>((n + TO - 1) / TO);
    const long long i = blockIdx.x / tiles_across;
    const long long first_j = static_cast<long long>(blockIdx.x % tiles_across) * TO;
    const int rows = static_cast<int>(min(static_cast<long long>(TO), n - first_j));
    const float* others = to + first_j * SIZE + quad * 4;  // this thread's four numbers of the tile's first latent

    const float4 a = load4_read_only<ALIGNED>(from + i * SIZE + quad * 4);
    if constexpr (MEMORY == Memory::SHARED) {
        if (row < rows) tile[row][quad] = load4_read_only<ALIGNED>(others + row * SIZE);
        __syncthreads();
    }

    // The blends of all j's of the tile are contiguous in out, k for each j. A thread starts at blend `row` of them and
    // advances by ROWS; (j, step) are updated without a division in the loop.
    const int steps = static_cast<int>(k);
    const int j_stride = ROWS / steps, step_stride = ROWS % steps;
    int j = row / steps, step = row % steps;
    float* at = out + ((i * n + first_j) * k + row) * SIZE + quad * 4;
    while (j < rows) {
        float4 b;
        if constexpr (MEMORY == Memory::SHARED) {
            b = tile[j][quad];
        } else {
            b = load4_read_only<ALIGNED>(others + j * SIZE);
        }
        stream4<ALIGNED>(at, blend4(a, b, weights_at(t[step])));
        at += ROWS * SIZE;
        j += j_stride;
        step += step_stride;
        if (step >= steps) {
            step -= steps;
            ++j;
        }
    }
}

template <Memory MEMORY>
__device__ __forceinline__ void blend_pairs(const float* __restrict__ from, const float* __restrict__ to,
                                            const float* __restrict__ t, float* __restrict__ out, long long n,
                                            long long k, float4 (*tile)[QUADS]) {
    const size_t addresses =
        reinterpret_cast<size_t>(from) | reinterpret_cast<size_t>(to) | reinterpret_cast<size_t>(out);
    if (addresses % sizeof(float4) == 0) {
        blend_tile<MEMORY, true>(from, to, t, out, n, k, tile);
    } else {
        blend_tile<MEMORY, false>(from, to, t, out, n, k, tile);
    }
}

extern "C" __global__ void __launch_bounds__(QUADS * ROWS)
all_pairs_global(const float* __restrict__ from, const float* __restrict__ to, const float* __restrict__ t,
                 float* __restrict__ out, long long m, long long n, long long k) {
    blend_pairs<Memory::GLOBAL>(from, to, t, out, n, k, nullptr);
}

extern "C" __global__ void __launch_bounds__(QUADS * ROWS)
all_pairs_shared(const float* __restrict__ from, const float* __restrict__ to, const float* __restrict__ t,
                 float* __restrict__ out, long long m, long long n, long long k) {
    __shared__ float4 tile[TO][QUADS];
    blend_pairs<Memory::SHARED>(from, to, t, out, n, k, tile);
}
