// The residual decoder for a single latent: 64 numbers to a field, in single precision.
//
// Every layer but the first is a matrix product (an implicit GEMM): a row for each voxel, a column for each output
// channel, and a sum over the input channels of its 27 neighbours (or of the voxel alone). A single latent gives few
// rows, so that tiles of rows and columns alone would leave most of the device idle: the sum is split, too (split-K).
// Each block computes a part of it, and a second kernel adds the parts, always in the same order.
//
// Activations are [voxel][channel], so that a voxel's channels are contiguous; a grid has side^3 voxels. Arrays are
// aligned to 16 bytes.
//
// dense          one layer of the mapping of latents, a warp for each output: silu(bias + weights * in), or, where
//                there is a z, what the last layer makes of it: z + sum for the first `even` numbers, z * exp(sum) for
//                the rest
//   Grid   (ceil(outputs / (threads / 32)))
//   Block  (any multiple of 32)
//   in        float[inputs]
//   weights   float[outputs][inputs]
//   bias      float[outputs]
//   z         float[outputs]   64 numbers, or null
//   out       float[outputs]
//   inputs, outputs   int
//   scaled    int              1: `in` is a latent, which is brought to the length sqrt(64) first, as z is; else 0
//   even      int
//
// expand         the first, fully connected layer: out[at] = silu(bias[at] + sum of z[i] * weights[i][at]), 64 inputs
//   Grid   (ceil(size / threads))
//   Block  (any of 64 or more): a thread loads one of the inputs
//   z         float[64]
//   weights   float[64][size]
//   bias      float[size]
//   out       float[size]
//   size      int
//
// sum_part_32    one part of the sums, for tiles of 32 columns
//   Grid   (side^3 / ROWS, columns / 32, ceil(neighbours * channels / DEPTH / chunks)): a tile, a part of its sums
//   Block  (THREADS)
// sum_part_8     the same for tiles of 8 columns
//   Grid   (side^3 / ROWS, columns / 8, ceil(neighbours * channels / DEPTH / chunks))
//   Block  (THREADS)
//   in           float[side^3][channels]
//   weights      float[neighbours * channels][columns]   neighbours in the order of their offsets
//   part         float[parts][side^3][columns]
//   side         int   a multiple of 4: ROWS divides the voxels
//   channels     int   a multiple of DEPTH
//   columns      int   a multiple of the tile's
//   neighbours   int   27 or 1
//   chunks       int   each part has chunks * DEPTH terms, the last one perhaps fewer
//
// add_parts      out = activation(bias + sum of parts + residual)
//   Grid   (ceil(side^3 * columns / threads))
//   Block  (any)
//   part          float[parts][side^3][columns]
//   bias          float[columns]
//   residual      float[side^3][columns]   or null
//   out           float[side^3][columns]
//   side, columns, parts   int
//   doubled       int   1: each voxel becomes 2x2x2, and its columns are those eight voxels' channels, one voxel after
//                       another; else 0
//   probability   int   1: the activation is the logistic function; 0: SiLU (x times the logistic function of x)
constexpr int ROWS = 64;
constexpr int DEPTH = 32;
constexpr int THREADS = 128;
constexpr int INPUTS = 64;
constexpr int ROWS_EACH = 4;  // adjacent rows of one thread
constexpr int ACROSS = 8;     // threads along a tile's columns

__device__ __forceinline__ float logistic(float x) { return 1.0f / (1.0f + expf(-x)); }

__device__ __forceinline__ float sum_of_warp(float own) {
    for (int distance = 16; distance; distance /= 2) own += __shfl_xor_sync(0xffffffffu, own, distance);
    return own;
}

// What brings a latent of 64 numbers to the length sqrt(64): blends are shorter than chairs, as means are.
__device__ __forceinline__ float scale_of(const float* latent) {
    const float low = latent[threadIdx.x % 32], high = latent[threadIdx.x % 32 + 32];
    const float length = sqrtf(sum_of_warp(fmaf(low, low, high * high)));
    return 8.0f / fmaxf(length, 1e-3f);
}

