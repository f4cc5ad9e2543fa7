// One cell of marching cubes: the triangles that separate its inside corners from its outside ones.
//
//   Tiling tiling_of(const double v[8], Tables tables)
//
// A corner's number encodes its position in the cell: bit 0 is set at the far end of the z axis, bit 1 of y, bit 2 of
// x. Values are positive inside. Ambiguous signs are resolved by two kinds of tests, as in T. Lewiner et al.,
// Efficient implementation of Marching Cubes' cases with topological guarantees (2003): whether the inside corners
// of a face of the cell are connected across that face (face test), and whether the inside corners of the cell are
// connected through its interior (inner test). scikit-image uses the same tests; every product is rounded as there,
// in double precision and without fused multiply-adds (compiled with --fmad=false), so that ties break alike.
//
// The tables are made by voxview/surface/tilings.py:
//   cases[256][8]      for each set of inside corners: its first variant, the number of faces to test, and those faces
//   variants[][6]      one for each outcome of these tests: start and number of triangles, the inner test or 0, its
//                      sign, and start and number of triangles if the inner test fails
//   triangles[]        the cell's edges that the triangles' vertices lie on; 12 is the cell's centre
#pragma once

constexpr double TINY = 2.220446049250313e-16;
constexpr int NO_INNER_TEST = 0;
constexpr int BETWEEN_LAYERS = 13;  // else the inner test is the number of a reference edge, plus one

struct Tables {
    const short* cases;
    const short* variants;
    const signed char* triangles;
};

struct Tiling {
    int start;  // in Tables::triangles
    int count;  // of triangles
};

// The corners of the faces 1 ... 6 of the cell, in cyclic order.
__device__ __forceinline__ int corner_of_side(int side, int at) {
    constexpr int CORNERS[6] = {0x1540, 0x3751, 0x2673, 0x0462, 0x1320, 0x5764};
    return CORNERS[side - 1] >> (4 * at) & 7;
}

// Face test: whether the corners of a face that have the first one's sign are connected across it; a negative `side`
// in the table means the opposite.
__device__ __forceinline__ bool connected_across(int side, const double v[8]) {
    const int s = side < 0 ? -side : side;
    const double a = v[corner_of_side(s, 0)], b = v[corner_of_side(s, 1)];
    const double c = v[corner_of_side(s, 2)], d = v[corner_of_side(s, 3)];
    const double difference = a * c - b * d;
    if (difference > -TINY && difference < TINY) return side >= 0;
    return side * a * difference >= 0;
}

// Inner test on the values where a plane cuts four parallel edges: whether opposite corners are joined in the plane.
__device__ __forceinline__ bool joined_in_plane(double a, double b, double c, double d, int sign) {
    const int full = (a >= 0) + (b >= 0) + (c >= 0) + (d >= 0);
    const bool opposite = full == 2 && (a >= 0) == (c >= 0);
    if (!opposite) return full >= 3 ? sign < 0 : sign > 0;
    const bool apart = a * c - b * d < TINY;
    return sign > 0 && (a >= 0 ? apart : !apart);
}

__device__ __forceinline__ double between(double from, double to, double t) { return from + (to - from) * t; }

__device__ __forceinline__ bool connected_inside(int test, int sign, const double v[8]) {
    if (test == BETWEEN_LAYERS) {
        const double rise0 = v[4] - v[0], rise1 = v[5] - v[1], rise2 = v[7] - v[3], rise3 = v[6] - v[2];
        const double a = rise0 * rise2 - rise3 * rise1;
        const double b = v[3] * rise0 + v[0] * rise2 - v[1] * rise3 - v[2] * rise1;
        const double t = -b / (2 * a + TINY);
        if (t < 0 || t > 1) return sign > 0;
        return joined_in_plane(between(v[0], v[4], t), between(v[2], v[6], t), between(v[3], v[7], t),
                               between(v[1], v[5], t), sign);
    }
    // Edges 1 ... 12: the corner that they start from; below, the axis that they are parallel to.
    constexpr int STARTS[12] = {0, 1, 3, 2, 4, 5, 7, 6, 0, 1, 3, 2};
    const int edge = test - 1;
    const int axis = edge >= 8 ? 4 : edge % 2 == 0 ? 1 : 2;
    const int side = axis == 1 ? 2 : 1, other = axis == 4 ? 2 : 4;
    const int p = STARTS[edge], q = p ^ axis;
    const double t = v[p] / (v[p] - v[q] + TINY);
    return joined_in_plane(0, between(v[p ^ side], v[q ^ side], t), between(v[p ^ side ^ other], v[q ^ side ^ other], t),
                           between(v[p ^ other], v[q ^ other], t), sign);
}

__device__ __forceinline__ Tiling tiling_of(const double v[8], Tables tables) {
    // The tables number corners cyclically in each layer: the third and the fourth are swapped in the binary order.
    constexpr int ROUND[8] = {0, 1, 3, 2, 4, 5, 7, 6};
    int full = 0;
    for (int corner = 0; corner < 8; ++corner) full |= (v[ROUND[corner]] > 0) << corner;
    const short* signs = tables.cases + 8 * full;
    int variant = signs[0];
    for (int test = 0; test < signs[1]; ++test) variant += connected_across(signs[2 + test], v) << test;
    const short* found = tables.variants + 6 * variant;
    if (found[2] == NO_INNER_TEST || connected_inside(found[2], found[3], v)) return {found[0], found[1]};
    return {found[4], found[5]};
}
