"""Face masks by a segmentation model that the user provides: face parsing or obstructions.

The weights are an ONNX file, or a safetensors file of the U-Net in unet.py. Their inputs
and classes are described by a JSON file beside them, of the same name with `.json`:

    {"format": "winnow-segmentation/1", "size": 256, "classes": 3, "face": [1], "obstruction": [2],
     "channels": "rgb", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
     "scores": "logits"}

`size` is the side of the square input in pixels, whose colours are (value / 255 - mean) / std.
The net gives (N, classes, H, W). The mask is where a `face` class is (everywhere if none is
given) and no `obstruction` class. The last four are optional; the defaults are rgb, 0, 1, logits.
Logits of one class go through a sigmoid, of several through a softmax; `"probabilities"` are used
as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from training.engine.errors import SegmentationWrong

FORMAT = "winnow-segmentation/1"
LARGEST_INPUT = 2048
AT_ONCE = 8
"""Batch size in crops."""

Floats = NDArray[np.float32]
Net = Callable[[Floats], NDArray[Any]]
"""Gives (N, 3, size, size) pictures their scores (N, classes, H, W)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentationSpec:
    """Input format and classes of a segmentation model."""

    size: int
    classes: int
    face: tuple[int, ...] = ()
    obstruction: tuple[int, ...] = ()
    channels: Literal["rgb", "bgr"] = "rgb"
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    scores: Literal["logits", "probabilities"] = "logits"

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> SegmentationSpec:
        """Raises ValueError or TypeError with the problem."""
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in given.items()
        }
        if values.pop("format", None) != FORMAT:
            raise ValueError(f"its format is not {FORMAT!r}")
        meaning = cls(**values)
        meaning._check()
        return meaning

    def _check(self) -> None:
        for name, highest in (("size", LARGEST_INPUT), ("classes", 1000)):
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= highest:
                raise ValueError(f"{name} must be a whole number from 1 to {highest}")
        named = (*self.face, *self.obstruction)
        if not named or any(type(i) is not int or not 0 <= i < self.classes for i in named):
            raise ValueError("face and obstruction must list classes, counted from 0, at least one")
        if self.channels not in {"rgb", "bgr"}:
            raise ValueError("channels must be rgb or bgr")
        if self.scores not in {"logits", "probabilities"}:
            raise ValueError("scores must be logits or probabilities")
        if len(self.mean) != 3 or len(self.std) != 3 or not np.isfinite(self.mean).all():
            raise ValueError("mean and std must be three numbers each")
        if not (np.isfinite(self.std).all() and min(self.std) > 0):
            raise ValueError("std must be more than 0")


