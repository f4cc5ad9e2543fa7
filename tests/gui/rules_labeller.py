"""A labeller without a network: parts by rules, behind a gate, and a note of what it labelled."""

from __future__ import annotations

import threading

import numpy as np
import pyvista as pv
from looking import WAIT_MS, shown_vertices, view

from voxview.conventions import LEVEL
from voxview.gui.blend.subplots import BLEND, A, B
from voxview.gui.session.at_rest import Check
from voxview.gui.session.labelling import Labelling
from voxview.gui.window import MainWindow
from voxview.shapes.frame import Grid
from voxview.shapes.part_rules import label_grid_by_rules
from voxview.shapes.parts import PART_COLOURS, Labels
from voxview.surface.parts import parts_at


class RulesLabeller:
    """With its gate closed it works on and on, and looks whether it is called off, as the network does."""

    notice: str | None = None

    def __init__(self) -> None:
        self.seen: list[Grid] = []
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        """Set when a labelling that waits at the gate begins."""
        self._check: Check | None = None

    def load(self, _device: str, check: Check) -> RulesLabeller:
        """Take the check, as what `Labelling` loads."""
        self._check = check
        return self

    def read(self, grid: Grid) -> Labels:
        """Return the labels, once the gate is open."""
        assert self._check is not None
        for _ in range(WAIT_MS // 10):
            self._check()
            self.begun.set()
            if self.gate.wait(0.01):
                self.seen.append(grid)
                return label_grid_by_rules(grid)
        raise AssertionError("the test never opened the gate")

    def times(self, grid: Grid) -> int:
        """Return how often a grid was labelled."""
        return sum(np.array_equal(grid, one) for one in self.seen)


def label_by_rules(window: MainWindow) -> RulesLabeller:
    """Let a window label parts by rules, and return what does."""
    labeller = RulesLabeller()
    window.context.session.parts.labelling = Labelling(labeller.load)
    return labeller


def face_colours(window: MainWindow, place: int) -> np.ndarray | None:
    """Return the colours of the faces that VTK draws in a place, `(m, 3)`; None where all have one colour."""
    scene = view(window).scene
    assert scene is not None
    if not scene._subjects[place].actor.GetMapper().GetScalarVisibility():
        return None
    return np.array(pv.wrap(scene._subjects[place].mesh).cell_data["colour of its part"])


def are_parts_shown(window: MainWindow) -> bool:
    """Return whether all three shapes are coloured by part."""
    return all(face_colours(window, place) is not None for place in (A, BLEND, B))


def check_parts(window: MainWindow) -> None:
    """Assert that what is coloured by part is coloured by its own, and the shares are those of the blend."""
    from voxview.gui.parts.feature import PartsFeature
    from voxview.gui.session.part_texts import share_text

    table = np.array(PART_COLOURS, np.uint8)
    for place in (A, BLEND, B):
        colours = face_colours(window, place)
        if colours is None:
            continue
        own = label_grid_by_rules(np.asarray(view(window)._shapes[place].voxels) > LEVEL)
        scene = view(window).scene
        assert scene is not None
        faces = pv.wrap(scene._subjects[place].mesh).regular_faces
        middles = shown_vertices(window, place)[faces].mean(1)
        assert np.array_equal(colours, table[parts_at(middles, own)]), "the colours are of another chair"
        if place == BLEND:
            boxes = window.feature(PartsFeature).legend.boxes
            shares = [(own == part).sum() / (own < 255).sum() for part in range(4)]
            assert [box.share for box in boxes] == [share_text(share) for share in shares]
