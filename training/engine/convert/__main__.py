"""Puts a trained face into pictures or a video: `python -m training.engine.convert`.

Ends with 0 when the output is written, 2 when something given to it is wrong, 1 otherwise.
"""

from __future__ import annotations

import argparse
import signal
import sys
from mimetypes import guess_type
from pathlib import Path
from types import FrameType
from typing import Literal

from training.engine.checkpoints.checkpoint import read_checkpoint
from training.engine.convert.arguments import read_arguments
from training.engine.convert.draw.swap import FaceSwapper
from training.engine.convert.mark import Marker
from training.engine.convert.pictures import SAVING, convert_folder, convert_picture
from training.engine.convert.video import CONTAINERS, convert_video
from training.engine.credentials.provenance import credentials_for, describe_model
from training.engine.errors import FAILURES, ConversionRefused
from training.engine.phrasing import counted
from training.engine.run.events import say

Kind = Literal["folder", "picture", "video"]
INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    try:
        given = read_arguments(arguments, about=__doc__)
        replaced = given.output.is_file()
        convert(given)
    except FAILURES as refusal:
        say(refusal.message)
        return refusal.exit_code
    except KeyboardInterrupt:
        of_folder = given.input.is_dir()
        say(f"interrupted: {'nothing else' if of_folder else 'nothing'} was written")
        return INTERRUPTED
    say(f"{'replaced' if replaced else 'written'}: {given.output}")
    return 0


def convert(given: argparse.Namespace) -> None:
    """Do what was asked for. Raises any EngineError."""
    refuse_overwriting(given.input, given.output)
    kind = kind_of(given.input, given.output)
    checkpoint = read_checkpoint(given.checkpoint)
    credentials = credentials_for(checkpoint, given.credentials)
    marker = Marker(credentials, {**describe_model(checkpoint), "face_put_in": given.into})
    swapper = FaceSwapper(checkpoint, into=given.into, settings=given.settings)
    if kind == "folder":
        convert_folder(given.input, given.output, swapper=swapper, marker=marker)
        return
    given.output.parent.mkdir(parents=True, exist_ok=True)
    if kind == "picture":
        faces = convert_picture(given.input, given.output, swapper=swapper, marker=marker)
        say(counted(faces, "face"))
    else:
        convert_video(given.input, given.output, swapper=swapper, marker=marker)


def refuse_overwriting(source: Path, target: Path) -> None:
    """Raise ConversionRefused when there is no source or the target is the source itself."""
    if not source.exists():
        raise ConversionRefused(f"There is nothing at {source}.")
    if target.exists() and target.samefile(source):
        raise ConversionRefused(
            f"The output {target} is the input itself; name another output, so that it stays."
        )


def kind_of(source: Path, target: Path) -> Kind:
    """What is to be made, by the output's name. Raises ConversionRefused when nothing can be."""
    if source.is_dir():
        return "folder"
    if target.is_dir():
        raise ConversionRefused(f"The output {target} is a folder; name the file to be written.")
    suffix = target.suffix.lower()
    if suffix in CONTAINERS:
        return "video"
    pictures, videos = ", ".join(SAVING), ", ".join(CONTAINERS)
    if suffix not in SAVING:
        raise ConversionRefused(
            f"The output {target} cannot be written, for only some kinds can be marked as "
            f"generated; let its name end in {pictures} for a picture, or {videos} for a video."
        )
    if (guess_type(source.name)[0] or "").startswith("video/"):
        raise ConversionRefused(
            f"{source} is a video, so it cannot become the picture {target}; let the output's "
            f"name end in {videos}."
        )
    return "picture"


def mind_signals() -> None:
    """Being told to end is answered as Ctrl-C is, also in the background of a shell, where Ctrl-C
    would be deaf: everything half done is cleared away.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    mind_signals()
    sys.exit(main())