@dataclass(slots=True, eq=False)
class Segmenter:
    """Segments faces with the user's weights, loaded when first needed.

    Picklable: another process reads the file again.
    """

    path: Path
    meaning: SegmentationSpec
    sha256: str
    """Digest of the weights and their JSON file."""
    _net: Net | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return Segmenter, (self.path, self.meaning, self.sha256)

    @property
    def finds_faces(self) -> bool:
        """Whether it segments the face, and not only obstructions."""
        return bool(self.meaning.face)

    def masks(self, crops: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Masks, uint8 (N, S, S), of crops, uint8 (N, S, S, 3) RGB: 255 where the face shows.

        Raises SegmentationWrong when the weights cannot be used.
        """
        if crops.dtype != np.uint8 or crops.ndim != 4 or crops.shape[3] != 3:
            raise ValueError(f"crops must be uint8 (N, S, S, 3), not {crops.dtype} {crops.shape}")
        masks = np.empty(crops.shape[:3], np.uint8)
        for start in range(0, len(crops), AT_ONCE):
            part = crops[start : start + AT_ONCE]
            for place, share in enumerate(self._shares(part), start=start):
                size = (crops.shape[2], crops.shape[1])
                fine = cv2.resize(share, size, interpolation=cv2.INTER_LINEAR)
                masks[place] = np.round(fine.clip(0, 1) * 255)
        return masks

    def _shares(self, crops: NDArray[np.uint8]) -> Floats:
        """Face probability of each pixel: (N, H, W)."""
        if self._net is None:
            self._net = _open_net(self.path)
        meaning = self.meaning
        side = (meaning.size, meaning.size)
        seen = np.stack([cv2.resize(crop, side, interpolation=cv2.INTER_AREA) for crop in crops])
        ordered = seen if meaning.channels == "rgb" else seen[..., ::-1]
        mean, std = np.array(meaning.mean, np.float32), np.array(meaning.std, np.float32)
        scaled = (ordered.astype(np.float32) / 255 - mean) / std
        try:
            answer = self._net(np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), np.float32))
        except (cv2.error, RuntimeError) as error:
            raise SegmentationWrong(
                f"{self.path} cannot be run on pictures of {side[0]} x {side[1]} pixels: {error}",
                file=str(self.path),
            ) from error
        return self._meant(answer, len(crops))

    def _meant(self, answer: NDArray[Any], count: int) -> Floats:
        """The face probability from the model's output."""
        meaning = self.meaning
        if answer.ndim != 4 or answer.shape[:2] != (count, meaning.classes):
            raise SegmentationWrong(
                f"{self.path} outputs {answer.shape} for {count} pictures; expected "
                f"({count}, {meaning.classes}, height, width). Correct classes in its JSON file.",
                file=str(self.path),
            )
        # OpenCV replaces infinity and NaN by the largest float.
        if not (np.abs(answer) < np.finfo(np.float32).max).all():
            raise SegmentationWrong(
                f"{self.path} outputs values that are not finite; its weights are damaged, or "
                "mean and std in its JSON file are wrong.",
                file=str(self.path),
            )
        shares = answer if meaning.scores == "probabilities" else _probabilities(answer)
        face = shares[:, list(meaning.face)].sum(axis=1) if meaning.face else 1
        meant: Floats = face * (1 - shares[:, list(meaning.obstruction)].sum(axis=1))
        return meant.astype(np.float32)


def open_segmenter(path: Path) -> Segmenter:
    """The user's segmentation weights in a `.onnx` or `.safetensors` file, with its JSON beside it.

    Raises SegmentationWrong when a file is missing or invalid.
    """
    about = path.with_suffix(".json")
    try:
        weights, said = path.read_bytes(), about.read_bytes()
    except OSError as error:
        raise SegmentationWrong(
            f"{error.filename} cannot be read ({error.strerror}); segmentation needs the weights "
            "and, beside them, a JSON file of the same name that describes their classes.",
            file=str(error.filename),
        ) from error
    try:
        given = json.loads(said)
        if not isinstance(given, dict):
            raise TypeError("it holds no JSON object")
        meaning = SegmentationSpec.from_dict(given)
    except (ValueError, TypeError) as error:
        raise SegmentationWrong(
            f"{about} does not describe {path.name}: {error}. The head of "
            "training/engine/data/segmentation.py shows the format.",
            file=str(about),
        ) from error
    digest = hashlib.sha256(hashlib.sha256(weights).digest() + said).hexdigest()
    # Loaded at once, so that an invalid file is reported first.
    return Segmenter(path, meaning, digest, _open_net(path))


def _open_net(path: Path) -> Net:
    try:
        if path.suffix == ".onnx":
            return _onnx(path)
        if path.suffix == ".safetensors":
            return _safetensors(path)
    except Exception as error:  # each reader trips over mangled bytes in its own ways
        raise SegmentationWrong(
            f"{path} cannot be read as segmentation weights: {error}", file=str(path)
        ) from error
    raise SegmentationWrong(
        f"{path} is neither .onnx nor .safetensors; other formats are not supported.",
        file=str(path),
    )


def _onnx(path: Path) -> Net:
    net = cv2.dnn.readNetFromONNX(str(path))

    def run(pictures: Floats) -> NDArray[Any]:
        net.setInput(pictures)
        return np.asarray(net.forward())

    return run


def _safetensors(path: Path) -> Net:
    # Imported here: extracting faces without such weights needs no torch.
    import torch  # noqa: PLC0415
    from safetensors.torch import load_file  # noqa: PLC0415

    from training.engine.data.unet import UNet  # noqa: PLC0415

    if parent_process() is not None:
        # A worker process shares the processors with others.
        torch.set_num_threads(1)
    net = UNet.from_weights(load_file(path)).eval()

    def run(pictures: Floats) -> NDArray[Any]:
        if pictures.shape[2] % net.step:
            raise RuntimeError(f"size in its JSON file must be a multiple of {net.step}")
        with torch.inference_mode():
            answer: NDArray[Any] = net(torch.from_numpy(pictures)).numpy()
        return answer

    return run


def _probabilities(logits: NDArray[Any]) -> Floats:
    """Logits (N, C, H, W) as probabilities: sigmoid for one class, else softmax."""
    if logits.shape[1] == 1:
        powers = np.exp(-logits.clip(-60, 60))
        shares = 1 / (1 + powers)
    else:
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
    return np.asarray(shares, np.float32)
