"""Ways to split AlexNet's training over processes. Free of torch, as the options are."""

from __future__ import annotations

import os

DATA, MODEL, HYBRID_A, HYBRID_C = SCHEMES = ("data", "model", "hybrid-a", "hybrid-c")
"""Names that `--parallel` takes.

data: every process has the whole network and a part of the batch. model: every process has a part of each
layer and the whole batch. hybrid-a, hybrid-c: the convolutions by data, the fully connected layers by model,
as schemes (a) and (c) of Krizhevsky 2014 (arXiv:1404.5997): the batch is gathered at once, or in rounds.
"""


def shard_count(scheme: str, processes: int) -> int:
    """Return how many processes share one copy of the sharded layers.

    Between hosts a link is slow, so each has a copy: `torchrun` gives every process `LOCAL_WORLD_SIZE`, the
    processes of its host.
    """
    local = int(os.environ.get("LOCAL_WORLD_SIZE", processes))
    if scheme == DATA:
        return 1
    return processes if processes % local else local
