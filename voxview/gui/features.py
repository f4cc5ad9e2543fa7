"""All features of the window, in the order in which their actions and pages appear.

A new page, menu entry or tool begins as a package beside the others and gets a line here.
"""

from __future__ import annotations

from voxview.gui.activity.feature import ActivityFeature
from voxview.gui.all_pairs.feature import AllPairsFeature
from voxview.gui.appearance.feature import AppearanceFeature
from voxview.gui.benchmark.feature import BenchmarkFeature
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.bookmarks.feature import BookmarksFeature
from voxview.gui.browser.feature import BrowserFeature
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature
from voxview.gui.files.feature import FilesFeature
from voxview.gui.help.feature import HelpFeature
from voxview.gui.history.feature import HistoryFeature
from voxview.gui.latent.feature import LatentFeature
from voxview.gui.map.feature import MapFeature
from voxview.gui.mix.feature import MixFeature
from voxview.gui.network.feature import NetworkFeature
from voxview.gui.palette.feature import PaletteFeature
from voxview.gui.parts.feature import PartsFeature
from voxview.gui.pictures.feature import PicturesFeature
from voxview.gui.points.feature import PointsFeature
from voxview.gui.preferences.feature import PreferencesFeature
from voxview.gui.sessions.feature import SessionsFeature
from voxview.gui.timings.feature import TimingsFeature
from voxview.gui.train.feature import TrainFeature
from voxview.gui.views.feature import ViewsFeature
from voxview.gui.weights.feature import WeightsFeature

FEATURES: tuple[type[Feature], ...] = (
    PreferencesFeature,  # first: what it applies counts for all that is made
    FilesFeature,
    SessionsFeature,
    HistoryFeature,
    BookmarksFeature,
    PicturesFeature,
    PointsFeature,
    PaletteFeature,
    BrowserFeature,
    BlendFeature,
    ViewsFeature,
    PartsFeature,
    TimingsFeature,
    AllPairsFeature,
    MapFeature,
    MixFeature,
    LatentFeature,
    NetworkFeature,
    BenchmarkFeature,
    AppearanceFeature,
    WeightsFeature,
    TrainFeature,
    ActivityFeature,
    HelpFeature,
)


def make_features(context: AppContext) -> tuple[Feature, ...]:
    """Make every feature, in order."""
    return tuple(make(context) for make in FEATURES)
