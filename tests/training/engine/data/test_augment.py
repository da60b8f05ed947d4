"""Faces vary by chance, but the same chance gives the same faces."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from training.engine.data.augment import Augment, Examples, curves_of, plain, recolour
from training.engine.data.augmentation_parameters import (
    BASICS,
    NUM_LANDMARKS,
    AugmentationParameters,
    AugmentationSettings,
)
from training.engine.data.warping import as_seen, in_view, landmark_nodes, spread
from training.engine.run.config import Warp

# 80 % of 40 pixels are 32: one pixel of the crop is one of the target.
SETTINGS = AugmentationSettings(input_size=16, output_size=32, coverage=0.8, colour=False)
STILL = (0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
VIEWS = torch.tensor([[0.0, 0.0, 1.0]]).expand(6, 3)


@pytest.fixture
def crops() -> Tensor:
    """Six crops of smooth colours, 40 pixels wide; face, eyes and mouth are their right halves."""
    coarse = torch.rand((6, 3, 5, 5), generator=torch.Generator().manual_seed(1))
    smooth = functional.interpolate(coarse, (40, 40), mode="bilinear")
    crops = torch.zeros((6, 40, 40, 6), dtype=torch.uint8)
    crops[..., :3] = (smooth * 255).byte().permute(0, 2, 3, 1)
    crops[:, :, 20:, 3:] = 255
    return crops


def settings(
    warp: Warp = "grid", *, flip: bool = True, colour: bool = False
) -> AugmentationSettings:
    return AugmentationSettings(
        input_size=16, output_size=32, coverage=0.8, warp=warp, flip=flip, colour=colour
    )


def parameters(seed: int = 0, *, count: int = 6, by: AugmentationSettings = SETTINGS) -> Tensor:
    return AugmentationParameters.sample(count, torch.Generator().manual_seed(seed), by).values


def still(**changed: float) -> Tensor:
    """No chance at all but what is given."""
    places = {"rotation": 0, "zoom": 1, "shift_x": 2, "shift_y": 3, "mirror": 4}
    values = torch.tensor(STILL).repeat(6, 1)
    for name, value in changed.items():
        values[:, places[name]] = value
    return torch.cat([values, torch.zeros(6, SETTINGS.num_parameters - BASICS)], dim=1)


def make(crops: Tensor, values: Tensor, by: AugmentationSettings = SETTINGS) -> Examples:
    return Augment(by)(crops, VIEWS[: len(crops)], values)


def test_the_same_generator_gives_the_same_faces(crops: Tensor) -> None:
    first, again = (make(crops, parameters(7)) for _ in range(2))
    other = make(crops, parameters(8))
    assert torch.equal(first.inputs, again.inputs)
    assert torch.equal(first.targets, again.targets)
    assert not torch.equal(first.inputs, other.inputs)


@pytest.mark.parametrize("warp", ["grid", "landmarks", "none"])
def test_chance_moves_on_by_the_same_amount_whatever_it_decides(warp: Warp) -> None:
    """Else what is sampled after it would depend on it."""
    after = []
    for flip in (True, False):
        generator = torch.Generator().manual_seed(3)
        sampled = AugmentationParameters.sample(5, generator, settings(warp, flip=flip))
        assert sampled.values.shape == (5, settings(warp).num_parameters)
        after.append(torch.rand(1, generator=generator))
    assert torch.equal(*after)


def test_chance_stays_within_its_bounds() -> None:
    values = parameters(by=settings(), count=4000)
    assert values[:, 0].abs().max().rad2deg() <= 10
    assert values[:, 1].min() >= 0.95
    assert values[:, 1].max() <= 1.05
    # The whole side is 2 long.
    assert values[:, 2:4].abs().max() <= 0.1
    assert values[:, 5].abs().max() <= 0.3
    assert values[:, 6:8].abs().max() <= 0.08
    assert set(values[:, 4].tolist()) == {-1.0, 1.0}
    tiles = values[:, 8].long().bincount() / 4000
    assert tiles[0].item() == pytest.approx(0.5, abs=0.03)
    assert tiles[2:].tolist() == pytest.approx([0.1] * 5, abs=0.02)
    assert values[:, BASICS:].std().item() == pytest.approx(2 * 5 / 256, rel=0.02)


def test_a_part_of_the_batch_is_made_as_in_the_whole(crops: Tensor) -> None:
    """So a run does not depend on how many processes share its batch."""
    sampled = parameters(by=settings(colour=True))
    whole = make(crops, sampled, settings(colour=True))
    part = make(
        crops[2:4], AugmentationParameters(sampled).part(slice(2, 4)).values, settings(colour=True)
    )
    assert torch.allclose(whole.inputs[2:4], part.inputs, atol=1e-6)
    assert torch.allclose(whole.targets[2:4], part.targets, atol=1e-6)
    assert torch.allclose(whole.masks[2:4], part.masks, atol=1e-6)


def test_both_people_in_one_go_are_made_as_each_alone(crops: Tensor) -> None:
    by = settings(colour=True)
    sampled = parameters(1, by=by), parameters(2, by=by)
    mirrored = crops.flip(2)
    a, b = Augment(by).both((crops, mirrored), (VIEWS, VIEWS), sampled, None)
    for prepared, pixels, values in ((a, crops, sampled[0]), (b, mirrored, sampled[1])):
        alone = make(pixels, values, by)
        assert torch.allclose(prepared.inputs, alone.inputs, atol=1e-6)
        assert torch.allclose(prepared.targets, alone.targets, atol=1e-6)
        assert torch.allclose(prepared.masks, alone.masks, atol=1e-6)


def test_without_chance_the_middle_of_the_crop_is_seen(crops: Tensor) -> None:
    made = make(crops, still())
    assert made.inputs.shape == (6, 3, 16, 16)
    assert made.targets.shape == made.masks.shape == (6, 3, 32, 32)
    # 80 % of 40 pixels are 32: one pixel of the crop for each of the target.
    middle = crops[:, 4:36, 4:36, :3].permute(0, 3, 1, 2) / 255
    # As fine as it is stored: each pixel is one of those, not softened by averaging.
    assert torch.allclose(made.targets, middle, atol=1e-5)
    small = plain(crops, VIEWS, coverage=0.8, size=16)
    assert torch.allclose(made.inputs, small[:, :3], atol=1e-6)
    assert made.masks[..., 17:].min() == 1
    assert made.masks[..., :15].max() == 0


@pytest.mark.parametrize("first_line", [0, 1])
def test_lines_finer_than_the_pixels_become_grey_instead_of_flickering(first_line: int) -> None:
    """Stored almost twice as finely as they are seen, picked pixels would be black or white."""
    lines = torch.zeros((1, 100, 100, 6), dtype=torch.uint8)
    lines[:, :, first_line::2] = 255
    view = torch.tensor([[0.0, 0.0, 0.75]])
    made = Augment(SETTINGS)(lines, view, still()[:1])
    drawn = plain(lines, view, coverage=0.8, size=32)
    for pictures in (made.targets, made.masks, drawn):
        assert pictures.mean().item() == pytest.approx(0.5, abs=0.02)
        assert pictures.std() < 0.05


def test_each_face_is_seen_where_its_view_says(crops: Tensor) -> None:
    views = torch.tensor([[0.5, -0.5, 0.5]]).expand(6, 3)
    corner = plain(crops, views, coverage=1.0, size=20)
    wanted = crops[:, :20, 20:].permute(0, 3, 1, 2) / 255
    assert (corner - wanted).abs().mean() < 0.003


def test_a_mirrored_face_takes_its_mask_along(crops: Tensor) -> None:
    straight = make(crops, still())
    mirrored = make(crops, still(mirror=-1))
    assert torch.allclose(mirrored.targets, straight.targets.flip(3), atol=1e-5)
    assert torch.allclose(mirrored.masks, straight.masks.flip(3), atol=1e-5)
    assert torch.allclose(mirrored.inputs, straight.inputs.flip(3), atol=1e-5)


def test_masks_turn_and_zoom_with_their_face(crops: Tensor) -> None:
    """A face that is itself white where its mask is stays so, however it is moved."""
    crops[..., :3] = crops[..., 3:4]
    made = make(crops, parameters())
    assert torch.allclose(made.targets, made.masks, atol=1e-6)
    assert 0.1 < made.masks.mean() < 0.9


def test_nothing_is_mirrored_when_it_must_not_be() -> None:
    assert (parameters(by=settings(flip=False), count=50)[:, 4] == 1).all()
    assert 0.3 < (parameters(count=500)[:, 4] < 0).float().mean() < 0.7


def test_a_shift_moves_by_its_share_of_what_is_seen(crops: Tensor) -> None:
    # What is seen is 2 wide, so this is an eighth of it.
    moved = make(crops, still(shift_x=0.25))
    straight = make(crops, still())
    assert torch.allclose(moved.targets[..., :24], straight.targets[..., 4:28], atol=1e-4)


def test_the_warp_bends_what_is_seen_but_not_what_is_wanted(crops: Tensor) -> None:
    values = torch.cat([still()[:, :BASICS], parameters()[:, BASICS:]], dim=1)
    bent, straight = make(crops, values), make(crops, still())
    assert torch.equal(bent.targets, straight.targets)
    assert torch.equal(bent.masks, straight.masks)
    assert (bent.inputs - straight.inputs).abs().mean() > 0.001


def test_without_a_warp_the_model_sees_what_it_should_answer(crops: Tensor) -> None:
    by = AugmentationSettings(input_size=32, output_size=32, coverage=0.8, colour=True, warp="none")
    made = make(crops, parameters(by=by), by)
    assert torch.equal(made.inputs, made.targets)


def test_what_is_seen_has_the_colours_of_what_is_wanted(crops: Tensor) -> None:
    """Both are of the same light, or the model would learn to change it."""
    by = AugmentationSettings(input_size=32, output_size=32, coverage=0.8, warp="grid")
    values = torch.cat(
        [parameters(by=by)[:, :BASICS], torch.zeros(6, by.num_parameters - BASICS)], 1
    )
    made = make(crops, values, by)
    assert torch.allclose(made.inputs, made.targets, atol=1e-6)
    plainly = make(crops, values)
    assert (made.targets - plainly.targets).abs().mean() > 0.02


def test_light_moves_towards_white_and_black(crops: Tensor) -> None:
    pictures = crops[..., :3].permute(0, 3, 1, 2) / 255
    values = {name: still() for name in ("same", "lighter", "darker", "redder")}
    values["lighter"][:, 5], values["darker"][:, 5], values["redder"][:, 6] = 0.3, -0.3, 0.08
    line = (torch.arange(40) * 2 + 1) / 40 - 1
    places = torch.stack(torch.meshgrid(line, line, indexing="xy"), dim=-1).expand(6, -1, -1, -1)
    seen = {
        name: recolour(pictures, places, value, curves_of(crops, value))
        for name, value in values.items()
    }
    assert torch.allclose(seen["same"], pictures, atol=1e-3)
    assert seen["lighter"].mean() > seen["same"].mean() > seen["darker"].mean()
    assert (seen["redder"] - seen["same"]).mean((0, 2, 3)).argmax() == 0
    assert min(each.min() for each in seen.values()) >= 0
    assert max(each.max() for each in seen.values()) <= 1


@pytest.fixture
def landmarks() -> tuple[Tensor, Tensor]:
    """A face's landmarks where the crop spans -1 to 1, and those of another person like it."""
    generator = torch.Generator().manual_seed(5)
    own = torch.rand((6, NUM_LANDMARKS, 2), generator=generator) - 0.5
    # Another face is longer and leans to one side: not every point for itself.
    other = own * torch.tensor([0.92, 1.1]) + 0.05 * own.flip(2) + torch.tensor([0.03, -0.02])
    return own, other


