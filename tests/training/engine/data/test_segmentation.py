"""The user's own nets say where the face is, or what covers it."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.training.engine.segmentation_weights import say_beside, write_onnx
from training.engine.data.segmentation import open_segmenter
from training.engine.data.unet import UNet
from training.engine.errors import SegmentationWrong

# Class 1 where red is stronger than green: the scores of a 1x1 convolution.
RED = np.array([[0, 0, 0], [40, -40, 0]], np.float32)


@pytest.fixture
def crops() -> NDArray[np.uint8]:
    """Three crops, 48 pixels wide: a red disc on green, half red, all green."""
    crops = np.full((3, 48, 48, 3), (30, 160, 40), np.uint8)
    rows, columns = np.mgrid[:48, :48]
    crops[0][(rows - 24) ** 2 + (columns - 24) ** 2 < 15**2] = (200, 60, 40)
    crops[1, :, 24:] = (200, 60, 40)
    return crops


def write_unet(path: Path, **said: object) -> Path:
    """A U-Net of two levels that hands red and green through to its classes."""
    net = UNet((4, 6), num_classes=2)
    weights = {name: torch.zeros_like(weight) for name, weight in net.state_dict().items()}
    for channel in range(2):
        weights["down.0.0.weight"][channel, channel, 1, 1] = 1
        weights["down.0.1.weight"][channel, channel, 1, 1] = 1
        # The level beside comes after the six doubled channels.
        weights["up.0.0.weight"][channel, 6 + channel, 1, 1] = 1
        weights["up.0.1.weight"][channel, channel, 1, 1] = 1
    weights["out.weight"][1, :2, 0, 0] = torch.tensor([40.0, -40.0])
    save_file(weights, path)
    return say_beside(path, **said)


def assert_red(masks: NDArray[np.uint8], crops: NDArray[np.uint8]) -> None:
    """The masks are where the crops are red, but for a pixel or two at the rim."""
    red = crops[..., 0] > crops[..., 1]
    assert masks.shape == red.shape
    assert masks.dtype == np.uint8
    assert ((masks > 127) != red).mean() < 0.02
    assert masks[2].max() <= 2
    assert masks[0, 24, 24] >= 253


@pytest.mark.parametrize("kind", ["onnx", "safetensors"])
def test_a_net_that_knows_red_faces_masks_them(
    tmp_path: Path, crops: NDArray[np.uint8], kind: str
) -> None:
    path = tmp_path / f"red.{kind}"
    write_onnx(path, RED) if kind == "onnx" else write_unet(path)
    segmenter = open_segmenter(path)
    assert segmenter.finds_faces
    assert_red(segmenter.masks(crops), crops)
    # One process sends it to another, which reads the file again.
    again = pickle.loads(pickle.dumps(segmenter))  # noqa: S301, our own
    assert np.array_equal(again.masks(crops), segmenter.masks(crops))


def test_a_net_that_knows_what_covers_a_face_leaves_the_rest(
    tmp_path: Path, crops: NDArray[np.uint8]
) -> None:
    path = write_onnx(tmp_path / "green.onnx", -RED, face=[], obstruction=[1])
    segmenter = open_segmenter(path)
    assert not segmenter.finds_faces
    assert_red(segmenter.masks(crops), crops)


def test_one_class_alone_is_there_or_not(tmp_path: Path, crops: NDArray[np.uint8]) -> None:
    path = write_onnx(tmp_path / "red.onnx", RED[1:], classes=1, face=[0])
    assert_red(open_segmenter(path).masks(crops), crops)


def test_channels_mean_and_deviation_are_those_the_net_was_taught_with(
    tmp_path: Path, crops: NDArray[np.uint8]
) -> None:
    # Only blue, the first channel, tells; a mean of 0.5 puts the limit between the two colours.
    first = np.array([[0, 0, 0], [80, 0, 0]], np.float32)
    said = {"channels": "bgr", "mean": [0.5, 0, 0], "std": [0.5, 1, 1]}
    segmenter = open_segmenter(write_onnx(tmp_path / "blue.onnx", first, **said))
    blue = crops[..., ::-1].copy()
    assert_red(segmenter.masks(blue), crops)


def test_other_weights_or_another_meaning_have_another_digest(tmp_path: Path) -> None:
    digests = {
        open_segmenter(write_onnx(tmp_path / "a.onnx", RED)).sha256,
        open_segmenter(write_onnx(tmp_path / "b.onnx", RED * 2)).sha256,
        open_segmenter(write_onnx(tmp_path / "c.onnx", RED, face=[0])).sha256,
    }
    assert len(digests) == 3
    same = open_segmenter(write_onnx(tmp_path / "d.onnx", RED))
    assert same.sha256 in digests


def test_files_that_are_missing_or_of_another_kind_are_named(tmp_path: Path) -> None:
    with pytest.raises(SegmentationWrong, match=r"none\.onnx cannot be read"):
        open_segmenter(tmp_path / "none.onnx")
    alone = write_onnx(tmp_path / "alone.onnx", RED)
    alone.with_suffix(".json").unlink()
    with pytest.raises(SegmentationWrong, match=r"alone\.json cannot be read"):
        open_segmenter(alone)
    pickled = say_beside(tmp_path / "net.pth")
    pickled.write_bytes(pickle.dumps({}))
    with pytest.raises(SegmentationWrong, match=r"neither \.onnx nor \.safetensors"):
        open_segmenter(pickled)
    for kind in ("onnx", "safetensors"):
        mangled = say_beside(tmp_path / f"mangled.{kind}")
        mangled.write_bytes(b"these are no weights")
        with pytest.raises(SegmentationWrong, match="cannot be read as segmentation weights"):
            open_segmenter(mangled)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"format": "other/1"}, "format is not"),
        ({"size": 0}, "size must be a whole number"),
        ({"size": "256"}, "size must be a whole number"),
        ({"face": []}, "at least one"),
        ({"face": [2]}, "must list classes"),
        ({"channels": "hsv"}, "rgb or bgr"),
        ({"mean": [0.5]}, "three numbers"),
        ({"std": [1, 1, 0]}, "more than 0"),
        ({"scores": "percent"}, "logits or probabilities"),
        ({"labels": ["skin"]}, "labels"),
    ],
)
def test_what_is_said_wrong_about_weights_is_named(
    tmp_path: Path, said: dict[str, object], sentence: str
) -> None:
    path = write_onnx(tmp_path / "red.onnx", RED, **said)
    with pytest.raises(SegmentationWrong, match=sentence):
        open_segmenter(path)


def test_an_answer_of_the_wrong_shape_or_no_number_is_refused(
    tmp_path: Path, crops: NDArray[np.uint8]
) -> None:
    short = open_segmenter(write_onnx(tmp_path / "short.onnx", RED, classes=3))
    with pytest.raises(SegmentationWrong, match=r"expected \(3, 3, height, width\)"):
        short.masks(crops)
    write_unet(tmp_path / "broken.safetensors")
    weights = load_file(tmp_path / "broken.safetensors")
    weights["out.bias"][0] = torch.nan
    save_file(weights, tmp_path / "broken.safetensors")
    for path in (
        tmp_path / "broken.safetensors",
        write_onnx(tmp_path / "broken.onnx", np.full_like(RED, np.nan)),
    ):
        with pytest.raises(SegmentationWrong, match="not finite"):
            open_segmenter(path).masks(crops)
    odd = open_segmenter(write_unet(tmp_path / "odd.safetensors", size=31))
    with pytest.raises(SegmentationWrong, match="multiple of 2"):
        odd.masks(crops)


def test_weights_of_another_net_are_refused(tmp_path: Path) -> None:
    weights: dict[str, Tensor] = UNet((4, 6), num_classes=2).state_dict()
    del weights["up.0.1.bias"]
    save_file(weights, tmp_path / "less.safetensors")
    with pytest.raises(SegmentationWrong, match=r"up\.0\.1\.bias"):
        open_segmenter(say_beside(tmp_path / "less.safetensors"))
    save_file({"conv.weight": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(SegmentationWrong, match=r"no down\.0\.0\.weight"):
        open_segmenter(say_beside(tmp_path / "other.safetensors"))
