"""What a conversion's settings may be."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Literal, get_args

MaskSource = Literal["components", "extended", "predicted"]
BlendKind = Literal["gaussian", "normalised", "none"]
ColourMatch = Literal["none", "avg", "reinhard", "histogram", "seamless"]
SharpenKind = Literal["none", "unsharp", "gaussian"]
Corner = Literal["lower-left", "lower-right", "upper-left", "upper-right"]
Range = tuple[float, float]

CHOICES: dict[str, tuple[Any, ...]] = {
    "masks": get_args(MaskSource),
    "blend.kind": get_args(BlendKind),
    "colour.match": get_args(ColourMatch),
    "sharpen.kind": get_args(SharpenKind),
    "label.position": get_args(Corner),
    "other_frames": ("keep", "drop"),
    "device": ("auto", "cpu", "cuda"),
    "precision": ("auto", "fp32", "bf16", "fp16"),
    "film.preset": (
        *("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"),
        "veryslow",
    ),
}
NUMBERS: dict[str, Range] = {
    **{f"erosion.{side}": (-100, 100) for side in ("whole", "left", "top", "right", "bottom")},
    **{f"erosion_by_yaw.{side}": (-100, 100) for side in ("whole", "far", "near", "top", "bottom")},
    "erosion_by_yaw.from_yaw": (0, 90),
    "erosion_by_yaw.to_yaw": (0, 90),
    "blend.kernel": (0.1, 25),
    "blend.threshold": (0, 49),
    "blend.box": (0, 50),
    **{
        f"colour.{name}": (-100, 100)
        for name in ("brightness", "contrast", "saturation", "red", "green", "blue")
    },
    "sharpen.amount": (0, 500),
    "sharpen.radius": (0.1, 10),
    "sharpen.threshold": (0, 100),
    "label.size": (2, 15),
    "face_scale": (-30, 30),
    "same_person": (0.1, 1.5),
    "smoothing": (0, 5),
}
WHOLE: dict[str, tuple[int, int]] = {
    "blend.passes": (1, 8),
    "film.crf": (0, 51),
    "detect_every": (1, 50),
    "bridge": (0, 100),
    "batch": (1, 256),
    "workers": (0, 64),
}


def problems_of(part: Any, prefix: str = "", shown: str | None = None) -> list[str]:
    """The sentences that say what is wrong with the values of a part and of those inside it."""
    found: list[str] = []
    for each in dataclasses.fields(part):
        name, value = prefix + each.name, getattr(part, each.name)
        told = (prefix if shown is None else shown) + each.name
        if dataclasses.is_dataclass(value):
            found += problems_of(value, f"{name}.")
        elif isinstance(value, tuple):
            for place, item in enumerate(value):
                if dataclasses.is_dataclass(item):
                    found += problems_of(item, f"{name}.", f"{name}.{place}.")
                else:
                    found += _wrong(name, told, item)
        else:
            found += _wrong(name, told, value)
    return found


def _wrong(name: str, told: str, value: Any) -> list[str]:
    number = _is_number(value)
    if name in CHOICES and value not in CHOICES[name]:
        return [f"{told} must be one of {', '.join(CHOICES[name])}, not {value!r}"]
    if name in NUMBERS:
        lowest, highest = NUMBERS[name]
        if not (number and lowest <= value <= highest):
            return [f"{told} must be a number from {lowest:g} to {highest:g}, not {value!r}"]
    if name in WHOLE:
        first, last = WHOLE[name]
        if not (number and isinstance(value, int) and first <= value <= last):
            return [f"{told} must be a whole number from {first} to {last}, not {value!r}"]
    if name == "segmentation" and not (isinstance(value, str) and value):
        return [f"{told} must name files, not {value!r}"]
    if name == "only_like" and not (value is None or (isinstance(value, str) and value)):
        return [f"{told} must name a portrait, not {value!r}"]
    return []


def softness_problems(kind: Any, kernel: Any, passes: Any) -> list[str]:
    """The sentence that says an edge would be so soft that hardly anything of the face is left."""
    if kind == "none":
        return []
    _, widest = NUMBERS["blend.kernel"]
    if not (_is_number(kernel) and _is_number(passes) and kernel <= widest and passes >= 1):
        return []
    most = math.floor(widest / math.sqrt(passes) * 10) / 10
    if kernel <= most:
        return []
    told = f"blend.kernel {kernel:g} in {passes} blend.passes would leave hardly any of the face"
    return [f"{told}; with so many passes it must be {most:g} at most"]


def rises(first: Any, last: Any) -> bool:
    """Whether two numbers are in order; what is no number is told elsewhere."""
    return not (_is_number(first) and _is_number(last)) or first < last


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def sentence(problems: list[str]) -> str:
    """All that is wrong, in one sentence."""
    return "Mend the settings: " + "; ".join(problems) + "."
