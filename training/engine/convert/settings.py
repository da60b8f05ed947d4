"""All that a conversion can be told besides what goes in and out, as one checked value."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from training.engine.convert.frame_ranges import FrameRanges
from training.engine.convert.limits import (
    BlendKind,
    ColourMatch,
    Corner,
    MaskSource,
    SharpenKind,
    problems_of,
    rises,
    sentence,
    softness_problems,
)
from training.engine.errors import ConversionRefused


@dataclass(frozen=True, kw_only=True, slots=True)
class Erosion:
    """By how much the mask's edge moves inward, in % of half the face's size; less than 0: outward.

    A face's size is the square root of its mask's area. Left and right are the picture's, on a
    face turned upright.
    """

    whole: float = 0.0
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ErosionByYaw:
    """Erosion that grows with a head's turn to either side, so that a profile stays sharp.

    It begins at `from_yaw` degrees and is all there from `to_yaw` on. The far side is the one
    that the nose points to, which turns away from the camera. It adds to the other erosion.
    """

    from_yaw: float = 15.0
    to_yaw: float = 45.0
    far: float = 0.0
    near: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    whole: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Blend:
    """How the mask's edge is softened; it is soft to the inside alone, so nothing spills over."""

    kind: BlendKind = "gaussian"
    """`normalised` is a plain mean of the neighbours; `none` leaves the edge hard."""
    kernel: float = 4.0
    """Width of the softened edge, in % of the crop's side."""
    passes: int = 1
    """So many times one after the other: a longer, smoother slope."""
    threshold: float = 0.0
    """What covers less than so many % counts as nothing, and what is as near to all as all."""
    box: float = 6.0
    """% of the crop's side over which its border fades, should the mask reach it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Colour:
    """How the drawn face takes on the colours of the one it replaces, and what is added by hand."""

    match: ColourMatch = "avg"
    """Means; means and spreads in Lab (Reinhard); whole histograms; or Poisson cloning."""
    brightness: float = 0.0
    """This one and the next five: from -100 to 100, where 0 changes nothing."""
    contrast: float = 0.0
    saturation: float = 0.0
    red: float = 0.0
    green: float = 0.0
    blue: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Sharpen:
    """How the drawn face is sharpened."""

    kind: SharpenKind = "none"
    """`unsharp` leaves what differs by less than the threshold; `gaussian` sharpens all."""
    amount: float = 100.0
    """% of the difference to the blurred face that is added."""
    radius: float = 1.5
    """Of the blur, in % of the crop's side."""
    threshold: float = 2.0
    """In % of the span from black to white."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelLook:
    """Where the visible words stand and how large; there is no leaving them out."""

    position: Corner = "lower-left"
    size: float = 3.5
    """Height of the letters in % of the picture's shorter side."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Film:
    """How a video is encoded (H.264)."""

    crf: int = 18
    """Quality: 0 loses nothing, 51 nearly everything."""
    preset: str = "medium"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConvertSettings:
    """How faces are found, followed, drawn over, and told to be generated."""

    masks: tuple[MaskSource, ...] = ()
    """The face is where all of these are; none named: as the run was trained."""
    segmentation: tuple[str, ...] = ()
    """Files with face parsing or obstruction weights, whose masks count besides."""
    erosion: Erosion = field(default_factory=Erosion)
    erosion_by_yaw: tuple[ErosionByYaw, ...] = ()
    blend: Blend = field(default_factory=Blend)
    colour: Colour = field(default_factory=Colour)
    sharpen: Sharpen = field(default_factory=Sharpen)
    label: LabelLook = field(default_factory=LabelLook)
    film: Film = field(default_factory=Film)
    face_scale: float = 0.0
    """% by which the drawn face is larger than the one it replaces."""
    frames: str = ""
    """Frames of a video to convert, counted from 1, as in `10-50,100-`; blank is all."""
    other_frames: Literal["keep", "drop"] = "keep"
    """Whether the other frames stay, unchanged, or go, and their sound with them."""
    only_like: str | None = None
    """A portrait: only this person's face is drawn over."""
    same_person: float = 0.6
    """Two dlib descriptors nearer than this are taken for the same person."""
    detect_every: int = 3
    """Faces are looked for in every so many frames of a video, and followed in between."""
    bridge: int = 12
    """A face that is not found for so many frames, and then again, was there all the time."""
    smoothing: float = 0.7
    """Frames to either side over which landmarks are averaged (standard deviation); 0 is none."""
    batch: int = 16
    """Faces that are drawn together."""
    workers: int = 0
    """Threads that look for faces; 0 takes as many as there are processors, up to 8."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    """Of the model alone; `auto` is bf16 on a GPU and fp32 on a CPU."""

    def __post_init__(self) -> None:
        blend = self.blend
        problems = [
            *problems_of(self),
            *softness_problems(blend.kind, blend.kernel, blend.passes),
        ]
        try:
            FrameRanges.read(self.frames)
        except (ValueError, AttributeError):
            problems.append(f"frames must be ranges as in 10-50,100-, not {self.frames!r}")
        problems += [
            f"{name} names the same one twice"
            for name, values in (("masks", self.masks), ("segmentation", self.segmentation))
            if len(set(values)) < len(values)
        ]
        problems += [
            f"erosion_by_yaw.{place}.to_yaw must be more than from_yaw ({grown.from_yaw})"
            for place, grown in enumerate(self.erosion_by_yaw)
            if not rises(grown.from_yaw, grown.to_yaw)
        ]
        if problems:
            raise ConversionRefused(sentence(problems), problems=problems)

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> Self:
        """The settings in `given`, as JSON holds them; what is missing is as usual.

        Raises ConversionRefused, naming every unknown or wrong setting at once.
        """
        problems: list[str] = []
        made = _read(cls, given, "", problems)
        try:
            settings = cls(**made)
        except ConversionRefused as refusal:
            problems += refusal.context["problems"]
        if problems:
            raise ConversionRefused(sentence(problems), problems=problems)
        return settings

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON holds them, so that from_dict gives the same value again."""
        as_json: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        return as_json


