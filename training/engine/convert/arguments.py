"""The command line of `python -m training.engine.convert`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from training.engine.convert.limits import CHOICES
from training.engine.convert.settings import ConvertSettings, read_settings_file

CREDENTIALS_VARIABLE = "WINNOW_C2PA_DIR"
# Flag, the setting it sets, and what it means; numbers and words are told by their defaults.
FLAGS: dict[str, tuple[str, type[Any], str]] = {
    "--erode": ("erosion.whole", float, "move the mask's edge inward, %% of half the face"),
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
    "--brightness": ("colour.brightness", float, "-100 to 100"),
    "--contrast": ("colour.contrast", float, "-100 to 100"),
    "--saturation": ("colour.saturation", float, "-100 to 100"),
    "--red": ("colour.red", float, "-100 to 100"),
    "--green": ("colour.green", float, "-100 to 100"),
    "--blue": ("colour.blue", float, "-100 to 100"),
    "--sharpen": ("sharpen.kind", str, "how the drawn face is sharpened"),
    "--sharpen-amount": ("sharpen.amount", float, "%%"),
    "--sharpen-radius": ("sharpen.radius", float, "%% of the crop"),
    "--sharpen-threshold": ("sharpen.threshold", float, "%%"),
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
    "--precision": ("precision", str, "of the model"),
}
SIDE_FACES = {
    "--erode-far": "far",
    "--erode-near": "near",
    "--erode-from-yaw": "from_yaw",
    "--erode-to-yaw": "to_yaw",
}


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
    folder = (
        "folder with certificate.pem and key.pem to sign with (ES256), as also "
        f"{CREDENTIALS_VARIABLE} tells; without it, self-made ones are kept beside the checkpoints"
    )
    files.add_argument("--credentials", type=Path, help=folder)
    _add_settings(parser)
    given = parser.parse_args(arguments)
    if given.credentials is None and os.environ.get(CREDENTIALS_VARIABLE):
        given.credentials = Path(os.environ[CREDENTIALS_VARIABLE])
    given.settings = _settings(given)
    return given


def _add_settings(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("settings")
    group.add_argument("--settings", type=Path, metavar="FILE.json", help="what flags leave open")
    masks = "where the face is; given several times, where all agree (default: as trained)"
    group.add_argument(
        "--mask", action="append", dest="masks", choices=CHOICES["masks"], help=masks
    )
    weights = "face parsing or obstruction weights (.onnx, .safetensors); may be given again"
    group.add_argument("--segmentation", action="append", metavar="FILE", help=weights)
    for flag, (name, kind, told) in FLAGS.items():
        choices = CHOICES.get(name)
        group.add_argument(flag, dest=name, type=kind, choices=choices, help=told)
    sides = parser.add_argument_group(
        "side faces", "erosion that grows as the head turns, all there at --erode-to-yaw degrees"
    )
    for flag, name in SIDE_FACES.items():
        sides.add_argument(flag, dest=f"erosion_by_yaw.{name}", type=float)


def _settings(given: argparse.Namespace) -> ConvertSettings:
    """The file's settings, where no flag says otherwise."""
    told: dict[str, Any] = {} if given.settings is None else read_settings_file(given.settings)
    for name in ("masks", "segmentation"):
        if vars(given)[name] is not None:
            told[name] = vars(given)[name]
    for name, _, _ in FLAGS.values():
        value = vars(given)[name]
        if value is None:
            continue
        part, _, inner = name.rpartition(".")
        if not part:
            told[name] = value
        elif isinstance(told.setdefault(part, {}), dict):
            told[part][inner] = value
    turned = {
        name: vars(given)[f"erosion_by_yaw.{name}"]
        for name in SIDE_FACES.values()
        if vars(given)[f"erosion_by_yaw.{name}"] is not None
    }
    if turned:
        told["erosion_by_yaw"] = [*told.get("erosion_by_yaw", []), turned]
    return ConvertSettings.from_dict(told)
