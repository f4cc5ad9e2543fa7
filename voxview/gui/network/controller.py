"""Controller of the page of networks: describes them, times their layers, saves what is shown."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.gui import theme
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import PageController
from voxview.gui.context.newest import NewestTask
from voxview.gui.context.save_folder import suggested_folder
from voxview.gui.network.exporting import KINDS_OF_FILES, contents, write_contents
from voxview.gui.network.inside_controller import InsideController
from voxview.gui.network.panel import NetworkPanel
from voxview.gui.widgets.save_path import ask_save_path
from voxview.model.layers.names import NETWORKS
from voxview.model.layers.rows import NetworkRows

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.engine.step import Step
    from voxview.model.layers.times import LayerTimes


class NetworkController(PageController):
    """Owns the networks that were described so far, and the times that were measured."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._networks: dict[str, NetworkRows] = {}
        self._times: dict[str, tuple[LayerTimes, ...]] = {}
        self._measuring: int | None = None
        self.panel = NetworkPanel()
        self._counting = NewestTask("Counting layers", self._take, self._fail, self)
        self.panel.network_chosen.connect(self.show)
        self.panel.layers.measure.connect(self.measure)
        self.panel.save.connect(self.save)
        self.inside = InsideController(context, self.panel.inside, self)
        self.panel.row_changed.connect(lambda: self.inside.show_network(self.panel.network, self.panel.row))
        context.session.tasks.ended.connect(self._end)
        weights = context.session.engine.weights
        self.panel.choose(weights if weights in NETWORKS else next(iter(NETWORKS)))
        self.show(self.panel.chosen)

    def show(self, name: str) -> None:
        """Show a network: at once if it was described before, else once its layers are counted."""
        if name in self._networks:
            self.panel.show_network(self._networks[name], self._times.get(name, ()))
            return
        self.panel.show_counting()
        self._counting.run(partial(_describe, name))

    def measure(self) -> None:
        """Time the layers of the network that is shown, on the engine's thread; meanwhile, cancel that."""
        if self._measuring is not None:
            self.context.session.tasks.cancel(self._measuring)
            return
        name = self.panel.chosen

        def work(_: Engine) -> Generator[Step, None, object]:
            return (yield from _times_in_steps(name))

        def take(times: object) -> None:
            assert isinstance(times, tuple)
            self._times[name] = times
            if self.panel.network is not None and self.panel.network.name == name:
                self.show(name)

        self.context.playback.pause()
        self._measuring = self.context.session.tasks.run(f"Timing the layers of {name}", work, take)
        self.panel.layers.show_measuring(self._measuring is not None)

    def save(self) -> None:
        """Ask for a file, and write the picture or the table."""
        suggested = suggested_folder(self.context.settings, self.context.listing) / f"{self.panel.chosen}.svg"
        path = ask_save_path(self.panel, "Save network", suggested, KINDS_OF_FILES)
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Write what is shown; the suffix decides whether it is the picture or the table."""
        network, suffix = self.panel.network, path.suffix.lower()
        if network is None:
            return
        if suffix not in KINDS_OF_FILES:
            known = ", ".join(KINDS_OF_FILES)
            self.context.notifications.error(
                f"a network is written as {known}, and {path.name} is none of these"
            )
            return
        data = contents(suffix, network, self._times.get(network.name, ()), theme.palette())
        self.context.background.run(
            f"Saving {path.name}",
            partial(write_contents, path, data),
            lambda _: self.context.notifications.note(f"{network.name} is in {path}"),
            self.context.notifications.error,
        )

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.panel.apply_theme()
        self.inside.apply_theme()

    def stop(self) -> None:
        """Drop what is being counted and looked at."""
        self._counting.stop()
        self.inside.stop()

    # ---- inside ---------------------------------------------------------------------------------

    def _take(self, network: NetworkRows) -> None:
        self._networks[network.name] = network
        if network.name == self.panel.chosen:
            self.show(network.name)

    def _fail(self, message: str) -> None:
        self.panel.show_failure(message)

    def _end(self, task: int) -> None:
        if task == self._measuring:
            self._measuring = None
            self.panel.layers.show_measuring(False)


def _describe(name: str) -> NetworkRows:
    """Return a network's rows; the first one of a process takes seconds, in which PyTorch is imported."""
    from voxview.model.layers.describe import describe_network

    return describe_network(name)


def _times_in_steps(name: str) -> Generator[Step, None, tuple[LayerTimes, ...]]:
    """Return the times on every device, the CPU's first."""
    from voxview.engine.step import Step
    from voxview.model.layers.times import time_layers_in_steps, timed_devices

    devices, times = timed_devices(), []
    for place, device in enumerate(devices):
        steps = time_layers_in_steps(name, device)
        while True:
            try:
                done, total = next(steps)
            except StopIteration as end:
                times.append(end.value)
                break
            yield Step(done + place * total, total * len(devices), None, "layers")
    return tuple(times)