def read_settings_file(path: Path) -> dict[str, Any]:
    """What a JSON file of settings says. Raises ConversionRefused when it cannot be read."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConversionRefused(f"The settings {path} cannot be read: {error}.") from error
    if not isinstance(given, dict):
        raise ConversionRefused(f"The settings {path} must be one JSON object.")
    return given


PARTS: dict[str, type[Any]] = {
    "erosion": Erosion,
    "blend": Blend,
    "colour": Colour,
    "sharpen": Sharpen,
    "label": LabelLook,
    "film": Film,
}
LISTS: dict[str, type[Any] | None] = {
    "masks": None,
    "segmentation": None,
    "erosion_by_yaw": ErosionByYaw,
}


def _read(kind: type[Any], given: Any, prefix: str, problems: list[str]) -> dict[str, Any]:
    """The fields of `kind` in `given`, whole parts made; what is wrong goes to `problems`."""
    if not isinstance(given, dict):
        problems.append(f"{prefix.rstrip('.') or 'the settings'} must be an object")
        return {}
    known = {each.name for each in dataclasses.fields(kind)}
    problems += [f"unknown setting: {prefix}{name}" for name in sorted(given.keys() - known)]
    made: dict[str, Any] = {}
    for name in known & given.keys():
        value = given[name]
        if kind is ConvertSettings and name in PARTS:
            value = PARTS[name](**_read(PARTS[name], value, f"{name}.", problems))
        elif kind is ConvertSettings and name in LISTS:
            value = _read_list(LISTS[name], value, name, problems)
        made[name] = value
    return made


def _read_list(
    kind: type[Any] | None, given: Any, name: str, problems: list[str]
) -> tuple[Any, ...]:
    if not isinstance(given, list | tuple):
        problems.append(f"{name} must be a list")
        return ()
    if kind is None:
        return tuple(given)
    return tuple(
        kind(**_read(kind, each, f"{name}.{place}.", problems)) for place, each in enumerate(given)
    )