extern "C" __global__ void dense(const float* in, const float* weights, const float* bias, const float* z, float* out,
                                 int inputs, int outputs, int scaled, int even) {
    const int lane = threadIdx.x % 32, at = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
    if (at >= outputs) return;
    float sum = 0;
    for (int i = lane; i < inputs; i += 32) sum = fmaf(in[i], weights[at * inputs + i], sum);
    sum = sum_of_warp(sum);
    if (scaled) sum *= scale_of(in);
    sum += bias[at];
    if (z == nullptr) {
        if (lane == 0) out[at] = sum * logistic(sum);
    } else {
        const float own = z[at] * scale_of(z);
        if (lane == 0) out[at] = at < even ? own + sum : own * expf(sum);
    }
}

extern "C" __global__ void expand(const float* z, const float* weights, const float* bias, float* out, int size) {
    __shared__ float inputs[INPUTS];
    if (threadIdx.x < INPUTS) inputs[threadIdx.x] = z[threadIdx.x];
    __syncthreads();
    const int at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= size) return;
    float sum = bias[at];
#pragma unroll 16
    for (int i = 0; i < INPUTS; ++i) sum = fmaf(inputs[i], weights[i * size + at], sum);
    out[at] = sum * logistic(sum);
}

struct Voxel {
    int x, y, z;
};

__device__ __forceinline__ Voxel voxel_of(int row, int side) {
    return {row / side / side, row / side % side, row % side};
}

// The neighbours that lie within the grid, one bit for each of the 27.
__device__ __forceinline__ unsigned neighbours_within(Voxel v, int side) {
    constexpr unsigned X_BELOW = 0x1ff, Y_BELOW = 0x7 | 0x7 << 9 | 0x7 << 18, Z_BELOW = 0x1249249;
    unsigned beyond = 0;
    if (v.x == 0) beyond |= X_BELOW;
    if (v.y == 0) beyond |= Y_BELOW;
    if (v.z == 0) beyond |= Z_BELOW;
    if (v.x == side - 1) beyond |= X_BELOW << 18;
    if (v.y == side - 1) beyond |= Y_BELOW << 6;
    if (v.z == side - 1) beyond |= Z_BELOW << 2;
    return ~beyond;
}

// The column of a voxel in its row of the tile, swizzled against bank conflicts: eight adjacent threads that store four
// channels each would otherwise use two of the 32 banks. Groups of four stay contiguous, since they are read at once.
__device__ __forceinline__ int swizzled(int voxel, int term) { return voxel ^ (term & 0x1c); }

