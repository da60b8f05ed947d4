"""Colours are what they are in any textbook, and contrast is what OpenCV makes of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from training.engine.colour import equalise, to_lab, to_rgb


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


@pytest.mark.parametrize("tiles", [2, 3, 4])
def test_equalised_contrast_is_near_opencvs(tiles: int) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (240, 240)).astype(np.uint8)
    grey = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 6), None, 100, 140, cv2.NORM_MINMAX)
    theirs = cv2.createCLAHE(2.0, (tiles, tiles)).apply(grey).astype(np.float32)
    ours = equalise(torch.from_numpy(grey)[None].float() / 255, torch.tensor([tiles]))[0] * 255
    # It counts a quarter of the pixels, and does not round its limit as OpenCV does.
    changed = np.abs(grey.astype(np.float32) - theirs).mean()
    assert changed > 5
    assert np.abs(ours.numpy() - theirs).mean() < changed / 4


def test_without_tiles_the_contrast_stays() -> None:
    grey = torch.rand((2, 20, 20), generator=torch.Generator().manual_seed(0))
    same, changed = equalise(grey, torch.tensor([0, 3]))
    assert torch.equal(same, grey[0])
    assert not torch.allclose(changed, grey[1], atol=1e-2)
