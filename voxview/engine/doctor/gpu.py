"""Why the networks cannot run on a GPU: facts → problems, a rule each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voxview.engine.doctor.drivers import (
    OLDEST_CARD,
    OLDEST_DRIVER,
    TORCH,
    Card,
    Driver,
    Version,
    cuda_of,
    dotted,
    driver_in,
    install,
)
from voxview.engine.doctor.problem import Problem

_SMI_PROBLEMS = (
    (
        "couldn't communicate",
        "the NVIDIA driver is installed but does not run",
        "restart the computer, and if that does not help install the driver again: its module is built anew "
        "for each new Linux kernel",
    ),
    (
        "version mismatch",
        "the NVIDIA driver was updated while the one before it is still loaded",
        "restart the computer",
    ),
    (
        "No devices were found",
        "the NVIDIA driver finds no card that works",
        "check that the card sits firmly and has power, then restart the computer",
    ),
    (
        "device handle",
        "the card has stopped answering its driver",
        "restart the computer, and look after heat and power if it happens again",
    ),
)
"""Words of `nvidia-smi` where it fails, with cause and remedy."""

_OLDEST_ELSEWHERE = (5, 0)
"""The least compute capability with kernels in PyTorch's own builds for CUDA 12.6."""


@dataclass(frozen=True)
class GpuFacts:
    """What is known of GPU, driver and PyTorch; the defaults are a machine without an NVIDIA card."""

    smi: str | None = None
    """What `nvidia-smi` printed, also where it failed; None: there is no such program."""
    module: str | None = None
    """The version of the driver that the kernel has loaded."""
    has_card: bool | None = False
    """Whether there is an NVIDIA card on the bus; None: that cannot be seen."""
    visible: str | None = None
    """CUDA_VISIBLE_DEVICES."""
    torch: str = "2.13.0"
    torch_cuda: str | None = None
    """The CUDA that PyTorch is built for, such as 13.0; None: none."""
    architectures: tuple[str, ...] = ()
    """What PyTorch has kernels for: sm_75 and so on, and compute_120 where a driver can compile more."""
    is_available: bool = False
    """`torch.cuda.is_available()`."""
    card: Card | None = None
    """The card that PyTorch takes; where it takes none, the first of `nvidia-smi`."""
    failure: str | None = None
    """What a first kernel failed with; None: it worked, or was not tried."""
    memory: tuple[float, float] | None = None
    """Free and all memory of the card, in GiB."""
    is_bundled: bool = False
    """Whether this is the package with everything in it, which has no pip: `resources.is_bundled()`."""

    @property
    def driver(self) -> Driver | None:
        """The driver that runs, if one does."""
        found = driver_in(self.smi or "")
        if found is None and self.smi is None and self.module:
            return Driver(self.module, cuda_of(self.module))
        return found

    @property
    def cuda(self) -> int | None:
        """The major version of CUDA that PyTorch is built for."""
        return int(self.torch_cuda.split(".")[0]) if self.torch_cuda else None


def gpu_problems(facts: GpuFacts) -> tuple[Problem, ...]:
    """Return why the GPU cannot be used, the first thing to do first; nothing where it works."""
    if facts.is_available and facts.failure is None:
        return ()
    if not (facts.smi or facts.module or facts.has_card or facts.is_available):
        return (_no_card(),)
    rules: Sequence[Callable[[GpuFacts], Problem | None]] = (
        _driver_problem,
        _torch_problem,
        _hidden_problem,
        _card_problem,
    )
    found = tuple(problem for rule in rules if (problem := rule(facts)))
    return found or (_failure_problem(facts),)


def _gpu(cause: str, remedy: str) -> Problem:
    return Problem("GPU", cause, remedy)


def _no_card() -> Problem:
    return Problem(
        "GPU",
        "no NVIDIA GPU was found",
        "nothing is missing: the CPU does everything, and a card of compute capability "
        f"{dotted(OLDEST_CARD[13])} or newer would be used",
        is_harmless=True,
    )


def _driver_problem(facts: GpuFacts) -> Problem | None:
    """Return why the driver cannot be used, or not with this PyTorch."""
    driver = facts.driver
    if driver is None:
        return _silent_driver(facts)
    if facts.cuda is None or driver.cuda[0] >= facts.cuda or facts.is_available:
        return None
    return _gpu(
        f"the NVIDIA driver {driver.version} is too old: it runs CUDA {dotted(driver.cuda)}, and this "
        f"PyTorch ({facts.torch}) is built for CUDA {facts.torch_cuda}",
        _driver_remedy(driver, facts),
    )


def _driver_remedy(driver: Driver, facts: GpuFacts) -> str:
    """Return how driver and PyTorch come together: by one of two ways, if the card allows both."""
    capability = facts.card.capability if facts.card else None
    built_for = facts.cuda
    wanted = built_for if built_for is not None and built_for in OLDEST_DRIVER else max(OLDEST_DRIVER)
    update = f"update the driver to {OLDEST_DRIVER[wanted]} or newer"
    older = driver.cuda[0]
    if older not in OLDEST_DRIVER:
        return update
    if capability and capability < OLDEST_CARD[older]:
        return _old_card_remedy(capability)
    change = f"install the packages for CUDA {older}: {install(older)}"
    return change if capability and capability < OLDEST_CARD[wanted] else f"{update}, or {change}"


