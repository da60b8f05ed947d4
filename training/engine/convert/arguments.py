"""The command line of `python -m training.engine.convert`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from training.engine.convert.limits import CHOICES, NUMBERS, WHOLE, sentence
from training.engine.convert.settings import (
    PARTS,
    ConvertSettings,
    ErosionByYaw,
    read_settings_file,
)
from training.engine.credentials.provenance import CREDENTIALS_HELP
from training.engine.errors import ConversionRefused

# Flag, the setting it sets, its kind, and what it means; limits and defaults are told besides.
FLAGS: dict[str, tuple[str, type[Any], str]] = {
    "--erode": (
        "erosion.whole",
        float,
        "move the mask's edge inward (or outward), %% of half the face",
    ),
    "--erode-left": ("erosion.left", float, "the same on the picture's left side alone"),
    "--erode-top": ("erosion.top", float, "... at the top"),
    "--erode-right": ("erosion.right", float, "... on the right"),
    "--erode-bottom": ("erosion.bottom", float, "... at the bottom"),
    "--blend": ("blend.kind", str, "how the mask's edge is softened"),
    "--blend-kernel": ("blend.kernel", float, "width of the soft edge, %% of the crop"),
    "--blend-passes": ("blend.passes", int, "how often it is softened"),
    "--blend-threshold": ("blend.threshold", float, "%% of cover that count as nothing"),
    "--blend-box": ("blend.box", float, "%% of the crop over which its border fades"),
    "--colour": ("colour.match", str, "how the colours of the replaced face are taken on"),
    "--brightness": ("colour.brightness", float, "lighter or darker"),
    "--contrast": ("colour.contrast", float, "more or less contrast"),
    "--saturation": ("colour.saturation", float, "more or less colour"),
    "--red": ("colour.red", float, "more or less red"),
    "--green": ("colour.green", float, "more or less green"),
    "--blue": ("colour.blue", float, "more or less blue"),
    "--sharpen": ("sharpen.kind", str, "how the drawn face is sharpened"),
    "--sharpen-amount": ("sharpen.amount", float, "%% of the difference to the blurred face"),
    "--sharpen-radius": ("sharpen.radius", float, "%% of the crop"),
    "--sharpen-threshold": (
        "sharpen.threshold",
        float,
        "what unsharp leaves alone, %% of full contrast",
    ),
    "--label-position": ("label.position", str, "corner of the words that tell it is generated"),
    "--label-size": ("label.size", float, "height of the letters, %% of the shorter side"),
    "--crf": ("film.crf", int, "quality of the video: 0 the best, 51 the worst"),
    "--preset": ("film.preset", str, "x264's preset: how long it may think"),
    "--face-scale": ("face_scale", float, "%% by which the drawn face is larger"),
    "--frames": ("frames", str, "frames to convert, counted from 1, as in 10-50,100-"),
    "--other-frames": ("other_frames", str, "keep the others unchanged, or drop them"),
    "--only-like": ("only_like", str, "swap only faces of the person in this picture"),
    "--same-person": ("same_person", float, "how far descriptors of one person may differ"),
    "--detect-every": ("detect_every", int, "look for faces in every so many frames"),
    "--bridge": ("bridge", int, "frames for which a face may not be found"),
    "--smoothing": ("smoothing", float, "frames to either side that landmarks are averaged over"),
    "--batch": ("batch", int, "faces drawn together"),
    "--workers": ("workers", int, "threads that look for faces; 0 chooses"),
    "--device": ("device", str, "where faces are drawn"),
    "--precision": ("precision", str, "what the model computes in"),
}
SIDE_FACES: dict[str, tuple[str, str]] = {
    "--erode-far": ("far", "on the side the nose points to, %% of half the face"),
    "--erode-near": ("near", "on the other side"),
    "--erode-from-yaw": ("from_yaw", "degrees from which it grows"),
    "--erode-to-yaw": ("to_yaw", "degrees from which it is all there"),
}
METAVARS: dict[Any, str] = {float: "NUMBER", int: "N", "frames": "RANGES", "only_like": "FILE"}


def read_arguments(arguments: list[str] | None, *, about: str | None) -> argparse.Namespace:
    """What was given; `settings` holds the ConvertSettings. Raises ConversionRefused."""
    parser = argparse.ArgumentParser(prog="training.engine.convert", description=about)
    files = parser.add_argument_group("what goes in and out")
    checkpoint = "a .safetensors file, or a run folder for its last checkpoint"
    files.add_argument("--checkpoint", type=Path, required=True, help=checkpoint)
    source = "a picture, a folder of pictures, or a video"
    files.add_argument("--input", type=Path, required=True, help=source)
    files.add_argument("--output", type=Path, required=True, help="the same kind, to be written")
    whose = "whose face is put in: the run's a or b"
    files.add_argument("--into", choices=("a", "b"), required=True, help=whose)
    files.add_argument("--credentials", type=Path, metavar="DIR", help=CREDENTIALS_HELP)
    _add_settings(parser)
    given = parser.parse_args(arguments)
    given.settings = _settings(given)
    return given


def _add_settings(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("settings")
    file = "settings by the names in docs/engine.md; flags go before them"
    group.add_argument("--settings", type=Path, metavar="FILE.json", help=file)
    masks = "where the face is; given several times, where all agree (default: as trained)"
    group.add_argument(
        "--mask", action="append", dest="masks", choices=CHOICES["masks"], help=masks
    )
    weights = "face parsing or obstruction weights (.onnx, .safetensors); may be given again"
    group.add_argument("--segmentation", action="append", metavar="FILE", help=weights)
    for flag, (name, kind, told) in FLAGS.items():
        _add(group, flag, name, kind, told)
    sides = parser.add_argument_group("side faces", "erosion that grows as the head turns")
    for flag, (name, told) in SIDE_FACES.items():
        _add(sides, flag, f"erosion_by_yaw.{name}", float, told)


def _add(group: Any, flag: str, name: str, kind: type[Any], told: str) -> None:
    choices = CHOICES.get(name)
    metavar = None if choices else METAVARS.get(name, METAVARS.get(kind))
    limits = NUMBERS.get(name) or WHOLE.get(name)
    told += f" ({limits[0]:g} to {limits[1]:g}; " if limits else " ("
    told += f"default: {_usual(name)})"
    group.add_argument(flag, dest=name, type=kind, choices=choices, metavar=metavar, help=told)


def _usual(name: str) -> str:
    """What a setting is when nobody says anything."""
    part, _, inner = name.rpartition(".")
    of = ErosionByYaw() if part == "erosion_by_yaw" else ConvertSettings()
    value = getattr(getattr(of, part) if part in PARTS else of, inner)
    if value in (None, ""):
        return "all"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _settings(given: argparse.Namespace) -> ConvertSettings:
    """The file's settings, where no flag says otherwise. Raises ConversionRefused."""
    told: dict[str, Any] = {} if given.settings is None else read_settings_file(given.settings)
    flags: dict[str, str] = {}
    wanted = {"masks": "--mask", "segmentation": "--segmentation"}
    wanted |= {name: flag for flag, (name, _, _) in FLAGS.items()}
    for name, flag in wanted.items():
        value = vars(given)[name]
        if value is None:
            continue
        flags[name] = flag
        part, _, inner = name.rpartition(".")
        if not part:
            told[name] = value
        elif isinstance(told.setdefault(part, {}), dict):
            told[part][inner] = value
    turned = {
        name: vars(given)[f"erosion_by_yaw.{name}"]
        for name, _ in SIDE_FACES.values()
        if vars(given)[f"erosion_by_yaw.{name}"] is not None
    }
    if turned and isinstance(told.setdefault("erosion_by_yaw", []), list):
        place = len(told["erosion_by_yaw"])
        told["erosion_by_yaw"] = [*told["erosion_by_yaw"], turned]
        flags |= {f"erosion_by_yaw.{place}.{name}": flag for flag, (name, _) in SIDE_FACES.items()}
    try:
        return ConvertSettings.from_dict(told)
    except ConversionRefused as refusal:
        problems = [_by_flag(problem, flags) for problem in refusal.context["problems"]]
        raise ConversionRefused(sentence(problems), problems=problems) from None


def _by_flag(problem: str, flags: dict[str, str]) -> str:
    """What is wrong with a setting that a flag gave, told of the flag."""
    name, space, rest = problem.partition(" ")
    return flags.get(name, name) + space + rest
