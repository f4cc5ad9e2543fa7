"""What the program uses of pyvistaqt, for mypy: to read PyVista takes as long as to check the program."""

from typing import Any

from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

class QtInteractor(QOpenGLWidget):
    renderers: Any
    ren_win: Any
    iren: Any
    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        shape: tuple[int, int],
        border: bool,
        lighting: str,
        auto_update: bool,
        multi_samples: int,
    ) -> None: ...
    def set_background(self, color: Any) -> None: ...
    def close(self) -> None: ...  # type: ignore[override]
    def _blit(self, target_id: int, rect: Any) -> None: ...
