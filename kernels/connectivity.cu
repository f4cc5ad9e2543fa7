// What would make blends of one connected component: the voxels of the shortest paths between the largest component and
// the others, and small components that no path joins.
//
//   fields     float[m][32][32][32]           probabilities, [x][y][z]
//   path       unsigned char[m][32][32][32]   1: should be occupied, to join what is apart; else 0
//   removed    unsigned char[m][32][32][32]   1: should be empty; else 0
//   level      float                          the threshold of occupancy
//   passable   float                          a path goes through voxels above this probability; below `level`
//   most       int                            so many voxels or more, outside the largest component, are a part of the
//                                             chair: none is removed
//
// connectivity_targets   one block for each of the m fields; a thread has a row of 32 voxels, as `rows.cuh` describes
//   Grid   (m)
//   Block  (ROWS)
//
// From the largest component and from the rest the search spreads eight voxels through passable ones. Where both meet
// after the fewest steps in all, there is the path; its mirror image in x joins it as far as that is passable, or one
// leg of two would grow back.
#include "rows.cuh"

constexpr int REACH = 8;

// Of this row: into front[i] what is i + 1 steps from `start` through `passable`. `words` is shared.
__device__ __forceinline__ void spread(unsigned start, unsigned passable, unsigned* words, unsigned* front) {
    const int here = place_of(threadIdx.x);
    unsigned reached = start;
    for (int step = 0; step < REACH; ++step) {
        __syncthreads();
        words[here] = reached;
        __syncthreads();
        front[step] = near_row(words, here) & passable & ~reached;
        reached |= front[step];
    }
}

// Writes a row of bits as bytes; a warp writes its threads' rows one after another, each in one piece.
__device__ __forceinline__ void put_row(unsigned own, unsigned char* out) {
    const int row = threadIdx.x, lane = row % 32;
    for (int i = 0; i < 32; ++i) {
        const unsigned word = __shfl_sync(ALL, own, i);
        out[(row - lane + i) * SIDE + lane] = word >> lane & 1;
    }
}

extern "C" __global__ void __launch_bounds__(ROWS)
connectivity_targets(const float* fields, unsigned char* path, unsigned char* removed, float level, float passable,
                     int most) {
    __shared__ unsigned words[PADDED * PADDED];
    __shared__ int scratch[32];
    __shared__ int seed;
    __shared__ unsigned lengths;
    const int row = threadIdx.x, here = place_of(row);
    const long long first = static_cast<long long>(blockIdx.x) * ROWS * SIDE;

    clear(words);
    if (row == 0) lengths = 0;
    const unsigned full = row_above(fields + first, level), open = row_above(fields + first, passable);
    unsigned left = full, largest = 0;
    int rest = sum_of_block(__popc(full), scratch), most_voxels = 0;
    const int volume = rest;
    while (rest > most_voxels) {  // what is left may hold a larger one
        const unsigned component = first_component(left, words, &seed);
        const int voxels = sum_of_block(__popc(component), scratch);
        if (voxels > most_voxels) {
            most_voxels = voxels;
            largest = component;
        }
        rest -= voxels;
        left &= ~component;
    }
    const unsigned others = full & ~largest, between = open & ~full;
    unsigned from_largest[REACH], from_others[REACH];
    spread(largest, open, words, from_largest);
    spread(others, open, words, from_others);

    unsigned own = 0;  // bit i + j: there is a voxel of this row i + 1 steps from one and j + 1 from the other
    for (int i = 0; i < REACH; ++i) {
        for (int j = 0; j < REACH; ++j) {
            if (from_largest[i] & from_others[j] & between) own |= 1u << (i + j);
        }
    }
    if (own) atomicOr(&lengths, own);
    __syncthreads();
    unsigned on_path = 0;
    if (lengths) {
        const int shortest = __ffs(lengths) - 1;
        for (int i = 0; i < REACH; ++i) {
            const int j = shortest - i;
            if (j >= 0 && j < REACH) on_path |= from_largest[i] & from_others[j] & between;
        }
    }
    __syncthreads();
    words[here] = on_path;
    __syncthreads();
    on_path |= words[place_of(ROWS - SIDE - row + 2 * (row % SIDE))] & between;  // the row at 31 - x, y
    const bool taken_away = !lengths && volume - most_voxels < most;
    put_row(on_path, path + first);
    put_row(taken_away ? others : 0, removed + first);
}
