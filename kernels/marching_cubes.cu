// Marching cubes (T. Lewiner, 2003): the closed surface around everything in a field that is above a level.
//
//   field       float[X][Y][Z]      values; empty outside
//   voxels_x, voxels_y, voxels_z    int   X, Y and Z
//   level       float               0 < level < 1
//   vertices    float[][3]          in the cube [-0.5, 0.5]^3: voxel i of X has its centre at (i + 0.5)/X - 0.5
//   normals     float[][3]          unit length, outward
//   faces       int[][3]            counter-clockwise seen from outside
//   counts      int[2]              the numbers of vertices and faces
//   cases       short[256][8]       a table, as are the next two: see cell.cuh
//   variants    short[][6]          the same
//   triangles   signed char[]       the same
//   marks       Mark[cells]         what mark_cells found in each cell
//   totals      Count[blocks]       vertices and faces of each block of cells
//   starts      Count[blocks]       their exclusive prefix sums
//   blocks      int                 number of blocks of cells
//
// The field is padded with a margin of empty voxels, so that there are (X + 1)(Y + 1)(Z + 1) cells between eight voxel
// centres each. A cell owns the vertices on the three edges from its lowest corner, and at its centre.
//
// mark_cells     for each cell: its tiling, and the offsets of its vertices and faces within its block
//   Grid   (ceil((voxels_x + 1) * (voxels_y + 1) * (voxels_z + 1) / CELLS))
//   Block  (CELLS)
//
// add_up         for each block: the offsets of its vertices and faces; and the counts
//   Grid   (1)
//   Block  (SCAN)
//
// make_surface   writes vertices, normals and faces
//   Grid   (ceil((voxels_x + 1) * (voxels_y + 1) * (voxels_z + 1) / CELLS))
//   Block  (CELLS)
//
// deliver        copies the parts in use of the device's buffers to mapped host memory, 16 bytes a thread
//   Grid   (g), g >= 1
//   Block  (any of 2 or more): two threads write the counts
//   host_counts     int[2]       the numbers of vertices and faces
//   host_vertices   float[][3]   aligned to 16 bytes, as are the device's buffers and the next two
//   host_normals    float[][3]
//   host_faces      int[][3]
#include "cell.cuh"

constexpr int CELLS = 256;
constexpr int SCAN = 1024;
constexpr int CENTRE = 12;
constexpr float NEAREST = 1e-3f;  // no value is nearer to the level: vertices keep away from voxel centres
constexpr double TIE = 1e-4;      // the level is lower by this much, so that face tests hardly ever tie

struct Shape {
    int x, y, z;  // voxels along each axis
};

// A cell's tiling, and the offsets of its vertices and faces within its block.
struct Mark {
    unsigned short first_vertex, first_face;
    unsigned short tiling;
    unsigned char faces, owned;  // owned: bits 0, 1, 2 for vertices on the edges along z, y, x, bit 3 for the centre
};

struct Count {
    int vertices, faces;
};

__device__ __forceinline__ float value_at(const float* field, Shape n, float level, int x, int y, int z) {
    const bool inside = x > 0 && x <= n.x && y > 0 && y <= n.y && z > 0 && z <= n.z;
    const float v = (inside ? field[((x - 1) * n.y + y - 1) * n.z + z - 1] : 0.0f) - level;
    return fabsf(v) >= NEAREST ? v : v > 0 ? NEAREST : -NEAREST;
}

__device__ __forceinline__ void corners_of(const float* field, Shape n, float level, int x, int y, int z, double v[8]) {
    for (int corner = 0; corner < 8; ++corner) {
        v[corner] = value_at(field, n, level, x + (corner >> 2), y + (corner >> 1 & 1), z + (corner & 1)) + TIE;
    }
}

__device__ __forceinline__ Count plus(Count a, Count b) { return {a.vertices + b.vertices, a.faces + b.faces}; }

__device__ __forceinline__ Count from_lane(Count own, int distance) {
    return {__shfl_up_sync(~0u, own.vertices, distance), __shfl_up_sync(~0u, own.faces, distance)};
}

