"""What the benchmark page says in words: whose figures, and what follows from them."""

from __future__ import annotations

import html

from voxview.experiment.results import Benchmark


def recorded_title(results: Benchmark) -> str:
    """How a recorded run is called: its machine and its date."""
    return f"{results.machine.gpu or results.machine.cpu}, {results.machine.date}"


def found_text(results: Benchmark, running: bool) -> str:
    """Where the GPU begins to win and where the CPU does, ratios, and at the end whether it was right: a
    paragraph each, in Qt's rich text.
    """
    from voxview.experiment.crossover import crossover_sentences
    from voxview.experiment.ratios import ratio_sentences
    from voxview.experiment.tables import notes

    sentences = [*crossover_sentences(results), *ratio_sentences(results)]
    if not running:
        if not sentences and results.machine.gpu is None:
            sentences.append("No CUDA device was used: there is nothing to compare the CPU with.")
        sentences += notes(results)
    return "".join(f"<p style='margin: 0 0 5px 0'>{html.escape(sentence)}</p>" for sentence in sentences)
