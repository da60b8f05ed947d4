"""The loss is what its formula says."""

from __future__ import annotations

import numpy as np
import pytest
import pytorch_msssim
import torch
from torch import Tensor

from training.engine.run import config
from training.engine.train.losses import (
    LOSSES,
    LossWeights,
    face_loss,
    mask_loss,
    ms_ssim_map,
    mse_map,
    ssim_map,
)

EVERYWHERE = LossWeights(outside=0.0, eyes=1.0, mouth=1.0)
Pair = tuple[Tensor, Tensor]


@pytest.fixture
def pictures() -> Pair:
    generator = torch.Generator().manual_seed(0)
    truth = torch.rand((2, 3, 24, 20), generator=generator)
    noise = torch.randn((2, 3, 24, 20), generator=generator)
    return (truth + 0.2 * noise).clamp(0, 1), truth


def masks(face: float = 1.0) -> Tensor:
    """The same of the face everywhere; neither eyes nor mouth."""
    made = torch.zeros(2, 3, 24, 20)
    made[:, 0] = face
    return made


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
def test_ssim_equals_its_definition(pictures: Pair, row: int, column: int) -> None:
    picture, truth = pictures
    value = ssim_map(picture, truth)[1, 2, row, column].item()
    by_hand = ssim_by_hand(
        picture[1, 2].double().numpy(), truth[1, 2].double().numpy(), row, column
    )
    assert value == pytest.approx(by_hand, abs=1e-5)


@pytest.mark.parametrize("side", [24, 64, 256])
def test_ssim_equals_that_of_pytorch_msssim(side: int) -> None:
    """Inside the border, where no window reaches over the edge: it knows no more."""
    generator = torch.Generator().manual_seed(side)
    truth = torch.rand((2, 3, side, side), generator=generator)
    picture = (truth + 0.1 * torch.randn(truth.shape, generator=generator)).clamp(0, 1)
    theirs = pytorch_msssim.ssim(picture, truth, data_range=1.0, size_average=False)
    inside = ssim_map(picture, truth)[..., 5:-5, 5:-5]
    assert inside.mean(dim=(1, 2, 3)).tolist() == pytest.approx(theirs.tolist(), abs=1e-5)


@pytest.mark.parametrize("side", [256, 300])
def test_ssim_of_a_large_picture_is_that_of_its_parts(side: int) -> None:
    """A large one is blurred in tiles; a part of it, which is small, is not."""
    generator = torch.Generator().manual_seed(side)
    truth = torch.rand((1, 3, side, side), generator=generator, dtype=torch.double)
    picture = torch.rand(truth.shape, generator=generator, dtype=torch.double)
    whole = ssim_map(picture, truth)
    for first, last in ((0, 100), (50, 140), (side - 100, side)):
        part = ssim_map(picture[..., first:last, first:last], truth[..., first:last, first:last])
        low, high = (0 if first == 0 else 5), (100 if last == side else last - first - 5)
        there = slice(first + low, first + high)
        assert torch.allclose(whole[..., there, there], part[..., low:high, low:high], atol=1e-12)


def test_ms_ssim_falls_as_pictures_differ_more_and_is_near_that_of_pytorch_msssim() -> None:
    generator = torch.Generator().manual_seed(1)
    coarse = torch.rand((2, 3, 16, 16), generator=generator)
    truth = torch.nn.functional.interpolate(coarse, (256, 256), mode="bilinear")
    noise = torch.randn(truth.shape, generator=generator)
    values = []
    for amount in (0.02, 0.1, 0.3):
        picture = (truth + amount * noise).clamp(0, 1)
        values.append(ms_ssim_map(picture, truth).mean().item())
        theirs = pytorch_msssim.ms_ssim(picture, truth, data_range=1.0).item()
        # They multiply the means of the scales, we give each pixel its own product.
        assert values[-1] == pytest.approx(theirs, abs=0.06)
    assert 1 > values[0] > values[1] > values[2] > 0


def test_ms_ssim_of_a_small_picture_is_its_only_scale(pictures: Pair) -> None:
    picture, truth = pictures
    assert torch.allclose(ms_ssim_map(picture, truth), ssim_map(picture, truth).clamp(min=1e-4))