// The exclusive prefix sum over the block's threads; `all` becomes the block's sum.
template <int THREADS>
__device__ __forceinline__ Count before_me(Count own, Count& all) {
    __shared__ Count of_warp[32];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    Count up_to = own;
    for (int distance = 1; distance < 32; distance *= 2) {
        const Count earlier = from_lane(up_to, distance);
        if (lane >= distance) up_to = plus(up_to, earlier);
    }
    if (lane == 31) of_warp[warp] = up_to;
    __syncthreads();
    Count before = {0, 0};
    all = {0, 0};
    for (int w = 0; w < THREADS / 32; ++w) {
        if (w < warp) before = plus(before, of_warp[w]);
        all = plus(all, of_warp[w]);
    }
    __syncthreads();  // the next call writes of_warp again
    return {before.vertices + up_to.vertices - own.vertices, before.faces + up_to.faces - own.faces};
}

extern "C" __global__ void __launch_bounds__(CELLS)
mark_cells(const float* field, int voxels_x, int voxels_y, int voxels_z, float level, const short* cases,
           const short* variants, const signed char* triangles, Mark* marks, Count* totals) {
    const Shape n = {voxels_x, voxels_y, voxels_z};
    const int cell = blockIdx.x * CELLS + threadIdx.x;
    const int z = cell % (n.z + 1), y = cell / (n.z + 1) % (n.y + 1), x = cell / (n.z + 1) / (n.y + 1);
    Mark mark = {0, 0, 0, 0, 0};
    if (x <= n.x) {
        double v[8];
        corners_of(field, n, level, x, y, z, v);
        const Tiling tiling = tiling_of(v, {cases, variants, triangles});
        mark.tiling = tiling.start;
        mark.faces = tiling.count;
        for (int axis = 0; axis < 3; ++axis) mark.owned |= ((v[0] > 0) != (v[1 << axis] > 0)) << axis;
        for (int at = 0; at < 3 * tiling.count; ++at) {
            if (triangles[tiling.start + at] == CENTRE) mark.owned |= 8;
        }
    }
    Count all;
    const Count before = before_me<CELLS>({__popc(mark.owned), mark.faces}, all);
    mark.first_vertex = before.vertices;
    mark.first_face = before.faces;
    if (x <= n.x) marks[cell] = mark;
    if (threadIdx.x == 0) totals[blockIdx.x] = all;
}

extern "C" __global__ void __launch_bounds__(SCAN)
add_up(const Count* totals, int blocks, Count* starts, int* counts) {
    Count so_far = {0, 0};
    for (int first = 0; first < blocks; first += SCAN) {
        const int block = first + threadIdx.x;
        Count all;
        const Count before = before_me<SCAN>(block < blocks ? totals[block] : Count{0, 0}, all);
        if (block < blocks) starts[block] = plus(so_far, before);
        so_far = plus(so_far, all);
    }
    if (threadIdx.x == 0) {
        counts[0] = so_far.vertices;
        counts[1] = so_far.faces;
    }
}

// Central differences, positive where the field decreases: the outward direction.
__device__ __forceinline__ float3 slope_at(const float* field, Shape n, float level, int x, int y, int z) {
    return make_float3(
        value_at(field, n, level, x - 1, y, z) - value_at(field, n, level, x + 1, y, z),
        value_at(field, n, level, x, y - 1, z) - value_at(field, n, level, x, y + 1, z),
        value_at(field, n, level, x, y, z - 1) - value_at(field, n, level, x, y, z + 1));
}

