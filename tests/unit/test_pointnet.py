"""PointNet and PointNet++: neighbours, poses, what the order of points cannot change, and file sizes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from voxview.model.parts_network import PartsNetwork
from voxview.model.point_neighbours import farthest_points, nearest_points, take, within
from voxview.model.point_pose import Pose, likely_turns, normalise, turn, turn_targets
from voxview.model.pointnet import PointNet, orthogonality
from voxview.model.pointnet2 import PointNet2, drop_points
from voxview.model.points_network import ENCODERS, PointsNetwork
from voxview.model.points_prediction import predict_turned, with_mirrored
from voxview.model.shared_mlp import FullyConnected, SharedMLP, without_normalisations
from voxview.shapes.orient import rotation_matrix


@pytest.fixture
def clouds() -> torch.Tensor:
    return normalise(torch.randn(2, 300, 3, generator=torch.Generator().manual_seed(0)))[0]


def shuffled(points: torch.Tensor) -> torch.Tensor:
    return points[:, torch.randperm(points.shape[1], generator=torch.Generator().manual_seed(1))]


# ---- neighbours -------------------------------------------------------------------------------------


def test_each_farthest_point_is_the_farthest_from_those_before_it(clouds: torch.Tensor) -> None:
    (numbers, _) = farthest_points(clouds, 20)
    cloud = clouds[0]
    assert int(numbers[0]) == int((cloud - cloud.mean(0)).norm(dim=1).argmax())
    for i in range(1, 20):
        nearest = torch.cdist(cloud, cloud[numbers[:i]]).amin(1)
        assert float(nearest[numbers[i]]) == pytest.approx(float(nearest.max()), rel=1e-5)


def test_the_order_of_points_does_not_change_which_are_sampled(clouds: torch.Tensor) -> None:
    other = shuffled(clouds)
    one, two = (take(c.transpose(1, 2), farthest_points(c, 32)) for c in (clouds, other))
    assert torch.equal(one, two)


def test_nearest_points_are_those_of_all_distances(clouds: torch.Tensor) -> None:
    distances, numbers = nearest_points(clouds, clouds[:, :7], 5)
    expected = torch.cdist(clouds[:, :7], clouds).topk(5, largest=False)
    torch.testing.assert_close(distances, expected.values, atol=1e-3, rtol=1e-4)
    assert torch.equal(numbers[..., 0], torch.arange(7).expand(2, -1))
    assert nearest_points(clouds[:, :3], clouds, 5)[1].shape == (2, 300, 3), "a cloud of three points"


def test_a_ball_has_only_points_within_its_radius(clouds: torch.Tensor) -> None:
    distances, numbers = nearest_points(clouds, clouds[:, :9], 32)
    group = within(distances, numbers, 0.4, 16)
    away = torch.linalg.norm(take(clouds.transpose(1, 2), group) - clouds[:, :9].mT[..., None], dim=1)
    assert group.shape == (2, 9, 16) and float(away.max()) <= 0.4
    alone = within(distances, numbers, 1e-6, 16)
    assert torch.equal(alone, numbers[..., :1].expand(-1, -1, 16))


# ---- the networks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoder", ENCODERS)
def test_the_order_of_points_and_points_that_stand_twice_change_nothing(
    encoder: str, clouds: torch.Tensor
) -> None:
    torch.manual_seed(0)
    network = PointsNetwork(encoder, 16).eval()
    one = network(clouds)
    for other in (network(shuffled(clouds)), network(torch.cat([clouds, clouds[:, :50]], 1))):
        for name in ("standardised", "centre", "log_scale", "turn", "up"):
            torch.testing.assert_close(getattr(one, name), getattr(other, name), atol=1e-5, rtol=1e-4)
    assert one.standardised.shape == (2, 64) and one.turn.shape == (2, 24) and one.up.shape == (2, 6)


def test_labels_go_with_their_points(clouds: torch.Tensor) -> None:
    torch.manual_seed(0)
    network, order = PartsNetwork(16).eval(), torch.randperm(300)
    logits = network(0.3 * clouds)
    assert logits.shape == (2, 4, 300)
    torch.testing.assert_close(network(0.3 * clouds[:, order]), logits[..., order], atol=1e-5, rtol=1e-4)


def test_a_feature_transform_is_the_identity_at_first_and_is_kept_orthogonal(clouds: torch.Tensor) -> None:
    _, transform = PointNet(16).eval()(clouds)
    assert transform is not None
    torch.testing.assert_close(transform, torch.eye(16).expand(2, -1, -1))
    turned = torch.linalg.qr(torch.randn(1, 8, 8)).Q
    assert float(orthogonality(turned)) == pytest.approx(0, abs=1e-8)
    assert float(orthogonality(2 * turned)) == pytest.approx(8 * 9, rel=1e-4)


def test_gradients_reach_every_weight(clouds: torch.Tensor) -> None:
    for network in (PointNet(16), PointNet2(16), PartsNetwork(16)):
        outputs = network(clouds)
        outputs = outputs if isinstance(outputs, torch.Tensor) else outputs[0]
        outputs.square().sum().backward()
        assert [n for n, p in network.named_parameters() if p.grad is None] == []


def test_input_dropout_leaves_points_of_the_cloud_alone(clouds: torch.Tensor) -> None:
    torch.manual_seed(0)
    dropped = drop_points(clouds)
    stays = (dropped == clouds).all(2)
    assert bool((stays | (dropped == clouds[:, :1]).all(2)).all()) and 0.1 < float(stays.float().mean()) < 1


def test_all_three_networks_have_at_most_5_megabytes_in_float16() -> None:
    networks = [PointsNetwork("pointnet"), PointsNetwork("pointnet++"), PartsNetwork()]
    assert sum(2 * p.numel() for network in networks for p in network.parameters()) < 4.9e6


# ---- poses ------------------------------------------------------------------------------------------


def test_normalised_clouds_are_the_same_in_any_unit_and_origin(clouds: torch.Tensor) -> None:
    again, mean, size = normalise(40 * clouds + torch.tensor([5.0, -3, 80]))
    torch.testing.assert_close(again, clouds, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(size, torch.full((2,), 40.0))
    torch.testing.assert_close(mean[0], torch.tensor([5.0, -3, 80]), atol=1e-3, rtol=0)


def test_a_quarter_turn_is_that_of_meshes(clouds: torch.Tensor) -> None:
    turned = turn(clouds, torch.full((2,), math.pi / 2))[0].numpy()
    np.testing.assert_allclose(turned, clouds[0].numpy() @ rotation_matrix("y", 90).T, atol=1e-6)


def test_a_pose_goes_both_ways(clouds: torch.Tensor) -> None:
    pose = Pose(torch.tensor([[0.1, 0.2, 0.3]] * 2), torch.tensor([0.5, 1.0]), torch.tensor([1.0, -2]))
    torch.testing.assert_close(pose.to_frame(pose.from_frame(clouds)), clouds, atol=1e-5, rtol=1e-4)


def test_likely_turns_are_the_angles_that_were_said() -> None:
    angles = torch.tensor([0.0, 0.2, 3.0, -1.3])
    found, probability = likely_turns(turn_targets(angles).clamp(min=1e-9).log(), 2)
    torch.testing.assert_close(
        found[:, 0].remainder(2 * math.pi), angles.remainder(2 * math.pi), atol=1e-4, rtol=0
    )
    assert bool((probability[:, 0] > 0.99).all() and (probability[:, 1] < 0.01).all())
    both = 0.6 * turn_targets(torch.tensor([0.0])) + 0.4 * turn_targets(torch.tensor([math.pi]))
    found, probability = likely_turns(both.clamp(min=1e-9).log(), 2)
    torch.testing.assert_close(found, torch.tensor([[0.0, math.pi]]), atol=1e-4, rtol=0)
    torch.testing.assert_close(probability, torch.tensor([[0.6, 0.4]]), atol=1e-4, rtol=0)


def test_a_mirrored_cloud_is_of_the_mirrored_chair(clouds: torch.Tensor) -> None:
    torch.manual_seed(0)
    network, sign = PointsNetwork("pointnet++", 16).eval(), torch.tensor([-1.0, 1, 1])
    angle = torch.tensor([0.3, -1.0])
    one = predict_turned(network, clouds, angle, 4)
    other = predict_turned(network, clouds * sign, -angle, 4)
    flat, mirrored = one.latents.flatten(1), other.latents.flatten(1)
    torch.testing.assert_close(flat[:, :-4], mirrored[:, :-4], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(flat[:, -4:], -mirrored[:, -4:], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(one.pose.centre * sign, other.pose.centre, atol=1e-5, rtol=1e-4)
    turns = with_mirrored(network, clouds, 4).turn
    back = with_mirrored(network, clouds * sign, 4).turn.flip(1).roll(1, 1)
    torch.testing.assert_close(turns, back, atol=1e-5, rtol=1e-4)


def test_normalisations_that_are_folded_into_layers_change_nothing() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(
        SharedMLP((3, 8, 16)), nn.AdaptiveMaxPool1d(1), nn.Flatten(), FullyConnected((16, 4))
    )
    for _ in range(3):  # statistics of their own
        network(torch.randn(8, 3, 20) * 2 + 1)
    folded = without_normalisations(network)
    assert not any(isinstance(module, nn.BatchNorm1d) for module in folded.modules())
    x = torch.randn(2, 3, 20)
    torch.testing.assert_close(folded(x), network.eval()(x))
