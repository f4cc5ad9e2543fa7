"""Texts of the benchmark page: whose figures, and what they show."""

from __future__ import annotations

import html

from voxview.experiment.results import Benchmark


def recorded_title(results: Benchmark) -> str:
    """Return the machine and the date of a recorded run."""
    return f"{results.machine.gpu or results.machine.cpu}, {results.machine.date}"


def found_text(results: Benchmark, running: bool) -> str:
    """Return a paragraph each, in Qt's rich text, on where GPU and CPU win, ratios, and correctness."""
    from voxview.experiment.crossover import crossover_sentences
    from voxview.experiment.ratios import control_sentences, ratio_sentences
    from voxview.experiment.tables import notes

    sentences = [*crossover_sentences(results), *ratio_sentences(results)]
    if not running:
        if not sentences and results.machine.gpu is None:
            sentences.append("No CUDA device was used: there is nothing to compare the CPU with.")
        sentences += [*control_sentences(results), *notes(results)]
    return "".join(f"<p style='margin: 0 0 5px 0'>{html.escape(sentence)}</p>" for sentence in sentences)
