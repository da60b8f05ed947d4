"""Faces vary by chance, but the same chance gives the same faces."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from training.engine.augment import (
    BASICS,
    LIGHTER,
    TINTED,
    Chances,
    Examples,
    Recipe,
    augment,
    augment_both,
    in_view,
    landmark_nodes,
    plain,
    recolour,
)

STORED = 40
VIEWS = torch.tensor([[0.0, 0.0, 1.0]]).expand(6, 3)
"""The square seen is the whole stored crop."""
RECIPE = Recipe(input_size=16, output_size=32, coverage=0.8, colour=False)


@pytest.fixture
def pixels() -> Tensor:
    """Six stored faces of smooth colours; the face is the right half, an eye the upper half."""
    coarse = torch.rand((6, 3, 5, 5), generator=torch.Generator().manual_seed(1))
    smooth = torch.nn.functional.interpolate(coarse, (STORED, STORED), mode="bilinear")
    colours = (smooth * 255).byte().permute(0, 2, 3, 1)
    masks = torch.zeros((6, STORED, STORED, 3), dtype=torch.uint8)
    masks[:, :, STORED // 2 :, 0] = 255
    masks[:, : STORED // 2, :, 1] = 255
    return torch.cat([colours, masks], dim=3).contiguous()


def chances(seed: int = 0, recipe: Recipe = RECIPE) -> Tensor:
    return Chances.draw(6, torch.Generator().manual_seed(seed), recipe).values


def still(**changed: float) -> Tensor:
    """No chance at all but what is given."""
    places = {"rotation": 0, "zoom": 1, "shift_x": 2, "shift_y": 3, "mirror": 4}
    values = torch.zeros(6, RECIPE.num_chances)
    values[:, places["zoom"]] = values[:, places["mirror"]] = 1
    for name, value in changed.items():
        values[:, places[name]] = value
    return values


def make(pixels: Tensor, values: Tensor, recipe: Recipe = RECIPE) -> Examples:
    return augment(pixels, VIEWS[: len(pixels)], values, None, recipe)


def test_the_same_generator_gives_the_same_faces(pixels: Tensor) -> None:
    first, again = (make(pixels, chances(7)) for _ in range(2))
    other = make(pixels, chances(8))
    assert torch.equal(first.inputs, again.inputs)
    assert torch.equal(first.targets, again.targets)
    assert not torch.equal(first.inputs, other.inputs)


def test_a_part_of_the_batch_is_made_as_in_the_whole(pixels: Tensor) -> None:
    """So a run does not depend on how many processes share its batch."""
    recipe = Recipe(input_size=16, output_size=32, coverage=0.8)
    whole = make(pixels, chances(), recipe)
    part = make(pixels[2:4], chances()[2:4], recipe)
    assert torch.allclose(whole.inputs[2:4], part.inputs, atol=1e-6)
    assert torch.allclose(whole.masks[2:4], part.masks, atol=1e-6)


def test_both_people_in_one_go_get_what_each_would_get_alone(pixels: Tensor) -> None:
    a, b = augment_both(
        (pixels[:3], pixels[3:]),
        (VIEWS[:3], VIEWS[3:]),
        (chances(1)[:3], chances(2)[3:]),
        None,
        RECIPE,
    )
    assert torch.allclose(a.targets, make(pixels[:3], chances(1)[:3]).targets, atol=1e-6)
    assert torch.allclose(b.inputs, make(pixels[3:], chances(2)[3:]).inputs, atol=1e-6)


def test_without_chance_the_middle_of_the_crop_is_seen(pixels: Tensor) -> None:
    made = make(pixels, still())
    assert made.inputs.shape == (6, 3, 16, 16)
    assert made.targets.shape == made.masks.shape == (6, 3, 32, 32)
    # 80 % of 40 pixels are 32: one pixel of the crop for each of the target.
    middle = pixels[:, 4:36, 4:36, :3].permute(0, 3, 1, 2) / 255
    assert torch.allclose(made.targets, middle, atol=1e-4)
    assert torch.allclose(made.inputs, plain(pixels, VIEWS, coverage=0.8, size=16)[:, :3])
    face, eyes, mouth = made.masks.unbind(1)
    assert face[..., 16:].min() == eyes[:, :16].min() == 1
    assert face[..., :16].max() == eyes[:, 16:].max() == mouth.max() == 0


def test_what_is_seen_lies_where_the_view_says(pixels: Tensor) -> None:
    views = torch.tensor([[0.25, -0.25, 0.5]]).expand(6, 3)
    seen = plain(pixels, views, coverage=1.0, size=20)
    # Centre 0.25 of 20 pixels to the right and up, half a side of 10: columns 15-35, rows 5-25.
    wanted = pixels[:, 5:25, 15:35].permute(0, 3, 1, 2) / 255
    assert torch.allclose(seen, wanted, atol=1e-4)


def test_a_mirrored_face_takes_its_masks_along(pixels: Tensor) -> None:
    straight, mirrored = make(pixels, still()), make(pixels, still(mirror=-1))
    assert torch.allclose(mirrored.targets, straight.targets.flip(3), atol=1e-4)
    assert torch.allclose(mirrored.masks, straight.masks.flip(3), atol=1e-4)


def test_nothing_is_mirrored_when_it_must_not_be() -> None:
    never = Recipe(input_size=16, output_size=32, coverage=0.8, flip=False)
    assert (chances(0, never)[:, 4] == 1).all()
    assert 0 < sum((chances(seed)[:, 4] < 0).sum().item() for seed in range(9)) < 54


def test_a_shift_moves_by_its_share_of_what_is_seen(pixels: Tensor) -> None:
    moved, straight = make(pixels, still(shift_x=2 * 4 / 32)), make(pixels, still())
    assert torch.allclose(moved.targets[..., :24], straight.targets[..., 4:28], atol=1e-4)


def test_the_warp_bends_what_is_seen_but_not_what_is_wanted(pixels: Tensor) -> None:
    bent = still()
    bent[:, BASICS:] = chances()[:, BASICS:]
    warped, straight = make(pixels, bent), make(pixels, still())
    assert torch.equal(warped.targets, straight.targets)
    assert (warped.inputs - straight.inputs).abs().mean() > 0.001


def test_light_moves_towards_white_and_black_and_colours_tint(pixels: Tensor) -> None:
    pictures = pixels[..., :3].permute(0, 3, 1, 2) / 255

    def changed(lightness: float = 0, green_red: float = 0) -> Tensor:
        values = torch.zeros(6, BASICS)
        values[:, 5], values[:, 6] = lightness, green_red
        return recolour(pictures, values)

    assert torch.allclose(changed(), pictures, atol=1e-3)
    assert changed(LIGHTER).mean() > pictures.mean() > changed(-LIGHTER).mean()
    assert (changed(0, -TINTED) - pictures).mean((0, 2, 3)).argmax() == 1
    assert changed(LIGHTER).max() <= 1
    assert changed(-LIGHTER).min() >= 0


def test_half_of_the_faces_have_their_contrast_equalised_in_2_to_6_tiles() -> None:
    generator = torch.Generator().manual_seed(0)
    tiles = Chances.draw(4000, generator, RECIPE).values[:, 8]
    assert set(tiles.unique().tolist()) == {0, 2, 3, 4, 5, 6}
    assert 0.45 < (tiles > 0).float().mean().item() < 0.55


def test_a_warp_to_landmarks_brings_them_where_the_other_person_has_them() -> None:
    """A dot at each landmark is found again at the place that was wanted."""
    side = 128
    generator = torch.Generator().manual_seed(5)
    own = torch.rand((1, 68, 2), generator=generator) * 1.2 - 0.6
    wanted = own + 0.06
    recipe = Recipe(side, side, coverage=1.0, flip=False, colour=False, warp="landmarks")
    # Colours that say where they come from: red is x, green is y.
    line = ((torch.arange(side) + 0.5) / side * 255).byte()
    stored = torch.zeros((1, side, side, 6), dtype=torch.uint8)
    stored[0, ..., 0], stored[0, ..., 1] = line[None, :], line[:, None]
    values = torch.zeros(1, recipe.num_chances)
    values[:, 1] = values[:, 4] = 1
    nodes = landmark_nodes(own, wanted)
    seen = augment(stored, VIEWS[:1], values, nodes, recipe).inputs
    found = torch.nn.functional.grid_sample(seen, wanted[:, None], align_corners=False)
    came_from = found[0, :2, 0].T * 2 - 1
    before = (wanted - own).norm(dim=-1).mean()
    assert (came_from - own[0]).norm(dim=-1).mean() < before / 3


def test_landmarks_are_told_in_what_is_seen() -> None:
    views = torch.tensor([[0.5, 0.0, 0.5]])
    corner = in_view(torch.tensor([[[19.5, 9.5]]]), views, STORED)
    # The left edge of the view is the stored crop's middle; a quarter down is half way up.
    assert torch.allclose(corner, torch.tensor([[[-1.0, -1.0]]]), atol=1e-6)
