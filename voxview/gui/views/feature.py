"""Actions that change the look and the cameras, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QApplication

from voxview.errors import InputError
from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature
from voxview.gui.session.camera import VIEWS, camera_from_text, text_of
from voxview.gui.session.look import Look, look_from_text
from voxview.gui.views.kept import keep_views

_FROM, _LAYOUT, _DRAW = "L&ook from", "La&yout", "&Draw"
_EXACT = (
    ("front", "&Front", "1", ("Num+1",), "Straight from the front"),
    ("side", "&Side", "3", ("Num+3",), "Straight from the side that the first view shows"),
    ("top", "&Top", "7", ("Num+7",), "Straight from above, the front at the lower edge"),
    ("back", "&Back", "9", ("Num+9", "Ctrl+Num+1"), "Straight from behind"),
)
_TURN, _CLOSER = 15.0, 1.25
"""Degrees, and a factor, of a press of a key."""
_MOVES: tuple[tuple[str, str, str, tuple[str, ...], str, float, float, float], ...] = (
    ("turn_left", "Turn &left", "Alt+Left", (), "Turn the chairs to the left, by 15°", -_TURN, 0, 1),
    ("turn_right", "Turn ri&ght", "Alt+Right", (), "Turn the chairs to the right, by 15°", _TURN, 0, 1),
    ("turn_up", "Tilt &up", "Alt+Up", (), "Tilt the chairs up, by 15°: seen from lower", 0, _TURN, 1),
    (
        "turn_down",
        "Tilt &down",
        "Alt+Down",
        (),
        "Tilt the chairs down, by 15°: seen from above",
        0,
        -_TURN,
        1,
    ),
    ("closer", "Clos&er", "Ctrl++", ("Ctrl+=",), "Zoom in: see the chairs from closer", 0, 0, _CLOSER),
    ("farther", "Fart&her", "Ctrl+-", (), "Zoom out: see the chairs from farther away", 0, 0, 1 / _CLOSER),
)
"""Name, text, keys, further keys, tip; degrees to the right and up, and the factor of the zoom."""
_LAYOUTS = (
    ("three", "&Three views", "F6", "A, the blend and B, equally wide"),
    ("large", "Blend &large", "F7", "A and B at the sides of a blend twice as wide"),
    ("blend", "Blend &alone", "F8", "The blend alone; a double click on any view does so with that one"),
    ("rebuilt", "Beside &reconstructions", "F9", "A and B, each beside what its 64 numbers give back"),
)
_SWITCHES = (
    ("ghost", "&Ghosts of A and B", "G", "A and B over the blend, translucent"),
    ("edges", "&Edges", "N", "The edges of the surface's triangles or of the voxels"),
    ("slice", "&Slice", "X", "A plane through the probabilities; what is before it is cut away"),
    ("ruler", "Si&zes", "M", "Width, height and depth below each view, and a scale line"),
)


class ViewsFeature(Feature):
    """Connects the actions to the session's views, both ways: a session file may change them as well."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._views = context.session.views
        self._views.look_changed.connect(self._show_look)
        look = look_from_text(context.settings.text("look"))
        if not context.settings.flag("linked"):  # as older versions remember it
            look = look.changed(linked=False)
        self._views.set_look(look)
        self._show_look(look)
        keep_views(context.keeper, self._views)

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """What is seen, from where, and how it is drawn."""
        return (*self._cameras(), *self._layouts(), *self._drawing())

    # ---- what the person does -------------------------------------------------------------------

    def look_from(self, name: str) -> None:
        """See all chairs exactly from the front, the side, above or behind, whole."""
        self._views.look_by(VIEWS[name])

    def move(self, right: float, up: float, closer: float) -> None:
        """Turn all chairs by degrees, as the mouse would, and zoom by a factor."""
        upright = not self._views.look.trackball
        a, blend, b = (
            (camera.turned(right, up, upright=upright) if right or up else camera).zoomed(closer)
            for camera in self._views.cameras
        )
        self._views.set_cameras((a, blend, b))

    def copy_camera(self) -> None:
        """Put the blend's camera on the clipboard, as one line."""
        QApplication.clipboard().setText(
            text_of(self._views.cameras[1], orthographic=self._views.look.orthographic)
        )
        self.context.notifications.note(
            "the camera is on the clipboard: View, Look from, Paste camera takes it"
        )

    def paste_camera(self) -> None:
        """See by the camera on the clipboard; say so where there is none."""
        try:
            camera, is_orthographic = camera_from_text(QApplication.clipboard().text())
        except InputError as error:
            self.context.notifications.error(str(error))
            return
        self._views.change(orthographic=is_orthographic)
        self._views.look_by(camera)

    # ---- inside ---------------------------------------------------------------------------------

    def _cameras(self) -> Sequence[ActionSpec]:
        from_there = [
            ActionSpec(
                f"look_{name}",
                "&View",
                0,
                text,
                partial(self.look_from, name),
                keys,
                tip=tip,
                submenu=_FROM,
                more_keys=more,
            )
            for name, text, keys, more, tip in _EXACT
        ]
        return (
            *from_there,
            *self._moves(),
            self._switch(
                "orthographic",
                "&Orthographic",
                "5",
                "Lines stay parallel, or meet in perspective",
                _FROM,
                ("Num+5",),
            ),
            self._switch(
                "trackball", "Tu&rn freely", "", "Turn about any axis; else chairs stay upright", _FROM
            ),
            ActionSpec(
                "copy_camera",
                "&View",
                0,
                "&Copy camera",
                self.copy_camera,
                tip="Copy where it is seen from, as one line of text",
                submenu=_FROM,
            ),
            ActionSpec(
                "paste_camera",
                "&View",
                0,
                "&Paste camera",
                self.paste_camera,
                tip="See it from where a copied camera was",
                submenu=_FROM,
            ),
            self._switch(
                "linked", "&Link cameras", "K", "All views turn together, or each alone", name="link_cameras"
            ),
            self._switch(
                "rebuilt",
                "Show reco&nstructions",
                "E",
                "Show A and B as their 64 numbers give them back, or as they are",
                name="show_rebuilt",
            ),
        )

    def _moves(self) -> Sequence[ActionSpec]:
        return [
            ActionSpec(
                name,
                "&View",
                0,
                text,
                partial(self.move, *by),
                keys,
                tip=tip,
                submenu=_FROM,
                more_keys=more,
            )
            for name, text, keys, more, tip, *by in _MOVES
        ]

    def _layouts(self) -> Sequence[ActionSpec]:
        return [
            ActionSpec(
                f"layout_{name}",
                "&View",
                0,
                text,
                partial(self._set_layout, name),
                keys,
                checkable=True,
                tip=tip,
                submenu=_LAYOUT,
            )
            for name, text, keys, tip in _LAYOUTS
        ]

    def _drawing(self) -> Sequence[ActionSpec]:
        voxels = ActionSpec(
            "voxels",
            "&View",
            0,
            "&Voxels",
            lambda on: self._views.change(shape="voxels" if on else "surface"),
            "V",
            checkable=True,
            tip="The occupied voxels as cubes, or the surface",
            submenu=_DRAW,
        )
        return (
            voxels,
            *(self._switch(field, text, keys, tip, _DRAW) for field, text, keys, tip in _SWITCHES),
        )

    def _switch(
        self,
        field: str,
        text: str,
        keys: str,
        tip: str,
        submenu: str = "",
        more_keys: tuple[str, ...] = (),
        name: str = "",
    ) -> ActionSpec:
        """Return the action that switches a field of the look on and off."""
        call: Callable[[bool], None] = lambda on: self._views.change(**{field: on})  # noqa: E731
        return ActionSpec(
            name or field,
            "&View",
            0,
            text,
            call,
            keys,
            checkable=True,
            tip=tip,
            submenu=submenu,
            more_keys=more_keys,
        )

    def _set_layout(self, name: str, on: bool) -> None:
        """Show a layout; the one that is shown cannot be switched off, but by another one."""
        if on:
            self._views.change(layout=name)
        elif self._views.look.layout == name:
            self.qactions[f"layout_{name}"].setChecked(True)

    def _show_look(self, look: Look) -> None:
        """Show in the menus what is so now, and remember it."""
        for name, *_ in _LAYOUTS:
            self.qactions[f"layout_{name}"].setChecked(look.layout == name)
        self.qactions["voxels"].setChecked(look.shape == "voxels")
        for field, *_ in _SWITCHES:
            self.qactions[field].setChecked(getattr(look, field))
        self.qactions["orthographic"].setChecked(look.orthographic)
        self.qactions["trackball"].setChecked(look.trackball)
        self.qactions["link_cameras"].setChecked(look.linked)
        self.qactions["show_rebuilt"].setChecked(look.rebuilt)
        self.context.settings.remember("look", look.remembered())
        self.context.settings.remember("linked", True)  # it is in the look
