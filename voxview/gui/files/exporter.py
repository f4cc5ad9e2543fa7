"""Exports from the window: what the dialog answered is written, in the background or by the engine."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.counts import counted
from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.engine.step import Step
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.save_folder import remember_folder
from voxview.gui.files.export_choice import ExportChoice, Subject, What
from voxview.gui.files.writing import VOXELS, called
from voxview.gui.session.shown import Result
from voxview.gui.session.surface_texts import SURFACE_NAMES, is_fine
from voxview.gui.session.titles import mix_parts, mix_title
from voxview.gui.widgets.save_path import may_replace
from voxview.shapes.chair import Chair
from voxview.shapes.io.there import is_there

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.engine.export.item import Item
    from voxview.engine.export.options import ExportOptions
    from voxview.engine.morph import ExportedMorph
    from voxview.shapes.parts import Labels

_STILL_WHOLE = "the files that it had finished are whole, and INCOMPLETE.txt says that others are missing"
_NOTHING = "nothing was written"
_NOTHING_NOW = "nothing was written; INCOMPLETE.txt is from an export before"


class Exporter:
    """Writes what was chosen, and says where it is."""

    def __init__(self, context: AppContext) -> None:
        self._context = context

    def write_or_ask(self, subject: Subject, choice: ExportChoice) -> None:
        """Write what was chosen; ask before anything of it replaces what is there."""
        there = _in_the_way(choice)
        if there is None or may_replace(self._context.dialog_parent, there):
            self.write(subject, choice)

    def write(self, subject: Subject, choice: ExportChoice) -> int | None:
        """Write what was chosen; return the number of the engine's task if it is one."""
        remember_folder(self._context.settings, choice.folder)
        if choice.what in (What.BLENDS, What.MORPH) and subject.chairs is not None:
            return self.write_blends(subject.chairs, choice)
        items = _items(subject, choice)
        self._with_labels(
            items,
            choice.options.formats,
            partial(self._write_items, choice, called(subject.result)),
        )
        return None

    def write_blends(self, chairs: tuple[Chair, Chair], choice: ExportChoice) -> int | None:
        """Write blends of two chairs on the engine's thread; the task's number comes back."""
        from voxview.engine.morph import ExportedMorph, export_morph

        session = self._context.session
        request = session.selection.request()
        if request is None:
            return None
        a, b = chairs
        parts = session.parts.labelling if session.parts.is_on else None
        what = "the morph" if choice.what is What.MORPH else "blends"

        def done(value: object) -> None:
            assert isinstance(value, ExportedMorph)
            self._say_blends(what, chairs, choice.place, value)

        return session.tasks.run(
            "Exporting the morph" if choice.what is What.MORPH else "Exporting blends",
            lambda engine: export_morph(
                engine,
                a,
                b,
                steps=choice.steps,
                out=choice.place,
                options=choice.options,
                backend=request.backend,
                device=request.device,
                pace=choice.pace,
                at=choice.at,
                label=None if parts is None else partial(parts.label, engine),
            ),
            done,
            kept=_left_by(choice),
        )

    def write_file(self, result: Result, path: Path, options: ExportOptions) -> None:
        """Write what is on screen to one file, into a folder that is there."""
        choice = ExportChoice(What.SHOWN, options, path.parent, path.stem)
        items = _items(Subject(result, None, None), choice)
        then = partial(self._write_items, choice, called(result), path=path)
        self._with_labels(items, options.formats, then)

    # ---- inside ---------------------------------------------------------------------------------

    def _with_labels(
        self, items: Sequence[Item], formats: Sequence[str], then: Callable[[Sequence[Item]], None]
    ) -> None:
        """Call `then` with the items, which have labels where parts are shown and a file can."""
        from voxview.engine.export.item import with_labels
        from voxview.engine.export.options import can_show_parts

        ready: list[Item] = []

        def take(labels: Labels | None) -> None:
            ready.append(with_labels(items[len(ready)], labels))
            go_on()

        def go_on() -> None:
            if len(ready) == len(items):
                then(ready)
            else:
                self._context.session.parts.for_file(items[len(ready)].shape, take)

        if any(map(can_show_parts, formats)):
            go_on()
        else:
            then(items)

    def _write_items(
        self,
        choice: ExportChoice,
        what: str,
        items: Sequence[Item],
        path: Path | None = None,
    ) -> None:
        """Write items in the background."""
        what = "A and B are" if choice.what is What.PAIR else f"{self._described(what, choice, items)} is"
        title = f"Exporting {choice.name if path is None else path.name}"

        def done(files: object) -> None:
            assert isinstance(files, list)
            is_one = len(files) == 1
            where = str(files[0]) if is_one else f"{choice.place}: {counted(len(files), 'file')}"
            self._context.notifications.note(f"{what} in {where}")

        if choice.has_manifest:  # it names the weights, which the engine knows

            def work(engine: Engine) -> Generator[Step, None, list[Path]]:
                weights = {"weights": engine.weights, "weights_fingerprint": engine.weights_fingerprint}
                return _export(choice, items, weights)

            self._context.session.tasks.run(title, work, done, kept=_left_by(choice))
            return
        error = self._context.notifications.error
        work = partial(_export, choice, items, None, path)
        self._context.background.run(title, work, done, error)

    def _described(self, what: str, choice: ExportChoice, items: Sequence[Item]) -> str:
        resolution = choice.options.surface_resolution
        if is_fine(resolution) and any(f".{kind}" not in VOXELS for kind in choice.options.formats):
            what += f" with a {SURFACE_NAMES[resolution]} surface"
        if items[0].labels is not None:
            hidden = ", those that are hidden, too," if self._context.session.parts.hidden else ""
            what += f" and its parts{hidden}"
        return what

    def _say_blends(self, what: str, chairs: tuple[Chair, Chair], place: Path, morph: ExportedMorph) -> None:
        parts = [counted(len(morph.files), "file"), *([morph.pace_text] if morph.pace_text else [])]
        a, b = chairs
        verb = "is" if what == "the morph" else "are"
        self._context.notifications.note(
            f"{what} from {a.name} to {b.name} {verb} in {place}: {'; '.join(parts)}"
        )