// Write a vertex: the mean of its corners, weighted by the inverse distance of their values from the level.
__device__ __forceinline__ void put_vertex(const float* field, Shape n, float level, int x, int y, int z,
                                           unsigned corners, const double v[8], float* vertex, float* normal) {
    double weight = 0, along_x = 0, along_y = 0, along_z = 0;
    float nx = 0, ny = 0, nz = 0;
    for (int corner = 0; corner < 8; ++corner) {
        if (!(corners >> corner & 1)) continue;
        const int dx = corner >> 2, dy = corner >> 1 & 1, dz = corner & 1;
        const double w = 1 / (TINY + fabs(v[corner]));
        const float3 slope = slope_at(field, n, level, x + dx, y + dy, z + dz);
        weight += w;
        along_x += w * dx;
        along_y += w * dy;
        along_z += w * dz;
        nx += static_cast<float>(w) * slope.x;
        ny += static_cast<float>(w) * slope.y;
        nz += static_cast<float>(w) * slope.z;
    }
    vertex[0] = (static_cast<float>(x + along_x / weight) - 0.5f) / n.x - 0.5f;
    vertex[1] = (static_cast<float>(y + along_y / weight) - 0.5f) / n.y - 0.5f;
    vertex[2] = (static_cast<float>(z + along_z / weight) - 0.5f) / n.z - 0.5f;
    nx *= n.x;  // from a slope per voxel to a slope per unit of the frame
    ny *= n.y;
    nz *= n.z;
    const float length = sqrtf(nx * nx + ny * ny + nz * nz);
    normal[0] = length > 0 ? nx / length : 0;
    normal[1] = length > 0 ? ny / length : 1;
    normal[2] = length > 0 ? nz / length : 0;
}

// The cell that owns the vertex on an edge: its offset from this cell in bits 0 to 2; above them, its bit in `owned`.
__device__ __forceinline__ int owner_of(int edge) {
    constexpr unsigned char OWNERS[13] = {0x00, 0x11, 0x02, 0x10, 0x04, 0x15, 0x06, 0x14, 0x20, 0x21, 0x23, 0x22, 0x30};
    return OWNERS[edge];
}

extern "C" __global__ void __launch_bounds__(CELLS)
make_surface(const float* field, int voxels_x, int voxels_y, int voxels_z, float level, const signed char* triangles,
             const Mark* marks, const Count* starts, float* vertices, float* normals, int* faces) {
    const Shape n = {voxels_x, voxels_y, voxels_z};
    const int cell = blockIdx.x * CELLS + threadIdx.x;
    const int z = cell % (n.z + 1), y = cell / (n.z + 1) % (n.y + 1), x = cell / (n.z + 1) / (n.y + 1);
    if (x > n.x) return;
    const Mark mark = marks[cell];
    if (mark.owned) {
        double v[8];
        corners_of(field, n, level, x, y, z, v);
        int vertex = starts[blockIdx.x].vertices + mark.first_vertex;
        for (int bit = 0; bit < 4; ++bit) {
            if (!(mark.owned >> bit & 1)) continue;
            const unsigned corners = bit == 3 ? 0xff : 1 | 1 << (1 << bit);
            put_vertex(field, n, level, x, y, z, corners, v, vertices + 3 * vertex, normals + 3 * vertex);
            ++vertex;
        }
    }
    int* face = faces + 3 * (starts[blockIdx.x].faces + mark.first_face);
    for (int at = 0; at < 3 * mark.faces; ++at) {
        const int owner = owner_of(triangles[mark.tiling + at]);
        const int there = cell + ((owner >> 2 & 1) * (n.y + 1) + (owner >> 1 & 1)) * (n.z + 1) + (owner & 1);
        const Mark other = marks[there];
        const int earlier = __popc(other.owned & ((1 << (owner >> 4)) - 1));
        face[at] = starts[there / CELLS].vertices + other.first_vertex + earlier;
    }
}

// Copy 16 bytes a thread, so that a warp sends whole lines over the bus; then the rest, word by word.
__device__ __forceinline__ void send(const void* from, void* to, int words) {
    const int me = blockIdx.x * blockDim.x + threadIdx.x, stride = gridDim.x * blockDim.x, quads = words / 4;
    for (int at = me; at < quads; at += stride) static_cast<uint4*>(to)[at] = static_cast<const uint4*>(from)[at];
    for (int at = 4 * quads + me; at < words; at += stride) {
        static_cast<unsigned*>(to)[at] = static_cast<const unsigned*>(from)[at];
    }
}

extern "C" __global__ void deliver(const int* counts, const float* vertices, const float* normals, const int* faces,
                                   int* host_counts, float* host_vertices, float* host_normals, int* host_faces) {
    send(vertices, host_vertices, 3 * counts[0]);
    send(normals, host_normals, 3 * counts[0]);
    send(faces, host_faces, 3 * counts[1]);
    if (blockIdx.x == 0 && threadIdx.x < 2) host_counts[threadIdx.x] = counts[threadIdx.x];
}
