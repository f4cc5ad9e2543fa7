"""What every CUDA kernel needs: it is compiled once, and sees the arrays of other libraries in place."""