def dot(place: Tensor, side: int) -> Tensor:
    """A picture (1, side, side, 6) with a soft dot at a place, -1 to 1."""
    line = (torch.arange(side) * 2 + 1) / side - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    bell = torch.exp(-((x - place[0]) ** 2 + (y - place[1]) ** 2) / (2 * 0.03**2))
    return (255 * bell).byte()[None, ..., None].expand(1, side, side, 6)


def middle_of(picture: Tensor) -> Tensor:
    """Where the light of (1, side, side) is, -1 to 1."""
    light, side = picture[0], picture.shape[-1]
    line = (torch.arange(side) * 2 + 1) / side - 1
    return torch.stack([(light.sum(0) * line).sum(), (light.sum(1) * line).sum()]) / light.sum()


@pytest.mark.parametrize("mirror", [1.0, -1.0])
def test_the_warp_to_landmarks_brings_each_where_it_is_wanted(
    landmarks: tuple[Tensor, Tensor], mirror: float
) -> None:
    """Also in a face that is mirrored, turned, zoomed and shifted, of which a part is seen."""
    by = AugmentationSettings(
        input_size=128, output_size=128, coverage=0.8, colour=False, warp="landmarks"
    )
    values = still(rotation=0.15, zoom=1.04, shift_x=0.06, shift_y=-0.08, mirror=mirror)[:1]
    own, other = (as_seen(each[:1], AugmentationParameters(values), 0.8) for each in landmarks)
    nodes = landmark_nodes(own, other)
    missed, moved = [], []
    for point in range(0, NUM_LANDMARKS, 6):
        pixels = dot(landmarks[0][0, point], 128)
        made = Augment(by)(pixels, VIEWS[:1], values, nodes)
        # Not warped, it lies where the face has it.
        assert (middle_of(made.targets[0, :1]) - own[0, point]).norm() < 0.02
        missed.append((middle_of(made.inputs[0, :1]) - other[0, point]).norm())
        moved.append((own[0, point] - other[0, point]).norm())
    assert torch.stack(missed).mean() < 0.25 * torch.stack(moved).mean()


