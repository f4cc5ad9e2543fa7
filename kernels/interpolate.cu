// One pair of latents, any number of t's: the experiment of Jahan's study (2018, Fig. 4a).
//
// An 8x8 latent is cut into 2x2 blocks of 4x4 threads; each thread owns one of the 64 numbers and writes it for
// every t that its block visits.
//
//   interpolate_global   reads both latents from global memory, again for every t
//   interpolate_shared   loads a 4x4 tile of each latent into shared memory once, and reads it from there
//
// Grid   (2, 2, m) with 1 <= m <= 65535: block z visits t[z], t[z + m], t[z + 2m] ...
// Block  (4, 4)
//
//   a, b   float[8][8]      the two latents
//   t      float[k]         positions in [0, 1]; 0 gives a and 1 gives b, bit for bit
//   out    float[k][8][8]   the blends; must not overlap the inputs
//   k      number of t's
#include "blend.cuh"

constexpr int SIDE = 8;   // a latent is SIDE x SIDE
constexpr int TILE = 4;   // and a block TILE x TILE
constexpr int SIZE = SIDE * SIDE;

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
