// Grids of 32 x 32 x 32 voxels in shared memory, for blocks of 1024 threads: rows, sums, neighbours and components.
//
// A row of 32 voxels along z is one word, so that a grid is 1024 words: one for each thread, 4 kB of shared memory.
// A component is found by a flood fill from its first voxel: a step reaches the eight rows around each row, and along
// each row as far as it is occupied. All threads of the block call these functions together.
#pragma once

constexpr int SIDE = 32;
constexpr int ROWS = SIDE * SIDE;
constexpr int PADDED = SIDE + 2;  // a margin of empty rows, so that the flood fill needs no bounds checks
constexpr unsigned ALL = 0xffffffffu;

__device__ __forceinline__ int place_of(int row) { return (row / SIDE + 1) * PADDED + row % SIDE + 1; }

__device__ __forceinline__ int sum_of_warp(int own) {
    for (int distance = 16; distance; distance /= 2) own += __shfl_xor_sync(ALL, own, distance);
    return own;
}

// The occupied voxels that are connected to a reached one along the row.
__device__ __forceinline__ unsigned along(unsigned reached, unsigned full) {
    unsigned up = reached, down = reached, way_up = full, way_down = full;
    for (int distance = 1; distance < SIDE; distance *= 2) {
        up |= way_up & (up << distance);
        way_up &= way_up << distance;
        down |= way_down & (down >> distance);
        way_down &= way_down >> distance;
    }
    return up | down;
}

// The sum over the block, returned to every thread. `scratch` holds a number from each warp.
__device__ __forceinline__ int sum_of_block(int own, int* scratch) {
    const int of_warp = sum_of_warp(own);
    __syncthreads();
    if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = of_warp;
    __syncthreads();
    return sum_of_warp(scratch[threadIdx.x % 32]);
}

// Empties the rows and their margin.
__device__ __forceinline__ void clear(unsigned* words) {
    for (int at = threadIdx.x; at < PADDED * PADDED; at += ROWS) words[at] = 0;
}

// The voxels of this thread's row that are above `level`. A warp reads its threads' rows one after another, each in
// one coalesced load.
__device__ __forceinline__ unsigned row_above(const float* field, float level) {
    const int row = threadIdx.x, lane = row % 32;
    unsigned own = 0;
    for (int i = 0; i < 32; ++i) {
        const unsigned word = __ballot_sync(ALL, field[(row - lane + i) * SIDE + lane] > level);
        if (lane == i) own = word;
    }
    return own;
}

// The voxels that are in `words` or next to one, 26 neighbours each, in the row at `here`.
__device__ __forceinline__ unsigned near_row(const unsigned* words, int here) {
    unsigned near = 0;
    for (int dx = -PADDED; dx <= PADDED; dx += PADDED) {
        for (int dy = -1; dy <= 1; ++dy) near |= words[here + dx + dy];
    }
    return near | near << 1 | near >> 1;
}

// This row of the component that has the first voxel of `left`, which is not empty; `words` and `seed` are shared.
__device__ __forceinline__ unsigned first_component(unsigned left, unsigned* words, int* seed) {
    const int row = threadIdx.x, here = place_of(row);
    __syncthreads();
    if (row == 0) *seed = ROWS;
    __syncthreads();
    if (left) atomicMin(seed, row);
    __syncthreads();
    unsigned reached = row == *seed ? along(left & -left, left) : 0;
    words[here] = reached;
    bool grew = true;
    while (__syncthreads_or(grew)) {
        const unsigned next = along(near_row(words, here) & left, left);
        grew = next != reached;
        __syncthreads();
        words[here] = reached = next;
    }
    return reached;
}