@pytest.mark.parametrize("name", LOSSES)
def test_each_map_is_as_large_as_the_picture_and_zero_where_both_are_alike(
    pictures: Pair, name: str
) -> None:
    picture, truth = pictures
    wrong = LOSSES[name](picture, truth)
    assert wrong.shape == picture.shape
    assert wrong.mean() > 0.01
    assert LOSSES[name](truth, truth).abs().max() < 1e-5


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("shades", [(0.0, 0.0), (0.5, 0.5), (1.0, 0.0), (0.0, 1.0)])
def test_gradients_of_flat_pictures_are_finite(name: str, shades: tuple[float, float]) -> None:
    """A new model draws grey, and black frames happen."""
    drawn, wanted = (torch.full((1, 3, 64, 64), shade) for shade in shades)
    drawn.requires_grad_()
    loss = LOSSES[name](drawn, wanted).mean()
    (gradient,) = torch.autograd.grad(loss, drawn)
    assert loss.isfinite()
    assert gradient.isfinite().all()


@pytest.mark.parametrize("name", LOSSES)
def test_what_follows_a_loss_brings_the_pictures_together(pictures: Pair, name: str) -> None:
    picture, truth = pictures
    before = LOSSES[name](picture, truth).mean()
    drawn = picture.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(LOSSES[name](drawn, truth).mean(), drawn)
    after = LOSSES[name](picture - 0.01 * gradient / gradient.abs().max(), truth).mean()
    assert after < before


def test_equal_pictures_lose_nothing(pictures: Pair) -> None:
    _, truth = pictures
    every = LossWeights(losses=tuple((name, 1.0) for name in LOSSES), outside=0.0)
    assert face_loss(truth, truth, masks(), every).item() == pytest.approx(0, abs=1e-5)


def test_the_loss_is_the_weighted_mean_of_its_maps(pictures: Pair) -> None:
    picture, truth = pictures
    where = masks(0)
    where[0, 0, 5:15, 5:15] = 1
    where[1, 0, 2:4] = 0.5
    wrong = (1 - ssim_map(picture, truth) + 2 * mse_map(picture, truth)).mean(1)
    each = []
    for face in range(2):
        counts = 0.1 + 0.9 * where[face, 0]
        each.append((wrong[face] * counts).sum() / counts.sum())
    weights = LossWeights(losses=(("ssim", 1.0), ("mse", 2.0)))
    loss = face_loss(picture, truth, where, weights)
    assert loss.item() == pytest.approx((sum(each) / 2).item(), rel=1e-5)


@pytest.mark.parametrize(("part", "times"), [("eyes", 3.0), ("mouth", 2.0)])
def test_eyes_and_mouth_count_more(part: str, times: float) -> None:
    """Wrong in these alone, a face is so many times as wrong as with a wrong cheek."""
    truth = torch.zeros(2, 3, 24, 20)
    where = masks()
    where[:, {"eyes": 1, "mouth": 2}[part], :, 5:10] = 1
    spoilt = {"part": truth.clone(), "cheek": truth.clone()}
    spoilt["part"][..., 5:10] = spoilt["cheek"][..., 10:15] = 0.5
    weights = LossWeights(losses=(("mse", 1.0),))
    lost = {
        name: face_loss(picture, truth, where, weights).item() for name, picture in spoilt.items()
    }
    assert lost["part"] == pytest.approx(times * lost["cheek"], rel=1e-5)
    counted_once = LossWeights(losses=(("mse", 1.0),), eyes=1.0, mouth=1.0)
    alike = [face_loss(each, truth, where, counted_once).item() for each in spoilt.values()]
    assert alike[0] == pytest.approx(alike[1], rel=1e-5)


def test_outside_the_mask_nothing_counts_when_so_wished(pictures: Pair) -> None:
    _, truth = pictures
    where = masks(0)
    where[:, 0, :, :4] = 1
    spoilt = truth.clone()
    spoilt[:, :, :, 12:] = 0
    assert face_loss(spoilt, truth, where, EVERYWHERE).item() == pytest.approx(0, abs=1e-5)
    assert face_loss(spoilt, truth, where, LossWeights(outside=0.5)).item() > 0.01


def test_a_face_without_mask_does_not_divide_by_nothing(pictures: Pair) -> None:
    picture, truth = pictures
    assert face_loss(picture, truth, masks(0), EVERYWHERE).item() == 0


def test_a_drawn_mask_is_measured_by_the_face_mask_alone() -> None:
    where = masks(0)
    where[:, 0, :12] = 1
    where[:, 1:] = 0.3
    assert mask_loss(None, where).item() == 0
    assert mask_loss(where[:, :1], where).item() == 0
    assert mask_loss(1 - where[:, :1], where).item() == 1
    assert mask_loss(torch.full((2, 1, 24, 20), 0.5), where).item() == pytest.approx(0.25)


def test_every_loss_that_a_run_may_name_can_be_computed() -> None:
    assert tuple(LOSSES) == config.LOSSES