template <int COLUMNS>
__device__ __forceinline__ void sum_part(const float* in, const float* weights, float* part, int side, int channels,
                                         int columns, int neighbours, int chunks) {
    constexpr int COLUMNS_EACH = COLUMNS / ACROSS;
    __shared__ __align__(16) float a[2][DEPTH][ROWS];     // terms x voxels; see `swizzled`
    __shared__ __align__(16) float b[2][DEPTH][COLUMNS];   // terms x columns
    const int me = threadIdx.x, my_row = me / ACROSS * ROWS_EACH, my_column = me % ACROSS * COLUMNS_EACH;
    const int first_row = blockIdx.x * ROWS, first_column = blockIdx.y * COLUMNS;

    // Each thread loads four channels of FETCHED voxels, and WEIGHTS_EACH quads of weights.
    constexpr int FETCHED = ROWS * DEPTH / 4 / THREADS, APART = ROWS / FETCHED;
    const int quad = me % (DEPTH / 4) * 4, row = me / (DEPTH / 4);
    unsigned within[FETCHED];
    for (int i = 0; i < FETCHED; ++i) {
        within[i] = neighbours == 1 ? 1 : neighbours_within(voxel_of(first_row + row + i * APART, side), side);
    }
    const float* voxels = in + (first_row + row) * channels + quad;
    constexpr int QUADS = DEPTH * COLUMNS / 4, WEIGHTS_EACH = (QUADS + THREADS - 1) / THREADS;
    const int per_neighbour = channels / DEPTH;
    const int first = blockIdx.z * chunks, last = min(first + chunks, neighbours * per_neighbour);
    int neighbour = first / per_neighbour, channel = first % per_neighbour * DEPTH;
    const float* terms = weights + static_cast<long long>(first) * DEPTH * columns + first_column;

    float4 values[FETCHED], factors[WEIGHTS_EACH];
    auto fetch = [&]() {
        int away = 0;
        if (neighbours == 27) {
            away = ((neighbour / 9 - 1) * side + neighbour / 3 % 3 - 1) * side + neighbour % 3 - 1;
        }
        for (int i = 0; i < FETCHED; ++i) {
            const float* from = voxels + (away + i * APART) * channels + channel;
            values[i] = within[i] >> neighbour & 1 ? *reinterpret_cast<const float4*>(from) : make_float4(0, 0, 0, 0);
        }
        for (int i = 0; i < WEIGHTS_EACH; ++i) {
            const int at = me + i * THREADS;
            const float* from = terms + at * 4 / COLUMNS * columns + at * 4 % COLUMNS;
            if (QUADS % THREADS == 0 || at < QUADS) factors[i] = *reinterpret_cast<const float4*>(from);
        }
        terms += DEPTH * columns;
        channel += DEPTH;
        if (channel == channels) {
            channel = 0;
            ++neighbour;
        }
    };
    auto stage = [&](int buffer) {
        for (int i = 0; i < FETCHED; ++i) {
            const float of_channels[4] = {values[i].x, values[i].y, values[i].z, values[i].w};
            for (int j = 0; j < 4; ++j) a[buffer][quad + j][swizzled(row + i * APART, quad)] = of_channels[j];
        }
        for (int i = 0; i < WEIGHTS_EACH; ++i) {
            const int at = me + i * THREADS;
            if (QUADS % THREADS == 0 || at < QUADS) {
                *reinterpret_cast<float4*>(&b[buffer][at * 4 / COLUMNS][at * 4 % COLUMNS]) = factors[i];
            }
        }
    };

    float sums[ROWS_EACH][COLUMNS_EACH] = {};
    int buffer = 0;
    fetch();
    stage(buffer);
    __syncthreads();
    for (int chunk = first; chunk < last; ++chunk) {
        if (chunk + 1 < last) fetch();
#pragma unroll
        for (int k = 0; k < DEPTH; ++k) {
            float of_rows[ROWS_EACH], of_columns[COLUMNS_EACH];
            for (int i = 0; i < ROWS_EACH; i += 4) {
                *reinterpret_cast<float4*>(of_rows + i) = *reinterpret_cast<const float4*>(&a[buffer][k][swizzled(my_row + i, k)]);
            }
            for (int j = 0; j < COLUMNS_EACH; ++j) of_columns[j] = b[buffer][k][my_column + j];
            for (int i = 0; i < ROWS_EACH; ++i) {
                for (int j = 0; j < COLUMNS_EACH; ++j) sums[i][j] = fmaf(of_rows[i], of_columns[j], sums[i][j]);
            }
        }
        if (chunk + 1 < last) stage(1 - buffer);
        buffer = 1 - buffer;
        __syncthreads();
    }
    const int all_rows = gridDim.x * ROWS;
    for (int i = 0; i < ROWS_EACH; ++i) {
        float* to = part + (static_cast<long long>(blockIdx.z) * all_rows + first_row + my_row + i) * columns +
                    first_column + my_column;
        for (int j = 0; j < COLUMNS_EACH; ++j) to[j] = sums[i][j];
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
sum_part_32(const float* in, const float* weights, float* part, int side, int channels, int columns, int neighbours,
            int chunks) {
    sum_part<32>(in, weights, part, side, channels, columns, neighbours, chunks);
}

extern "C" __global__ void __launch_bounds__(THREADS)
sum_part_8(const float* in, const float* weights, float* part, int side, int channels, int columns, int neighbours,
           int chunks) {
    sum_part<8>(in, weights, part, side, channels, columns, neighbours, chunks);
}

extern "C" __global__ void add_parts(const float* part, const float* bias, const float* residual, float* out, int side,
                                     int columns, int parts, int doubled, int probability) {
    const int at = blockIdx.x * blockDim.x + threadIdx.x;
    const int size = side * side * side * columns;
    if (at >= size) return;
    const int row = at / columns, column = at % columns;
    float sum = bias[column];
#pragma unroll 9
    for (int p = 0; p < parts; ++p) sum += part[p * size + at];
    if (residual) sum += residual[at];
    const float value = probability ? logistic(sum) : sum * logistic(sum);
    if (!doubled) {
        out[at] = value;
        return;
    }
    const int channels = columns / 8, octant = column / channels, channel = column % channels;
    const Voxel v = voxel_of(row, side);
    const int x = 2 * v.x + (octant >> 2), y = 2 * v.y + (octant >> 1 & 1), z = 2 * v.z + (octant & 1);
    out[((x * 2 * side + y) * 2 * side + z) * channels + channel] = value;
}
