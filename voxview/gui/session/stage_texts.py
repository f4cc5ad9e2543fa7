"""What the stages of a blend are, in a line each."""

from __future__ import annotations

STAGE_TIPS = {
    "encode": "Two 32×32×32 grids → two 8×8 latents, by the encoder network",
    "upload": "From the host's memory to the device's, the GPU's own",
    "interpolate": "(1 − t)·A + t·B, on 64 numbers",
    "decode": "8×8 latent → 32×32×32 probabilities, by the decoder network",
    "download": "From the device's memory to the host's",
    "surface": "Marching cubes, probabilities → triangles: scikit-image on the CPU, own kernels on the GPU",
    "render": "Drawing with OpenGL, whichever device computed the blend",
    "total": "All stages of a live run, with the picture drawn last",
}
"""By the stage's name, and "total"."""
