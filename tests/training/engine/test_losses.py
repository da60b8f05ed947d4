"""The loss is what its formula says."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from training.engine import config, losses
from training.engine.losses import face_loss, mse_map, ssim_map


@pytest.fixture
def pictures() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    truth = torch.rand((2, 3, 24, 20), generator=generator)
    noise = torch.randn((2, 3, 24, 20), generator=generator)
    return (truth + 0.2 * noise).clamp(0, 1), truth


def ssim_by_hand(x: np.ndarray, y: np.ndarray, row: int, column: int) -> float:
    """One pixel of SSIM with plain loops over its 11 x 11 gaussian window, mirrored at edges."""
    line = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    window = np.outer(line, line) / line.sum() ** 2
    padded_x, padded_y = (np.pad(each, 5, mode="reflect") for each in (x, y))
    px, py = (each[row : row + 11, column : column + 11] for each in (padded_x, padded_y))
    mean_x, mean_y = (window * px).sum(), (window * py).sum()
    var_x, var_y = (window * (px - mean_x) ** 2).sum(), (window * (py - mean_y) ** 2).sum()
    both = (window * (px - mean_x) * (py - mean_y)).sum()
    luminance = (2 * mean_x * mean_y + 1e-4) / (mean_x**2 + mean_y**2 + 1e-4)
    return float(luminance * (2 * both + 9e-4) / (var_x + var_y + 9e-4))


@pytest.mark.parametrize(("row", "column"), [(0, 0), (12, 10), (23, 19), (3, 18)])
def test_ssim_equals_its_definition(pictures: tuple[Tensor, Tensor], row: int, column: int) -> None:
    picture, truth = pictures
    found = ssim_map(picture, truth)[1, 2, row, column].item()
    by_hand = ssim_by_hand(
        picture[1, 2].double().numpy(), truth[1, 2].double().numpy(), row, column
    )
    assert found == pytest.approx(by_hand, abs=1e-5)


def test_equal_pictures_lose_nothing(pictures: tuple[Tensor, Tensor]) -> None:
    _, truth = pictures
    mask = torch.ones(2, 1, 24, 20)
    assert face_loss(truth, truth, mask, outside_weight=0).item() == pytest.approx(0, abs=1e-5)


def test_the_loss_is_the_weighted_mean_of_its_maps(pictures: tuple[Tensor, Tensor]) -> None:
    picture, truth = pictures
    mask = torch.zeros(2, 1, 24, 20)
    mask[0, :, 5:15, 5:15] = 1
    mask[1, :, 2:4] = 0.5
    wrong = (1 - ssim_map(picture, truth) + mse_map(picture, truth)).mean(1)
    each = []
    for face in range(2):
        weights = 0.1 + 0.9 * mask[face, 0]
        each.append((wrong[face] * weights).sum() / weights.sum())
    found = face_loss(picture, truth, mask, outside_weight=0.1)
    assert found.item() == pytest.approx((sum(each) / 2).item(), rel=1e-5)


def test_outside_the_mask_nothing_counts_when_so_wished(pictures: tuple[Tensor, Tensor]) -> None:
    _, truth = pictures
    mask = torch.zeros(2, 1, 24, 20)
    mask[:, :, :, :4] = 1
    spoilt = truth.clone()
    spoilt[:, :, :, 12:] = 0
    assert face_loss(spoilt, truth, mask, outside_weight=0).item() == pytest.approx(0, abs=1e-5)
    assert face_loss(spoilt, truth, mask, outside_weight=0.5).item() > 0.01


def test_a_face_without_mask_does_not_divide_by_nothing(pictures: tuple[Tensor, Tensor]) -> None:
    picture, truth = pictures
    loss = face_loss(picture, truth, torch.zeros(2, 1, 24, 20), outside_weight=0)
    assert loss.item() == 0


def test_every_loss_that_a_run_may_name_can_be_computed() -> None:
    assert tuple(losses.LOSSES) == config.LOSSES