def test_a_warp_is_spread_as_bicubic_interpolation_does() -> None:
    nodes = torch.randn((3, 2, 5, 5), generator=torch.Generator().manual_seed(0))
    theirs = functional.interpolate(nodes, (32, 32), mode="bicubic", align_corners=True)
    assert torch.allclose(spread(nodes, 32), theirs.permute(0, 2, 3, 1), atol=1e-5)


def test_a_warp_to_the_own_landmarks_is_none(landmarks: tuple[Tensor, Tensor]) -> None:
    own, other = landmarks
    assert landmark_nodes(own, own).abs().max() == 0
    nodes = landmark_nodes(own, other)
    # At the edge nothing moves, or the picture would tear there.
    assert nodes[:, :, ::16, ::16].abs().max() < 0.02
    assert nodes.abs().max() > 0.03


def test_landmarks_are_told_in_the_square_that_is_seen() -> None:
    views = torch.tensor([[0.25, 0.0, 0.5]])
    # Of 40 pixels: the middle of the view, its left edge, its lower right corner.
    points = torch.tensor([[[24.5, 19.5], [14.5, 19.5], [34.5, 29.5]]])
    prepared = in_view(points, views, 40)
    wanted = torch.tensor([[0.0, 0.0], [-1.0, 0.0], [1.0, 1.0]])
    assert torch.allclose(prepared[0], wanted, atol=1e-6)
