"""One thing that keeps a machine from giving its best."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """What is wrong and what to do about it, in a sentence each: without a capital and a full stop."""

    about: str
    """GPU, CUDA kernels, window or packages."""
    cause: str
    remedy: str
    is_harmless: bool = False
    """Whether there is nothing to mend: then the remedy says so, and the window leaves it out."""

    def sentence(self) -> str:
        """Return cause and remedy in one line."""
        return self.cause if self.is_harmless else f"{self.cause}; {self.remedy}"
