// Scores of decoded blends on the device: the share of the largest component, standing, novelty, components, stability,
// symmetry.
//
//   fields   float[m][32][32][32]   probabilities, [x][y][z]; a voxel is occupied above `level`
//   chairs   unsigned[n][32][32]    the chairs that novelty is measured against: bit z of word [x][y]
//   floors   int[m]                 the y of the layer that each blend should stand on
//   scores   float[7][m]            the share of the voxels in the largest 26-connected component; 0: empty;
//                                   1 if a voxel of the three layers from the floor up, or below, is occupied, else 0;
//                                   1 - the largest IoU with a chair; the number of components; the voxels outside
//                                   the largest one; 1 if that one would not fall over, else 0; the largest IoU
//                                   with the mirror image in x, moved by -1, 0 or +1 voxel
//   level    float                  the threshold of occupancy
//   n        int                    number of chairs
//
// score_blends   one block for each of the m blends; a thread has a row of 32 voxels, as `rows.cuh` describes
//   Grid   (m)
//   Block  (ROWS)
#include "rows.cuh"

constexpr int FLOOR = 3;  // layers that count as the floor

__device__ __forceinline__ float best_overlap(const unsigned* words, int volume, const unsigned* chairs, int n,
                                              float* of_warps) {
    const int lane = threadIdx.x % 32;
    float best = 0;
    for (int chair = threadIdx.x / 32; chair < n; chair += ROWS / 32) {
        int both = 0, theirs = 0;
        for (int row = lane; row < ROWS; row += 32) {
            const unsigned word = chairs[static_cast<long long>(chair) * ROWS + row];
            both += __popc(word & words[place_of(row)]);
            theirs += __popc(word);
        }
        both = sum_of_warp(both);
        const int either = volume + sum_of_warp(theirs) - both;
        best = fmaxf(best, either ? __fdiv_rn(static_cast<float>(both), static_cast<float>(either)) : 1.0f);
    }
    if (lane == 0) of_warps[threadIdx.x / 32] = best;
    __syncthreads();
    best = of_warps[lane];
    for (int distance = 16; distance; distance /= 2) best = fmaxf(best, __shfl_xor_sync(ALL, best, distance));
    return best;
}

// The largest IoU of a blend with its mirror image in x, moved along x by -1, 0 or +1 voxel. The mirror image of a row
// is another row; empty ones come in from the margin, and what is moved out of the cube is lost. See metrics.symmetry.
__device__ __forceinline__ float symmetry(const unsigned* words, int* scratch) {
    const int row = threadIdx.x, x = row / SIDE, y = row % SIDE;
    const unsigned own = words[place_of(row)];
    float best = 0;
    for (int moved = -1; moved <= 1; ++moved) {
        const unsigned other = words[(SIDE - x + moved) * PADDED + y + 1];
        const int both = sum_of_block(__popc(own & other), scratch);
        const int either = sum_of_block(__popc(own | other), scratch);
        if (either) best = fmaxf(best, __fdiv_rn(static_cast<float>(both), static_cast<float>(either)));
    }
    return best;
}

// Whether a component would not fall over: its centre of mass lies above the hull of its feet, the voxels below
// `floor` + FLOOR or of its own three lowest layers, in each of 64 directions. Half voxels; see metrics.is_stable.
__device__ __forceinline__ bool is_stable(unsigned piece, int volume, int floor, unsigned* feet, int* scratch) {
    const int row = threadIdx.x, x = row / SIDE, y = row % SIDE;
    const int of_z = __popc(piece & 0xaaaaaaaau) + 2 * __popc(piece & 0xccccccccu) + 4 * __popc(piece & 0xf0f0f0f0u) +
                     8 * __popc(piece & 0xff00ff00u) + 16 * __popc(piece & 0xffff0000u);
    const int centre_x = sum_of_block((2 * x + 1) * __popc(piece), scratch);
    const int centre_z = sum_of_block(2 * of_z + __popc(piece), scratch);
    if (row < SIDE) feet[row] = 0;
    if (row == SIDE) feet[SIDE] = floor;
    __syncthreads();
    if (piece) atomicMin(reinterpret_cast<int*>(feet) + SIDE, y);
    __syncthreads();
    if (piece && y < static_cast<int>(feet[SIDE]) + FLOOR) atomicOr(feet + x, piece);
    __syncthreads();
    bool inside = true;
    if (row < 64) {  // around a square: (8, s), (-8, -s), (-s, 8), (s, -8) with s from -8 to 7
        const int s = row % 16 - 8, sign = row & 16 ? -1 : 1;
        const int dx = row < 32 ? 8 * sign : -s * sign, dz = row < 32 ? s * sign : 8 * sign;
        int reach = 0;
        inside = false;
        for (int at = 0; at < SIDE; ++at) {
            if (!feet[at]) continue;
            const int z = dz > 0 ? 31 - __clz(feet[at]) : __ffs(feet[at]) - 1;
            const int there = dx * (2 * at + 1) + dz * (2 * z + 1) + abs(dx) + abs(dz);
            reach = inside ? max(reach, there) : there;
            inside = true;
        }
        inside = inside && volume * reach >= dx * centre_x + dz * centre_z;
    }
    return __syncthreads_and(inside);
}

extern "C" __global__ void __launch_bounds__(ROWS)
score_blends(const float* fields, const unsigned* chairs, const int* floors, float* scores, float level, int n) {
    __shared__ unsigned words[PADDED * PADDED];  // first the blend, then the voxels that the flood fill has reached
    __shared__ int scratch[32];
    __shared__ float of_warps[32];
    __shared__ unsigned feet[SIDE + 1];
    __shared__ int seed;
    const int row = threadIdx.x, here = place_of(row);
    const float* field = fields + static_cast<long long>(blockIdx.x) * ROWS * SIDE;

    clear(words);
    const unsigned full = row_above(field, level);
    __syncthreads();
    words[here] = full;
    const bool stands = __syncthreads_or(row % SIDE < floors[blockIdx.x] + FLOOR && full);
    const int volume = sum_of_block(__popc(full), scratch);
    const float overlap = best_overlap(words, volume, chairs, n, of_warps);
    const float mirrored = symmetry(words, scratch);

    unsigned left = full, largest_piece = 0;
    int rest = volume, largest = 0, pieces = 0;
    for (; rest; ++pieces) {
        const unsigned reached = first_component(left, words, &seed);
        const int piece = sum_of_block(__popc(reached), scratch);
        if (piece > largest) {
            largest = piece;
            largest_piece = reached;
        }
        rest -= piece;
        left &= ~reached;
    }
    const bool stable = is_stable(largest_piece, largest, floors[blockIdx.x], feet, scratch);
    if (row == 0) {
        const int m = gridDim.x;
        scores[blockIdx.x] = volume ? static_cast<float>(static_cast<double>(largest) / volume) : 0.0f;
        scores[m + blockIdx.x] = stands;
        scores[2 * m + blockIdx.x] = 1 - overlap;
        scores[3 * m + blockIdx.x] = pieces;
        scores[4 * m + blockIdx.x] = volume - largest;
        scores[5 * m + blockIdx.x] = stable;
        scores[6 * m + blockIdx.x] = mirrored;
    }
}
