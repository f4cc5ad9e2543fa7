"""What the page of networks draws and says, without a window: blocks, arithmetic, sheets of channels."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.gui.network.colours import ON_DARK, ON_LIGHT
from voxview.gui.network.inside_controller import looked_at
from voxview.gui.network.inside_drawing import VIEWS, draw, draw_answer, draw_filters
from voxview.gui.network.inside_texts import channel_text, filters_text, sheet_text, slices_text
from voxview.gui.network.picture_layout import block_of_row, blocks
from voxview.gui.network.texts import arithmetic_lines, bytes_text, convolution_of, outcome_html, totals_html
from voxview.gui.network.volumes import draw_volumes
from voxview.gui.network.what_if_box import EXAMPLES
from voxview.model.layers.describe import describe_network
from voxview.model.layers.inside import Answering, LayerActivations
from voxview.model.layers.what_if import what_if

WIDTH, HEIGHT = 460, 104


# ---- the picture ------------------------------------------------------------------------------------


def test_the_study_s_blocks_are_as_high_as_their_arrays_are_long() -> None:
    shown = blocks(describe_network("study"), WIDTH, HEIGHT)
    assert [block.text for block in shown] == ["32³×1", "16³×32", "8³×16", "2³×8", "8³×16", "16³×32", "32³×1"]
    unit = shown[0].height / 32
    assert [round(block.height / unit) for block in shown] == [32, 16, 8, 2, 8, 16, 32]


@pytest.mark.parametrize("name", ["study", "chairs", "alexnet", "pointnet2"])
def test_blocks_are_inside_of_their_room_and_in_order(name: str) -> None:
    shown = blocks(describe_network(name), WIDTH, HEIGHT)
    for block in shown:
        assert block.left >= 0 and block.right <= WIDTH + 1e-6, block.text
        assert block.top - block.depth >= -1e-6 and block.top + block.height <= HEIGHT + 1e-6, block.text
    lefts = [block.left for block in shown]
    assert lefts == sorted(lefts)


def test_the_study_s_blocks_hide_nothing_of_each_other() -> None:
    shown = blocks(describe_network("study"), WIDTH, HEIGHT)
    assert all(one.right < other.left for one, other in pairwise(shown))


def test_a_norm_has_the_block_of_what_it_normalises() -> None:
    network = describe_network("alexnet")
    names = [row.name for row in network.rows]
    drawn = [block.row for block in blocks(network, WIDTH, HEIGHT)]
    assert names.index("norm1") not in drawn
    assert block_of_row(network, names.index("norm1")) == names.index("conv1")
    assert looked_at(describe_network("chairs"), 1) == ("encoder.0.norm", "encoder.0.conv")


# ---- texts ------------------------------------------------------------------------------------------


def test_a_row_unfolds_into_words_and_numbers() -> None:
    lines = arithmetic_lines(describe_network("alexnet").rows[0])
    assert lines[:2] == ["convolution, then ReLU", "227×227×3 → 55×55×96"]
    assert "output: ⌊(W − F + 2P)/S⌋ + 1 = ⌊(227 − 11 + 0)/4⌋ + 1 = 55" in lines


def test_the_totals_say_why_alexnet_is_split() -> None:
    text = totals_html(describe_network("alexnet"))
    assert "60,965,224 parameters" in text and "A multiply-add is one product" in text
    assert "convolutions have 3.8 % of the parameters and 91.9 % of the work" in text
    assert "fully connected layers 96.2 % of the parameters and 8.1 % of the work" in text
    assert "split" not in totals_html(describe_network("study"))


@pytest.mark.parametrize("name", ["study", "chairs", "alexnet"])
def test_the_calculator_gives_what_the_row_says(name: str) -> None:
    found = 0
    for row in describe_network(name).rows:
        layer = convolution_of(row)
        if layer is not None:
            outcome = what_if(layer)
            assert (outcome.parameters, outcome.multiply_adds) == (row.expanded, row.multiply_adds), row.name
            assert outcome.output_size == row.output.size[0], row.name
            found += 1
    assert found >= 5


def test_the_worked_example_gives_2432_numbers_and_76_a_filter() -> None:
    text = outcome_html(what_if(EXAMPLES["55² × 3, 32 filters of 5 × 5"]))
    assert "2,432 numbers to store, 76 a filter" in text and "= 7,260,000" in text


def test_a_picture_of_224_pixels_gives_54_and_the_page_says_why() -> None:
    text = outcome_html(what_if(EXAMPLES["The same of 224 pixels"]))
    assert "→ 54² × 96" in text and "the floor belongs around the fraction" in text


def test_bytes_have_the_unit_that_suits_them() -> None:
    assert [bytes_text(n) for n in (256, 1024, 524_288, 2**20, 11_102_928)] == [
        "256 B",
        "1 KiB",
        "512 KiB",
        "1 MiB",
        "10.6 MiB",
    ]


# ---- what a layer sees ------------------------------------------------------------------------------


def activations(values: np.ndarray, contributions: np.ndarray, filters: np.ndarray | None = None):  # type: ignore[no-untyped-def]
    one = Answering(0, float(values[0].max()), (0, 0, 0), contributions, contributions.shape)
    return LayerActivations("encoder.0", values, one, filters)


@pytest.fixture
def grid() -> np.ndarray:
    grid = np.zeros((32, 32, 32), bool)
    grid[8:24, 8:24, 8:24] = True
    return grid


@pytest.mark.parametrize(("view", "row", "column"), [("front", 0, 3), ("side", 0, 1), ("top", 2, 3)])
def test_a_volume_is_projected_upright(view: str, row: int, column: int, grid: np.ndarray) -> None:
    values = np.zeros((2, 4, 4, 4), np.float32)
    values[0, 3, 3, 1] = 5.0  # right, up, and near the front
    drawn = draw(activations(values, np.zeros((1, 32, 32, 32), np.float32)), grid, view, dark=False)
    bright = np.argwhere((drawn.sheet[0] != ON_LIGHT.zero).any(-1))
    assert bright.tolist() == [[row, column]] and drawn.most == 5.0
    assert (drawn.sheet[1] == ON_LIGHT.zero).all() and drawn.slices is not None and len(drawn.slices) == 4
    filled = [bool((one != ON_LIGHT.zero).any()) for one in drawn.slices]
    assert filled.index(True) == {"front": 1, "side": 0, "top": 0}[view] and sum(filled) == 1


def test_what_raises_a_number_is_orange_on_the_chair_and_what_lowers_it_blue(grid: np.ndarray) -> None:
    contributions = np.zeros((1, 32, 32, 32), np.float32)
    contributions[0, 20:24, 8:24, 8:24] = 1.0
    values = np.ones((1, 2, 2, 2), np.float32)
    right = draw(activations(values, contributions), grid, "front", dark=False).answer.astype(int)
    left = draw(activations(values, -contributions), grid, "front", dark=False).answer.astype(int)
    seen = right[..., 3] > 200
    assert (right[..., 0] - right[..., 2])[seen].max() > 60
    assert (left[..., 2] - left[..., 0])[seen].max() > 40


def test_contributions_of_a_picture_lie_over_it_and_those_of_a_latent_are_8_by_8() -> None:
    picture = np.full((227, 227, 3), 200, np.uint8)
    parts = np.zeros((3, 227, 227), np.float32)
    parts[:, 100, 120] = 1.0
    over = draw_answer(Answering(0, 1.0, (0, 0), parts, (3, 1, 1)), picture, ON_DARK)
    assert over.shape == (227, 227, 3) and tuple(over[100, 120]) == ON_DARK.high
    numbers = np.eye(8, dtype=np.float32)
    shown = draw_answer(Answering(0, 1.0, (), numbers, (8, 8)), picture, ON_LIGHT)
    assert shown.shape == (8, 8, 3) and tuple(shown[0, 0]) == ON_LIGHT.high


def test_filters_are_volumes_or_the_colours_that_they_look_for() -> None:
    volumes = np.zeros((2, 1, 5, 5, 5), np.float32)
    volumes[1, 0, :, 4] = 1.0  # looks for what is up
    tiles = draw_filters(volumes, ON_LIGHT)
    assert tiles.shape[0] == 2 and (tiles[0] == ON_LIGHT.zero).all()
    upper, lower = np.split(tiles[1].astype(int), 2)
    assert abs(upper - ON_LIGHT.zero).sum() > 3 * abs(lower - ON_LIGHT.zero).sum()
    red = np.zeros((1, 3, 11, 11), np.float32)
    red[0, 0] = 1.0
    assert tuple(draw_filters(red, ON_LIGHT)[0, 5, 5]) == (255, 0, 0)


def test_the_largest_number_of_a_volume_is_seen_whatever_the_others_are() -> None:
    volumes = np.zeros((2, 3, 3, 3), np.float32)
    volumes[0, 1, 1, 1], volumes[1, 1, 1, 1] = 1.0, 1000.0
    small, large = draw_volumes(volumes, 20, ON_DARK)
    assert (small == large).all() and (small != ON_DARK.zero).any()


def test_the_texts_name_layer_channel_and_what_is_seen(grid: np.ndarray) -> None:
    one = activations(np.ones((3, 4, 4, 4), np.float32), np.ones((1, 32, 32, 32), np.float32))
    assert "encoder.0, channel 1 of 3" in channel_text(one) and "an empty voxel counts as 0" in channel_text(
        one
    )
    assert sheet_text(one, "top") == "3 channels, maximum projections from the top. Click one."
    assert slices_text(one, "front") == "Slices of channel 1, from the front to the back"
    assert "32 filters of 5³" in filters_text(np.zeros((32, 1, 5, 5, 5)))
    assert set(VIEWS) == {"front", "side", "top"}


def test_a_filter_that_is_larger_than_its_input_is_one_line() -> None:
    with pytest.raises(InputError) as raised:
        what_if(replace(EXAMPLES["The study's first layer"], kernel=40))
    assert "\n" not in str(raised.value)


def test_opening_the_page_imports_no_torch() -> None:
    code = "import sys, voxview.gui.network.controller; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=100).returncode == 0
