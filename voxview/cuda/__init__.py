"""Compilation of the CUDA kernels, zero-copy views of the arrays they take, and transfers to the host."""
