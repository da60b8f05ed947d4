"""Faces vary by chance, but the same chance gives the same faces."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from training.engine.augment import BRIGHTER, Chances, Examples, augment, plain, recolour

CPU = torch.device("cpu")


@pytest.fixture
def crops() -> Tensor:
    """Six crops of smooth colours, 40 pixels wide."""
    coarse = torch.rand((6, 3, 5, 5), generator=torch.Generator().manual_seed(1))
    smooth = torch.nn.functional.interpolate(coarse, (40, 40), mode="bilinear")
    return (smooth * 255).byte().permute(0, 2, 3, 1).contiguous()


@pytest.fixture
def masks() -> Tensor:
    """The right half of each crop."""
    masks = torch.zeros((6, 40, 40), dtype=torch.uint8)
    masks[:, :, 20:] = 255
    return masks


def chances(seed: int = 0, *, flip: bool = True) -> Chances:
    return Chances.draw(6, torch.Generator().manual_seed(seed), flip=flip)


def still(**changed: Tensor) -> Chances:
    """No chance at all but what is given."""
    values = {
        "rotation": torch.zeros(6),
        "zoom": torch.ones(6),
        "shift": torch.zeros(6, 2),
        "flipped": torch.ones(6),
        "colour": torch.zeros(6, 3),
        "nodes": torch.zeros(6, 2, 5, 5),
    }
    return Chances(**{**values, **changed})


def make(crops: Tensor, masks: Tensor, chances: Chances) -> Examples:
    return augment(crops, masks, chances, coverage=0.8, sizes=(16, 32))


def test_the_same_generator_gives_the_same_faces(crops: Tensor, masks: Tensor) -> None:
    first, again = (make(crops, masks, chances(7)) for _ in range(2))
    other = make(crops, masks, chances(8))
    assert torch.equal(first.inputs, again.inputs)
    assert torch.equal(first.targets, again.targets)
    assert not torch.equal(first.inputs, other.inputs)


def test_a_part_of_the_batch_is_made_as_in_the_whole(crops: Tensor, masks: Tensor) -> None:
    """So a run does not depend on how many processes share its batch."""
    whole = make(crops, masks, chances())
    part = make(crops[2:4], masks[2:4], chances().part(slice(2, 4)))
    assert torch.allclose(whole.inputs[2:4], part.inputs, atol=1e-6)
    assert torch.allclose(whole.masks[2:4], part.masks, atol=1e-6)


def test_without_chance_the_middle_of_the_crop_is_seen(crops: Tensor, masks: Tensor) -> None:
    made = make(crops, masks, still())
    assert made.inputs.shape == (6, 3, 16, 16)
    assert made.targets.shape == (6, 3, 32, 32)
    assert made.masks.shape == (6, 1, 32, 32)
    # 80 % of 40 pixels are 32: one pixel of the crop for each of the target.
    middle = crops[:, 4:36, 4:36].permute(0, 3, 1, 2) / 255
    # Sampled finer and averaged, so a little softer.
    assert (made.targets - middle).abs().max() < 0.03
    assert (made.targets - middle).abs().mean() < 0.003
    assert torch.allclose(made.inputs, plain(crops, coverage=0.8, size=16))
    assert made.masks[..., 17:].min() == 1
    assert made.masks[..., :15].max() == 0


def test_a_mirrored_face_takes_its_mask_along(crops: Tensor, masks: Tensor) -> None:
    straight = make(crops, masks, still())
    mirrored = make(crops, masks, still(flipped=-torch.ones(6)))
    assert torch.allclose(mirrored.targets, straight.targets.flip(3), atol=1e-5)
    assert torch.allclose(mirrored.masks, straight.masks.flip(3), atol=1e-5)


def test_nothing_is_mirrored_when_it_must_not_be() -> None:
    assert (chances(flip=False).flipped == 1).all()
    assert 0 < sum((chances(seed).flipped < 0).sum() for seed in range(9)) < 54


def test_a_shift_moves_by_its_share_of_what_is_seen(crops: Tensor, masks: Tensor) -> None:
    shift = torch.tensor([[4 / 32, 0.0]]).expand(6, 2)
    moved = make(crops, masks, still(shift=shift))
    straight = make(crops, masks, still())
    assert torch.allclose(moved.targets[..., :24], straight.targets[..., 4:28], atol=1e-4)


def test_the_warp_bends_what_is_seen_but_not_what_is_wanted(crops: Tensor, masks: Tensor) -> None:
    bent = make(crops, masks, still(nodes=chances().nodes))
    straight = make(crops, masks, still())
    assert torch.equal(bent.targets, straight.targets)
    assert (bent.inputs - straight.inputs).abs().mean() > 0.001


def test_colour_moves_towards_white_and_black_and_tints(crops: Tensor) -> None:
    pictures = crops.permute(0, 3, 1, 2) / 255
    same = recolour(pictures, torch.zeros(6, 3))
    assert torch.allclose(same, pictures, atol=1e-6)
    brighter = recolour(pictures, torch.tensor([[BRIGHTER, 0, 0]]).expand(6, 3))
    darker = recolour(pictures, torch.tensor([[-BRIGHTER, 0, 0]]).expand(6, 3))
    green = recolour(pictures, torch.tensor([[0, 0.08, 0]]).expand(6, 3))
    assert brighter.mean() > same.mean() > darker.mean()
    assert (green - same).mean((0, 2, 3)).argmax() == 1
    assert brighter.max() <= 1
    assert darker.min() >= 0