def _items(subject: Subject, choice: ExportChoice) -> list[Item]:
    """Return what is written of what was on screen."""
    from voxview.engine.export.item import of_blend, of_chair, of_latent, of_mix

    if choice.what is What.PAIR and subject.pair is not None:
        return [of_chair(loaded, letter) for loaded, letter in zip(subject.pair, "AB", strict=True)]
    result = subject.result
    if isinstance(result, MixResult):
        caption = f"{mix_title(result.request)}: {mix_parts(result.request)}"
        return [of_mix(result, choice.name, caption)]
    if isinstance(result, LatentResult):
        return [replace(of_latent(result), name=choice.name)]
    import numpy as np

    grids = None if subject.pair is None else np.stack([loaded.grid for loaded in subject.pair])
    return [replace(of_blend(result, choice.name), chairs=grids)]


def _export(
    choice: ExportChoice,
    items: Sequence[Item],
    weights: Mapping[str, object] | None,
    only: Path | None = None,
) -> Generator[Step, None, list[Path]]:
    """Write items, and a manifest of them where the weights are given; `only` is one item's very file."""
    from voxview.engine.export.writing import export_items

    manifest = None if weights is None else (choice.place / choice.manifest_name, dict(weights))
    marker = _marker(choice)
    place, options = choice.place, choice.options
    return (yield from export_items(items, place, options, manifest, marker=marker, only=only))


def _marker(choice: ExportChoice) -> Path:
    """Return the file that lies beside an export until all of it is there."""
    from voxview.engine.export.marker import MARKER

    return choice.place / (f"{choice.name}.{MARKER}" if choice.what is What.SHOWN else MARKER)


def _left_by(choice: ExportChoice) -> Callable[[], str]:
    """Return what tells, where an export that begins now is stopped, what it left in its folder."""
    from voxview.engine.export.marker import listed

    marker = _marker(choice)

    def others() -> dict[str, int]:
        return {name: file for name, file in (listed(choice.place) or {}).items() if name != marker.name}

    before = others()

    def what_is_left() -> str:
        if others() != before:
            return _STILL_WHOLE
        return _NOTHING_NOW if is_there(marker) else _NOTHING

    return what_is_left


def _in_the_way(choice: ExportChoice) -> Path | None:
    """Return a file that the export would replace, if there is one."""
    planned = [choice.place / choice.manifest_name] if choice.has_manifest else []
    if choice.what is What.SHOWN:
        from voxview.engine.export.writing import planned_files

        planned += planned_files([choice.name], choice.options, choice.folder)
    elif choice.place.is_dir():  # whatever is in a set's own folder may be of the same name
        planned += sorted(choice.place.iterdir())
    return next((path for path in planned if path.exists()), None)
