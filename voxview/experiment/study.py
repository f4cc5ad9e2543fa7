"""The study's own figures, to stand beside ours.

T. Jahan, Parallelizing the Interpolation between Latent Space of Autoencoder Networks, Carleton, 2018, on an
NVIDIA Titan V. Seconds, as printed there. They are quoted, not endorsed:

- nothing synchronises before the clock stops, and the kernel's compilation is inside the time: hence 0.17 s
  for two chairs on the GPU, and less for more of them;
- the "shared" kernel fills its tiles and never reads them, and half of the rows are never written;
- t runs over 0 … 99 in place of 0 … 1, so that what it computes are no blends;
- one run each: no median, no spread.
"""

from __future__ import annotations

MACHINE = "NVIDIA Titan V, 2018"

CAVEAT = (
    "The study's figures are as it prints them: one run each, the kernel's compilation inside the time, no "
    "synchronisation before the clock stops, and half of the rows never written."
)
"""To be read wherever they stand beside ours."""

TABLE_2: dict[str, float] = {"cuda-shared": 0.17, "cuda-global": 0.24, "numpy": 0.0017}
"""Seconds to interpolate two chairs, by our names for the study's shared memory, global memory and CPU."""

NETWORK_SECONDS = 11.0
"""Table 2's "CNN": the network, on either device."""

PROGRAM_SECONDS: dict[str, float] = {"cuda-shared": 35.04, "numpy": 37.15}
"""Table 2's whole program, with the GPU and with the CPU."""

INPUTS: tuple[int, ...] = (2, 10, 20, 30, 40, 50)
"""Chairs, in Table 3 and Figure 5."""

TABLE_3: dict[str, tuple[float, ...]] = {
    "cuda-shared": (0.17, 0.15, 0.12, 0.10, 0.09, 0.09),
    "numpy": (0.0017, 0.0024, 0.034, 0.54, 0.78, 0.9),
}
"""Seconds to interpolate all pairs of so many chairs: "GPU" and "CPU"."""

STEPS = 11
"""Positions from t = 0 to t = 1 that the study means to visit: 0, 0.1 … 1."""


def seconds(subject: str, n: int) -> float | None:
    """Return Table 3's seconds for n chairs; None where the study has none."""
    if subject not in TABLE_3 or n not in INPUTS:
        return None
    return TABLE_3[subject][INPUTS.index(n)]
