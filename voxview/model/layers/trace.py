"""What a network does with one example: layers and the operations between them, in the order of the calls.

On the meta device nothing is computed, and nothing but shapes is there. On another device the same calls can
be run again one by one, for their time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from voxview.model.alexnet import LocalResponseNorm
from voxview.model.picture_resnet import PictureBlock
from voxview.model.pointnet2 import FeaturePropagation, SetAbstraction
from voxview.model.residual import ResidualBlock

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose3d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
LEAVES = (*CONVOLUTIONS, *NORMS, nn.Linear, LocalResponseNorm)
"""Modules that are a layer; of what is inside of them nothing is recorded."""

_ACTIVATIONS = {F.relu: "ReLU", F.silu: "SiLU"}
_OPERATIONS = {F.max_pool2d: "max pool", Tensor.amax: "maximum", torch.bmm: "matrix product"}


@dataclass
class Call:
    """One layer's call."""

    path: str
    """Of its module; of an operation, of the module that it stands in."""
    operation: str
    """What is done, where it is no module that is a layer: `max pool`, `maximum`, …"""
    module: nn.Module | None
    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    arguments: dict[str, Any] = field(default_factory=dict)
    """A pool's other arguments."""
    then: list[str] = field(default_factory=list)
    run_again: Callable[[], object] | None = field(default=None, repr=False)
    value: Tensor | None = field(default=None, repr=False)
    """What came out, after what is in `then`, where that is kept."""


def trace(
    network: nn.Module,
    example: Tensor,
    keep: bool = False,
    *,
    run: Callable[[Tensor], object] | None = None,
    look: Callable[[], None] | None = None,
    gradients: bool = False,
) -> list[Call]:
    """Return the calls of a network in evaluation mode on one example `(1, …)`.

    With `keep` each call can be run again, and holds what went into it and came out. `run` is one of the
    network's methods (None: all of it); `look` is called before each layer, and what it raises ends it.
    With `gradients` what comes out can be differentiated by the example.
    """
    recorder = _Recorder(keep, look)
    handles = []
    for path, module in network.named_modules():
        handles += recorder.watch(path, module)
    try:
        with torch.set_grad_enabled(gradients), recorder:
            (run or network)(example)
    finally:
        for handle in handles:
            handle.remove()
    return recorder.calls


class _Recorder(TorchFunctionMode):
    """Notes modules by their hooks, and PyTorch's functions that are called between them."""

    def __init__(self, keep: bool, look: Callable[[], None] | None) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self._keep, self._look = keep, look
        self._inside: list[tuple[str, nn.Module]] = []
        self._leaves = 0

    def watch(self, path: str, module: nn.Module) -> list[Any]:
        """Register hooks on a module, and return their handles."""
        leaf = isinstance(module, LEAVES)

        def enter(module: nn.Module, inputs: tuple[Any, ...]) -> None:
            self._inside.append((path, module))
            self._leaves += leaf
            if leaf and self._look is not None:
                self._look()
            if isinstance(module, SetAbstraction | FeaturePropagation):
                shapes = tuple(tuple(x.shape) for x in inputs if x is not None)
                what = "grouping" if isinstance(module, SetAbstraction) else "interpolation"
                self.calls.append(Call(path, what, module, shapes, ()))

        def leave(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            self._inside.pop()
            self._leaves -= leaf
            if leaf:
                again = (lambda: module(*inputs)) if self._keep else None
                shapes = tuple(tuple(x.shape) for x in inputs)
                call = Call(path, "", module, shapes, tuple(output.shape), run_again=again)
                call.value = output if self._keep else None
                self.calls.append(call)

        return [module.register_forward_pre_hook(enter), module.register_forward_hook(leave)]

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        output = func(*args, **(kwargs or {}))
        if not self._leaves:
            self._note(func, args, kwargs or {}, output)
        return output

    def _note(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        path, module = self._inside[-1] if self._inside else ("", None)
        if func in _ACTIVATIONS:
            self._then(_ACTIVATIONS[func], output)
        elif func is Tensor.add and isinstance(module, ResidualBlock | PictureBlock):
            self._then("+ the block's input", output)
        elif func in _OPERATIONS or (func is Tensor.permute and args[0].dim() == 7):
            tensors = [value for value in args if isinstance(value, Tensor)]
            arguments = {"kernel_size": args[1], **kwargs} if func is F.max_pool2d else {}
            self.calls.append(
                Call(
                    path,
                    _OPERATIONS.get(func, "rearrangement"),
                    None,
                    tuple(tuple(value.shape) for value in tensors),
                    tuple(output.shape),
                    arguments,
                    run_again=(lambda: func(*args, **kwargs)) if self._keep else None,
                    value=output if self._keep else None,
                )
            )

    def _then(self, what: str, output: Tensor) -> None:
        """Note what is done to the last call's output at once."""
        self.calls[-1].then.append(what)
        if self._keep:
            self.calls[-1].value = output
