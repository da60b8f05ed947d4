"""A face is drawn over where its mask is, in the colours of the one it replaces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from curation.vision.alignment import MEAN_FACE, Matrix, Points, Rgb
from training.engine.convert.draw.alpha import erode, soft_box
from training.engine.convert.draw.drawing import Drawer, TrainedView
from training.engine.convert.draw.swap import draw_over
from training.engine.convert.settings import ConvertSettings
from training.engine.errors import ConversionRefused
from training.engine.models.face_model import Architecture, FaceModel, Prediction
from training.engine.run.folder import Side

HEIGHT, WIDTH = 300, 240
SKIN = (180, 120, 90)


class Striped(FaceModel):
    """Draws twice as large as it sees: green with stripes, and a mask of the upper half."""

    def __init__(self, *, with_mask: bool = False) -> None:
        super().__init__()
        self.with_mask = with_mask

    def swap(self, faces: Tensor, *, into: Side) -> Prediction:
        pictures = functional.interpolate(faces, scale_factor=2)
        pictures = pictures.mul(0.2) + torch.tensor([0.1, 0.6, 0.1])[:, None, None]
        pictures[:, :, ::4] *= 0.6
        masks = torch.ones_like(pictures[:, :1])
        masks[:, :, 32:] = 0
        return Prediction(pictures, masks if self.with_mask else None)


def drawer(*, with_mask: bool = False, **settings: Any) -> Drawer:
    return Drawer(
        model=Striped(with_mask=with_mask),
        architecture=Architecture("striped", 32, 64, Striped),
        into="a",
        view=TrainedView(coverage=0.8, centring="face", mask="extended"),
        settings=ConvertSettings.from_dict(settings),
        device=torch.device("cpu"),
    )


@pytest.fixture
def landmarks() -> Matrix:
    """A frontal face, 100 pixels wide."""
    angles = np.linspace(np.pi, 0, 17)
    jaw = np.stack([0.5 + 0.6 * np.cos(angles), 0.35 + 0.85 * np.sin(angles)], axis=1)
    return np.concatenate([jaw, MEAN_FACE]) * 100 + [70, 90]


def skin() -> Rgb:
    chance = np.random.default_rng(0).integers(-15, 15, (HEIGHT, WIDTH, 1))
    return (np.full((HEIGHT, WIDTH, 3), SKIN) + chance).astype(np.uint8)


def change(landmarks: Points, by: Drawer) -> np.ndarray:
    """By how many shades each pixel changes."""
    before = skin()
    after = before.copy()
    assert draw_over(by, [after], [[landmarks]]) == 1
    return np.abs(after.astype(int) - before).max(axis=2)


def edges(changed: np.ndarray, *, more_than: int = 12) -> tuple[int, int, int, int]:
    """left, top, right, bottom of what changed much."""
    rows, columns = np.nonzero(changed > more_than)
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def test_only_the_face_changes_and_its_edge_is_soft(landmarks: Matrix) -> None:
    changed = change(landmarks, drawer(colour={"match": "none"}))
    left, top, right, bottom = edges(changed)
    (first, _), (last, _) = landmarks[0], landmarks[16]
    assert first - 2 <= left < first + 15
    assert last - 15 < right <= last + 2
    assert bottom <= landmarks[8, 1] + 2
    assert top > landmarks[17:27, 1].min() - 25
    assert changed[150, 120] > 60
    # From one pixel to the next the slope at the chin is gentle.
    down = changed[int(landmarks[8, 1]) - 25 : int(landmarks[8, 1]) + 5, 120]
    assert np.abs(np.diff(down[np.argmax(down) :])).max() < 60


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_erosion_moves_the_edge_of_the_wanted_side_alone(landmarks: Matrix, side: str) -> None:
    plain = {"colour": {"match": "none"}}
    before = edges(change(landmarks, drawer(**plain)))
    after = edges(change(landmarks, drawer(**plain, erosion={side: 40})))
    for name, old, new in zip(("left", "top", "right", "bottom"), before, after, strict=True):
        if name == side:
            assert abs(new - old) >= 8
        elif name in {"left", "right"} or side in {"left", "right"}:
            assert abs(new - old) <= 8
    smaller = change(landmarks, drawer(**plain, erosion={side: 40}))
    assert (smaller > 12).sum() < (change(landmarks, drawer(**plain)) > 12).sum()


def test_whole_erosion_shrinks_and_grows_by_its_sign(landmarks: Matrix) -> None:
    def covered(percent: float) -> int:
        by = drawer(colour={"match": "none"}, erosion={"whole": percent})
        return int((change(landmarks, by) > 12).sum())

    assert covered(30) < covered(0) * 0.75
    assert covered(-20) > covered(0) * 1.15


def test_only_a_turned_head_is_eroded_and_on_its_far_side(landmarks: Matrix) -> None:
    grown = [{"from_yaw": 10, "to_yaw": 20, "far": 60}]
    plain = {"colour": {"match": "none"}}
    frontal = (
        change(landmarks, drawer(**plain)),
        change(landmarks, drawer(**plain, erosion_by_yaw=grown)),
    )
    assert np.array_equal(*frontal)

    turned = landmarks.copy()
    # The nose points to the picture's right: it moves there, and that half gets narrower.
    turned[27:36, 0] += 16
    turned[:, 0] = np.where(turned[:, 0] > 126, 126 + (turned[:, 0] - 126) * 0.65, turned[:, 0])
    before = edges(change(turned, drawer(**plain)))
    after = edges(change(turned, drawer(**plain, erosion_by_yaw=grown)))
    assert after[2] <= before[2] - 5
    assert abs(after[0] - before[0]) <= 2


@pytest.mark.parametrize("match", ["avg", "reinhard", "histogram", "seamless"])
def test_colours_come_nearer_to_those_of_the_replaced_face(landmarks: Matrix, match: str) -> None:
    def distance(match: str) -> float:
        after = skin()
        draw_over(drawer(colour={"match": match}), [after], [[landmarks]])
        return float(np.abs(after[130:170, 100:140].mean(axis=(0, 1)) - SKIN).max())

    assert distance("none") > 30
    assert distance(match) < 12


def test_colours_can_be_changed_by_hand(landmarks: Matrix) -> None:
    def mean(**colour: float) -> np.ndarray:
        after = skin()
        draw_over(drawer(colour=colour), [after], [[landmarks]])
        return after[130:170, 100:140].mean(axis=(0, 1))

    assert (mean(brightness=40) > mean() + 20).all()
    assert mean(red=40)[0] > mean()[0] + 20
    assert np.ptp(mean(saturation=-100)) < 3


def test_a_predicted_mask_is_obeyed_and_must_be_there(landmarks: Matrix) -> None:
    plain = {"colour": {"match": "none"}, "masks": ["extended", "predicted"]}
    changed = change(landmarks, drawer(with_mask=True, **plain))
    whole = change(landmarks, drawer(colour={"match": "none"}))
    assert edges(changed)[3] < edges(whole)[3] - 30
    with pytest.raises(ConversionRefused, match="predicts no mask"):
        drawer(masks=["predicted"])


def test_a_larger_face_and_a_sharper_one(landmarks: Matrix) -> None:
    plain = {"colour": {"match": "none"}}
    usual, larger = (change(landmarks, drawer(**plain, face_scale=scale)) for scale in (0.0, 20.0))
    assert (larger > 12).sum() > (usual > 12).sum() * 1.2

    def spread(**sharpen: Any) -> float:
        after = skin()
        draw_over(drawer(**plain, sharpen=sharpen), [after], [[landmarks]])
        return float(after[130:170, 100:140].std(axis=(0, 1)).mean())

    assert spread(kind="unsharp") > spread(kind="none") * 1.2


def test_faces_at_the_edge_and_two_in_one_picture(landmarks: Matrix) -> None:
    at_edge, before = landmarks - [110, 0], skin()
    after = before.copy()
    assert draw_over(drawer(), [after], [[at_edge, landmarks]]) == 2
    changed = np.abs(after.astype(int) - before).max(axis=2)
    assert changed[150, 10] > 0
    assert changed[150, 120] > 0
    assert draw_over(drawer(), [after], [[landmarks - 999]]) == 1
    assert draw_over(drawer(), [after], [[np.zeros((68, 2))]]) == 0


def test_each_face_of_a_batch_is_eroded_by_its_own_number() -> None:
    masks = torch.zeros(2, 1, 64, 64)
    masks[:, :, 16:48, 16:48] = 1
    smaller = erode(masks, {"left": torch.tensor([0.0, 10.0])})
    assert torch.equal(smaller[0], masks[0])
    assert smaller[1, 0, 32].sum() == 22
    assert smaller[1, 0, 32, 26:48].min() == 1


@pytest.mark.parametrize("length", [6, -6])
@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_a_side_moves_inward_or_outward_and_no_other_side_moves(side: str, length: int) -> None:
    mask = torch.zeros(1, 1, 64, 64)
    mask[:, :, 16:48, 16:48] = 1
    moved = erode(mask, {side: torch.tensor([float(length)])})[0, 0].numpy()
    expected = {"left": 16, "top": 16, "right": 47, "bottom": 47}
    expected[side] += length if side in {"left", "top"} else -length
    assert edges(moved, more_than=0) == tuple(expected.values())


def test_the_box_is_open_in_the_middle_and_shut_at_the_border() -> None:
    box = soft_box(0.06)[0, 0]
    assert box[128, 128] == 1
    assert box[0].max() == box[:, -1].max() == 0