def _silent_driver(facts: GpuFacts) -> Problem | None:
    if facts.is_available:
        return None
    if facts.smi is None:
        return _gpu(
            "there is an NVIDIA card, but no driver is loaded",
            f"install NVIDIA's driver, {OLDEST_DRIVER[13]} or newer, and restart the computer",
        )
    for words, cause, remedy in _SMI_PROBLEMS:
        if words in facts.smi:
            return _gpu(cause, remedy)
    first = facts.smi.strip().splitlines()[0].strip() if facts.smi.strip() else "nvidia-smi prints nothing"
    return _gpu(f"the NVIDIA driver does not answer ({first})", "restart the computer, or the container")


def _torch_problem(facts: GpuFacts) -> Problem | None:
    if facts.cuda is not None:
        return None
    if facts.is_bundled:
        return _gpu(
            "this package computes on the CPU: it was made without CUDA",
            "for the GPU install VoxView by pip, into an environment, with its extra cuda13 or cuda12",
        )
    driver = facts.driver
    newest = 13 if driver is None else min(max(driver.cuda[0], 12), 13)
    return _gpu(
        f"this PyTorch ({facts.torch}) was built without CUDA",
        f"install one with it: {install(newest).replace('install', 'install --force-reinstall', 1)}",
    )


def _hidden_problem(facts: GpuFacts) -> Problem | None:
    if facts.visible is None or facts.is_available:
        return None
    shown = "unset CUDA_VISIBLE_DEVICES, or name one that there is: CUDA_VISIBLE_DEVICES=0"
    if facts.visible.strip() in ("", "-1"):
        return _gpu("CUDA_VISIBLE_DEVICES hides every GPU", shown)
    driver = facts.driver
    if driver is None or facts.cuda is None or driver.cuda[0] < facts.cuda:
        return None  # a reason of its own, and the name may well be right
    return _gpu(f"CUDA_VISIBLE_DEVICES={facts.visible} names no GPU of this machine", shown)


def _card_problem(facts: GpuFacts) -> Problem | None:
    """Return why PyTorch has no kernels for the card."""
    card = facts.card
    if card is None or card.capability is None or not facts.architectures:
        return None
    if has_kernels_for(card.capability, facts.architectures):
        return None
    oldest = min(_numbers(facts.architectures))
    cause = (
        f"this PyTorch ({facts.torch}) has no kernels for {card.text}, only for {_range(facts.architectures)}"
    )
    if card.capability > oldest:
        return _gpu(f"{cause}: the card is newer", _newer_torch(facts))
    return _gpu(f"{cause}: the card is older", _old_card_remedy(card.capability))


def _old_card_remedy(capability: Version) -> str:
    """Return where a card that the newest PyTorch has no kernels for still has some."""
    if capability >= OLDEST_CARD[12]:
        return f"install the packages for CUDA 12: {install(12)}"
    if capability >= _OLDEST_ELSEWHERE:
        return (
            "leave the work to the CPU, or take PyTorch's own build of 2.10 for CUDA 12.6, which is not on "
            "PyPI and has kernels for it, with cupy-cuda12x"
        )
    return "leave the work to the CPU: no PyTorch that VoxView runs with has kernels for it"


def _newer_torch(facts: GpuFacts) -> str:
    driver = facts.driver
    if driver is not None and driver.cuda[0] < 13:
        return f"update the driver to {OLDEST_DRIVER[13]} or newer, then {install(13)}"
    return f"update PyTorch: pip install --upgrade '{TORCH[13]}'"


def _failure_problem(facts: GpuFacts) -> Problem:
    """Return what is said where driver, PyTorch and card fit together, and still nothing runs."""
    if facts.failure is None:
        return _gpu(
            "PyTorch finds no CUDA device, though the driver runs",
            "in a container, pass the GPU on to it (--gpus all); elsewhere restart the computer",
        )
    if "out of memory" in facts.failure:
        free = f" ({facts.memory[0]:.1f} of {facts.memory[1]:.1f} GiB are free)" if facts.memory else ""
        return _gpu(
            f"the GPU's memory is full{free}",
            "close other programs that use the GPU (nvidia-smi lists them), and start VoxView again",
        )
    if "no kernel image" in facts.failure:
        name = facts.card.text if facts.card else "the card"
        return _gpu(
            f"this PyTorch ({facts.torch}) has no kernels for {name}",
            f"take another PyTorch: {install(12)} for cards from {dotted(OLDEST_CARD[12])} on",
        )
    return _gpu(
        f"the CUDA device does not answer ({facts.failure})",
        "start VoxView again, and restart the computer if that does not help",
    )


def has_kernels_for(capability: Version, architectures: Sequence[str]) -> bool:
    """Return whether a card can run what is built for these, such as sm_86, sm_90a or compute_120.

    Machine code runs on cards of the same major version and the same minor version or a newer one, with an
    `a` only on the very card; what begins with compute_ is compiled by the driver for any card that is newer.
    """
    for name in architectures:
        kind, _, number = name.partition("_")
        exact, of = number.endswith("a"), _version(number)
        if of is None:
            continue
        if capability == of or (kind == "compute" and capability >= of):
            return True
        if kind == "sm" and not exact and capability[0] == of[0] and capability[1] >= of[1]:
            return True
    return False


def _version(number: str) -> Version | None:
    digits = number.rstrip("af")
    return (int(digits[:-1]), int(digits[-1])) if digits.isdigit() and len(digits) > 1 else None


def _numbers(architectures: Sequence[str]) -> list[Version]:
    return [version for name in architectures if (version := _version(name.partition("_")[2]))]


def _range(architectures: Sequence[str]) -> str:
    numbers = _numbers(architectures)
    return f"{dotted(min(numbers))} to {dotted(max(numbers))}"
