"""The loss is what its formula says."""

from __future__ import annotations

import numpy as np
import pytest
import pytorch_msssim
import torch
from torch import Tensor

from training.engine import config, losses
from training.engine.losses import (
    LOSSES,
    Weights,
    face_loss,
    mask_loss,
    ms_ssim_map,
    mse_map,
    ssim_map,
)

EVENLY = Weights(outside=0.1, eyes=1.0, mouth=1.0)
INSIDE = Weights(outside=0.0, eyes=1.0, mouth=1.0)


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


def masks(face: Tensor, *, eyes: Tensor | None = None, mouth: Tensor | None = None) -> Tensor:
    """Masks of face, eyes and mouth (N, 3, H, W), of which those not given are empty."""
    nothing = torch.zeros_like(face)
    parts = (face, nothing if eyes is None else eyes, nothing if mouth is None else mouth)
    return torch.stack(parts, dim=1)


def test_ssim_equals_that_of_a_well_known_library(pictures: tuple[Tensor, Tensor]) -> None:
    picture, truth = pictures
    theirs = pytorch_msssim.ssim(picture, truth, data_range=1, size_average=False)
    # It leaves out what the window does not fully cover; ours mirrors the edge there.
    ours = ssim_map(picture, truth)[..., 5:-5, 5:-5].mean(dim=(1, 2, 3))
    assert torch.allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_is_a_map_that_is_0_where_both_are_alike(
    pictures: tuple[Tensor, Tensor], name: str
) -> None:
    picture, truth = pictures
    wrong = LOSSES[name](picture, truth)
    assert wrong.shape == truth.shape
    assert wrong.mean() > 0.01
    assert LOSSES[name](truth, truth).abs().max() < 1e-4


@pytest.mark.parametrize("name", LOSSES)
def test_flat_pictures_have_a_gradient_all_the_same(name: str) -> None:
    flat = torch.full((1, 3, 32, 32), 0.5, requires_grad=True)
    LOSSES[name](flat, torch.full((1, 3, 32, 32), 0.6)).mean().backward()
    assert flat.grad is not None
    assert torch.isfinite(flat.grad).all()


def test_ms_ssim_forgives_what_only_a_fine_scale_shows() -> None:
    generator = torch.Generator().manual_seed(3)
    coarse = torch.rand((1, 3, 8, 8), generator=generator)
    truth = torch.nn.functional.interpolate(coarse, (128, 128), mode="bilinear")
    noisy = truth + 0.05 * torch.randn(truth.shape, generator=generator)
    assert ms_ssim_map(noisy, truth).mean() > ssim_map(noisy, truth).mean() + 0.1


def test_equal_pictures_lose_nothing(pictures: tuple[Tensor, Tensor]) -> None:
    _, truth = pictures
    everywhere = masks(torch.ones(2, 24, 20))
    assert face_loss(truth, truth, everywhere, INSIDE).item() == pytest.approx(0, abs=1e-5)


def test_the_loss_is_the_weighted_mean_of_its_maps(pictures: tuple[Tensor, Tensor]) -> None:
    picture, truth = pictures
    face = torch.zeros(2, 24, 20)
    face[0, 5:15, 5:15] = 1
    face[1, 2:4] = 0.5
    wrong = (1 - ssim_map(picture, truth) + mse_map(picture, truth)).mean(1)
    each = []
    for place in range(2):
        weights = 0.1 + 0.9 * face[place]
        each.append((wrong[place] * weights).sum() / weights.sum())
    found = face_loss(picture, truth, masks(face), EVENLY)
    assert found.item() == pytest.approx((sum(each) / 2).item(), rel=1e-5)


def test_a_pixel_in_the_eyes_counts_three_times_and_one_in_the_mouth_twice(
    pictures: tuple[Tensor, Tensor],
) -> None:
    picture, truth = pictures
    face = torch.ones(2, 24, 20)
    eyes, mouth = torch.zeros(2, 24, 20), torch.zeros(2, 24, 20)
    eyes[:, 4:8], mouth[:, 16:20] = 1, 1
    wrong = mse_map(picture, truth).mean(1)
    counts = face + 2 * eyes + mouth
    expected = ((wrong * counts).sum((1, 2)) / counts.sum((1, 2))).mean()
    weights = Weights(losses=(("mse", 1.0),), eyes=3.0, mouth=2.0)
    found = face_loss(picture, truth, masks(face, eyes=eyes, mouth=mouth), weights)
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_outside_the_mask_nothing_counts_when_so_wished(pictures: tuple[Tensor, Tensor]) -> None:
    _, truth = pictures
    face = torch.zeros(2, 24, 20)
    face[..., :4] = 1
    spoilt = truth.clone()
    spoilt[..., 12:] = 0
    half = Weights(outside=0.5)
    assert face_loss(spoilt, truth, masks(face), INSIDE).item() == pytest.approx(0, abs=1e-5)
    assert face_loss(spoilt, truth, masks(face), half).item() > 0.01


def test_a_face_without_mask_does_not_divide_by_nothing(pictures: tuple[Tensor, Tensor]) -> None:
    picture, truth = pictures
    assert face_loss(picture, truth, masks(torch.zeros(2, 24, 20)), INSIDE).item() == 0


def test_a_learnt_mask_is_compared_with_the_faces() -> None:
    face = torch.zeros(2, 8, 8)
    face[:, 2:6] = 1
    assert mask_loss(face[:, None], masks(face)).item() == 0
    assert mask_loss(torch.zeros(2, 1, 8, 8), masks(face)).item() == pytest.approx(0.5)
    assert mask_loss(None, masks(face)).item() == 0


def test_every_loss_that_a_run_may_name_can_be_computed() -> None:
    assert tuple(losses.LOSSES) == config.LOSSES
