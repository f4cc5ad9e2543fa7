"""Lewiner's tables of marching cubes in the layout of `kernels/cell.cuh`, converted from scikit-image's.

scikit-image selects between the tables in a long switch; here the selection is a table, too: the set of
corners that are inside gives the faces to test, the tests' outcomes give a variant, and a variant gives
triangles, or one more test and two lists of triangles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxview.errors import VoxViewError

BETWEEN_LAYERS = 13
"""Code of the inner test that compares two opposite faces; other codes are a reference edge, plus one."""
_PLAIN = (1, 2, 5, 8, 9, 11, 14)
"""Lewiner's cases without ambiguity."""


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables; the header of `kernels/cell.cuh` defines their entries."""

    cases: NDArray[np.int16]
    """`(256, 8)`, a row for each set of corners inside."""
    variants: NDArray[np.int16]
    """`(n, 6)`, a row for each outcome of the tests."""
    triangles: NDArray[np.int8]
    """`(m,)`, three edges of the cell for each triangle."""


@cache
def tables() -> Tables:
    """Return the tables; raise `VoxViewError` if this version of scikit-image does not have them."""
    try:
        return _Builder(_lewiner()).build()
    except (ImportError, AttributeError, KeyError, IndexError, TypeError, ValueError) as problem:
        raise VoxViewError(
            f"this scikit-image has other marching-cubes tables ({problem}): surfaces are made on the CPU"
        ) from problem


def _lewiner() -> dict[str, NDArray[np.int8]]:
    from skimage.measure import _marching_cubes_lewiner_luts as luts
    from skimage.measure._marching_cubes_lewiner import _to_array

    encoded = {
        name: value for name, value in vars(luts).items() if name.isupper() and isinstance(value, tuple)
    }
    return {name: np.asarray(_to_array(value), np.int8) for name, value in encoded.items()}


@dataclass(frozen=True)
class _Variant:
    """Triangles; or an inner test, with the triangles if it holds and those if it does not."""

    triangles: NDArray[np.int8]
    inner: int = 0
    sign: int = 0
    otherwise: NDArray[np.int8] | None = None


class _Builder:
    """Collects variants and triangles over the 256 sets of corners inside."""

    def __init__(self, luts: dict[str, NDArray[np.int8]]) -> None:
        self._luts = luts
        self._variants: list[tuple[int, ...]] = []
        self._triangles: list[int] = []
        self._starts: dict[bytes, int] = {}

    def build(self) -> Tables:
        cases = np.zeros((256, 8), np.int16)
        for full, (case, row) in enumerate(self._luts["CASES"]):
            sides, variant_of = self._choices(int(case), int(row))
            cases[full, :2] = len(self._variants), len(sides)
            cases[full, 2 : 2 + len(sides)] = sides
            for outcomes in range(2 ** len(sides)):
                self._add(variant_of(outcomes))
        return Tables(cases, np.array(self._variants, np.int16), np.array(self._triangles, np.int8))

    def _add(self, variant: _Variant) -> None:
        first = self._place(variant.triangles)
        second = (0, 0) if variant.otherwise is None else self._place(variant.otherwise)
        self._variants.append((*first, variant.inner, variant.sign, *second))

    def _place(self, triangles: NDArray[np.int8]) -> tuple[int, int]:
        """Add triangles to the common table unless they are there; return their start and number."""
        key = triangles.tobytes()
        if key not in self._starts:
            self._starts[key] = len(self._triangles)
            self._triangles += triangles.ravel().tolist()
        return self._starts[key], triangles.size // 3

    def _choices(self, case: int, row: int) -> tuple[list[int], Callable[[int], _Variant]]:
        """Return the faces to test, and a function from their outcomes (first in bit 0) to the variant."""
        tiling = self._tiling
        if case == 0:
            return [], lambda _: _Variant(np.empty(0, np.int8))
        if case in _PLAIN:
            return [], lambda _: _Variant(tiling(f"{case}", row))
        test = self._luts[f"TEST{case}"][row]
        if case == 3:
            return [int(test)], lambda on: _Variant(tiling("3_2" if on else "3_1", row))
        if case == 4:
            whole = _Variant(tiling("4_1", row), BETWEEN_LAYERS, int(test), tiling("4_2", row))
            return [], lambda _: whole
        if case == 6:
            inside = _Variant(tiling("6_1_1", row), test[2] + 1, test[1], tiling("6_1_2", row))
            return [test[0]], lambda on: _Variant(tiling("6_2", row)) if on else inside
        if case == 7:
            return list(test[:3]), lambda on: self._case_7(row, on, test)
        if case in (10, 12):
            edge = BETWEEN_LAYERS if case == 10 else test[3] + 1
            inside = _Variant(tiling(f"{case}_1_1", row), edge, test[2], tiling(f"{case}_1_2", row))
            others = {1: f"{case}_2", 2: f"{case}_2_", 3: f"{case}_1_1_"}
            return list(test[:2]), lambda on: _Variant(tiling(others[on], row)) if on else inside
        if case == 13:
            return list(test[:6]), lambda on: self._case_13(row, int(self._luts["SUBCONFIG13"][on]), test)
        raise ValueError(f"case {case}")

    def _case_7(self, row: int, on: int, test: Any) -> _Variant:
        if on == 0:
            return _Variant(self._tiling("7_1", row))
        if on == 7:
            return _Variant(self._tiling("7_4_2", row), test[4] + 1, test[3], self._tiling("7_4_1", row))
        one_side = {1: 0, 2: 1, 4: 2}
        if on in one_side:
            return _Variant(self._tiling("7_2", row, one_side[on]))
        return _Variant(self._tiling("7_3", row, {3: 0, 5: 1, 6: 2}[on]))

    def _case_13(self, row: int, found: int, test: Any) -> _Variant:
        """Return the variant of case 13, with all six faces ambiguous; `found` is one of 46 subcases."""
        runs = (("13_2", 1, 6), ("13_3", 7, 12), ("13_4", 19, 4), ("13_3_", 27, 12), ("13_2_", 39, 6))
        if found < 0:  # outcomes that exclude each other
            return _Variant(np.empty(0, np.int8))
        if found in (0, 45):
            return _Variant(self._tiling("13_1" if found == 0 else "13_1_", row))
        for name, first, count in runs:
            if first <= found < first + count:
                return _Variant(self._tiling(name, row, found - first))
        joined = self._tiling("13_5_1", row, found - 23)
        return _Variant(joined, joined[0] + 1, test[6], self._tiling("13_5_2", row, found - 23))

    def _tiling(self, name: str, *place: int) -> NDArray[np.int8]:
        return self._luts[f"TILING{name}"][place]
