"""A fingerprint of weights: the same for the same numbers, whatever the file is called."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import torch
from torch import Tensor


def weight_fingerprint(tensors: Mapping[str, Tensor]) -> str:
    """Return a hash, 32 hexadecimal digits, of tensors by name: of names, types, shapes and bytes."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)} ".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
