"""Critical points hold every maximum, and balls hold the points that are near their centres."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from voxview.engine.inside import InsideReader
from voxview.engine.points_request import SeenCloud
from voxview.gui.network.cloud_drawing import CloudColours, CloudView, centre_at, draw_cloud
from voxview.model.layers.cloud_inside import CloudInside, _before_maximum, look_inside_cloud
from voxview.model.pointnet import PointNet
from voxview.model.points_network import PointsNetwork
from voxview.shapes.frame import Floats

COLOURS = CloudColours((120, 120, 120), (230, 160, 80), (80, 140, 190), (100, 130, 90), (150, 180, 140))
SIDE = 120


@pytest.fixture(scope="module")
def cloud() -> Floats:
    points = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)
    points -= points.mean(0)
    return points / np.sqrt(np.square(points).sum(1).mean())


def network(encoder: str) -> PointsNetwork:
    torch.manual_seed(0)
    return PointsNetwork(encoder, 16).eval()


@pytest.fixture(scope="module")
def levels(cloud: Floats) -> CloudInside:
    return look_inside_cloud(network("pointnet++"), cloud)


def test_it_stops_between_levels_where_nobody_waits_for_it_any_more(cloud: Floats) -> None:
    class NotWantedError(Exception):
        pass

    def check() -> None:
        raise NotWantedError

    with pytest.raises(NotWantedError):
        look_inside_cloud(network("pointnet++"), cloud, check)


def test_without_all_but_the_critical_points_the_maximum_is_the_same(cloud: Floats) -> None:
    of = network("pointnet")
    found = look_inside_cloud(of, cloud)
    assert isinstance(of.front, PointNet) and not found.levels
    with torch.inference_mode():
        features = _before_maximum(of.front, torch.from_numpy(cloud)[None])[0]
    assert 0 < len(found.critical) < len(cloud)
    assert torch.equal(features[:, found.critical].amax(1), features.amax(1))
    without_first = np.delete(np.arange(len(cloud)), found.critical[0])
    changed = (features[:, without_first].amax(1) < features.amax(1)).sum()
    assert changed == found.features_of[0] == found.features_of.max()
    assert found.features == 256 >= found.features_of.sum()


def test_centres_are_points_of_the_cloud_and_those_of_a_level_come_from_the_one_before(
    levels: CloudInside,
) -> None:
    first, second = levels.levels
    assert (len(first.centres), len(second.centres)) == (256, 64)
    assert len(set(first.centres.tolist())) == 256
    assert set(second.centres.tolist()) <= set(first.centres.tolist())
    assert set(levels.critical.tolist()) <= set(second.centres.tolist())


def test_a_ball_holds_the_nearest_points_within_its_radius(levels: CloudInside, cloud: Floats) -> None:
    for level, among in zip(levels.levels, (np.arange(len(cloud)), levels.levels[0].centres), strict=True):
        for ball in level.balls:
            away = np.linalg.norm(cloud[among][None] - cloud[level.centres][:, None], axis=2)
            for centre in (0, 17, 40):
                within = set(among[away[centre] < ball.radius].tolist())
                members = set(ball.members[centre].tolist())
                assert members <= within and len(members) == min(ball.most, len(within))


def test_every_centre_is_found_where_it_is_drawn(levels: CloudInside, cloud: Floats) -> None:
    seen = SeenCloud(cloud, cloud.astype(np.float64) / 6)
    view = CloudView(level=1, centre=3)
    image = draw_cloud(seen, levels, view, SIDE, COLOURS)
    assert image.shape == (SIDE, SIDE, 4) and image[..., 3].any()
    at = view.camera(SIDE).project(seen.in_frame[levels.levels[1].centres], (SIDE, SIDE))
    assert centre_at(seen, levels, view, SIDE, (at[9, 0], at[9, 1])) == 9
    assert centre_at(seen, levels, view, SIDE, (1.0, 1.0)) is None
    assert centre_at(seen, levels, CloudView(), SIDE, (60.0, 60.0)) is None
    assert draw_cloud(seen, levels, CloudView(), SIDE, COLOURS)[..., 3].any()


@pytest.mark.parametrize(("name", "levels"), [("pointnet", 0), ("pointnet2", 2)])
def test_both_shipped_encoders_can_be_looked_into(cloud: Floats, name: str, levels: int) -> None:
    found = InsideReader().look_at_cloud(name, cloud, lambda: None)
    assert len(found.levels) == levels and found.features_of.sum() <= found.features
