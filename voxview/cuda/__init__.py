"""Compilation of the CUDA kernels, and zero-copy views of the arrays they take."""
