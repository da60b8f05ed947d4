"""Colours are what they are in any textbook, and contrast is what OpenCV makes of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from training.engine.data.colour import (
    contrast_curves,
    equalise,
    lightness_of,
    nudge,
    to_lab,
    to_rgb,
)


def places_in(height: int, width: int) -> Tensor:
    """Where each pixel of a picture lies, x and y, -1 to 1: (1, height, width, 2)."""
    y, x = ((torch.arange(side) * 2 + 1) / side - 1 for side in (height, width))
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)[None]


def equalised(lightness: Tensor, tiles: Tensor) -> Tensor:
    """All of each picture, by its own curves."""
    count, height, width = lightness.shape
    curves = contrast_curves(lightness[:, ::2, ::2], tiles)
    return equalise(lightness, curves, tiles, places_in(height, width).expand(count, -1, -1, -1))


def test_lab_equals_opencvs_within_its_rounding() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    theirs = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    ours = to_lab(torch.from_numpy(rgb).permute(2, 0, 1)[None].float() / 255) * 255
    apart = np.abs(ours[0].permute(1, 2, 0).numpy() - theirs)
    # OpenCV rounds to whole numbers, and its table of powers is coarse near black.
    assert apart.mean() < 0.3
    assert apart.max() < 2.5


def test_a_colour_comes_back_as_it_went() -> None:
    rgb = torch.rand((2, 3, 16, 16), generator=torch.Generator().manual_seed(0))
    assert torch.allclose(to_rgb(to_lab(rgb)), rgb, atol=1e-3)


def test_lightness_alone_is_labs() -> None:
    rgb = torch.rand((2, 3, 16, 16), generator=torch.Generator().manual_seed(0))
    assert torch.equal(lightness_of(rgb), to_lab(rgb)[:, 0])


@pytest.mark.parametrize("tiles", [2, 3, 4])
def test_equalised_contrast_is_near_opencvs(tiles: int) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (240, 240)).astype(np.uint8)
    grey = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 6), None, 100, 140, cv2.NORM_MINMAX)
    theirs = cv2.createCLAHE(2.0, (tiles, tiles)).apply(grey).astype(np.float32)
    ours = equalised(torch.from_numpy(grey)[None].float() / 255, torch.tensor([tiles]))[0] * 255
    # It counts a quarter of the pixels, and does not round its limit as OpenCV does.
    changed = np.abs(grey.astype(np.float32) - theirs).mean()
    assert changed > 5
    assert np.abs(ours.numpy() - theirs).mean() < changed / 4


def test_without_tiles_the_contrast_stays() -> None:
    grey = torch.rand((2, 20, 20), generator=torch.Generator().manual_seed(0))
    same, changed = equalised(grey, torch.tensor([0, 3]))
    assert torch.equal(same, grey[0])
    assert not torch.allclose(changed, grey[1], atol=1e-2)


def test_lab_of_float_pictures_is_opencvs_to_half_a_shade() -> None:
    """There it does not round; the rest of the difference is its table."""
    line = torch.linspace(0, 1, 17)
    every = torch.stack(torch.meshgrid(line, line, line, indexing="ij")).reshape(1, 3, 17, 289)
    theirs = cv2.cvtColor(every[0].permute(1, 2, 0).contiguous().numpy(), cv2.COLOR_RGB2LAB)
    shades = theirs * [255 / 100, 1, 1] + [0, 128, 128]
    apart = np.abs(to_lab(every)[0].permute(1, 2, 0).numpy() * 255 - shades)
    assert apart.max() < 0.5
    assert apart.mean() < 0.05


def test_a_nudge_goes_a_share_of_the_way_to_the_end() -> None:
    lab = torch.tensor([0.2, 0.5, 0.9]).view(1, 3, 1, 1)
    up = nudge(lab, torch.tensor([[0.3, 0.0, 1.0]])).flatten()
    down = nudge(lab, torch.tensor([[-0.3, 0.0, -1.0]])).flatten()
    assert up.tolist() == pytest.approx([0.2 + 0.3 * 0.8, 0.5, 1.0])
    assert down.tolist() == pytest.approx([0.2 - 0.3 * 0.2, 0.5, 0.0], abs=1e-7)


def test_each_picture_is_equalised_for_itself() -> None:
    grey = torch.rand((2, 30, 30), generator=torch.Generator().manual_seed(0))
    together = equalised(grey, torch.tensor([2, 6]))
    for place, tiles in enumerate((2, 6)):
        alone = equalised(grey[place : place + 1], torch.tensor([tiles]))
        assert torch.allclose(together[place], alone[0], atol=1e-6)


def test_a_part_of_a_picture_is_equalised_as_in_the_whole() -> None:
    """Where it lies says by which tiles."""
    grey = torch.rand((1, 40, 40), generator=torch.Generator().manual_seed(0))
    tiles = torch.tensor([3])
    curves = contrast_curves(grey[:, ::2, ::2], tiles)
    part = equalise(grey[:, 5:20, 10:30], curves, tiles, places_in(40, 40)[:, 5:20, 10:30])
    assert torch.equal(part, equalised(grey, tiles)[:, 5:20, 10:30])


@pytest.mark.parametrize("shade", [0.0, 0.4, 1.0])
def test_a_flat_picture_stays_flat_and_within_its_range(shade: float) -> None:
    flat = equalised(torch.full((1, 32, 32), shade), torch.tensor([4]))
    assert flat.max() - flat.min() < 1e-5
    assert 0 <= flat.min() <= flat.max() <= 1
