// Weighted sums of a few latents: mixes of up to eight chairs, a - b + c, and a step along a direction.
//
//   out[m] = w[m][0] * z[0] + w[m][1] * z[1] + ...
//
//   z     float[n][8][8]   the latents
//   w     float[k][n]      the weights, a row for each mix; they may be negative, and need not sum to 1
//   out   float[k][8][8]   the mixes; must not overlap the inputs
//   n     int              number of latents, n <= MOST: a thread keeps its number of each in registers
//   k     long long        number of mixes
//
// Terms are added in the latents' order, each operation rounded to float32, as in NumPy. Terms of weight zero are
// skipped, so that a single 1 among zeros copies its latent bit for bit. If all weights are zero, so is the mix.
//
// combine   one thread for each number of a latent
//   Grid   (g), g >= 1: block b computes the mixes b, b + g, b + 2g ...
//   Block  (SIZE)
#include "blend.cuh"

constexpr int SIZE = 64;
constexpr int MOST = 9;

extern "C" __global__ void __launch_bounds__(SIZE)
combine(const float* z, const float* w, float* out, int n, long long k) {
    float own[MOST];
#pragma unroll
    for (int i = 0; i < MOST; ++i) {
        own[i] = i < n ? z[i * SIZE + threadIdx.x] : 0.0f;
    }
    for (long long mix = blockIdx.x; mix < k; mix += gridDim.x) {
        float sum = 0.0f;
        bool begun = false;
#pragma unroll
        for (int i = 0; i < MOST; ++i) {
            const float weight = i < n ? w[mix * n + i] : 0.0f;
            if ((__float_as_uint(weight) << 1) != 0u) {  // by its bits: a comparison treats a subnormal as zero
                const float part = rounded_product(weight, own[i]);
                sum = begun ? rounded_sum(sum, part) : part;
                begun = true;
            }
        }
        out[mix * SIZE + threadIdx.x] = with_one_nan(sum);
    }
}
