"""Swaps faces in pictures or a video: `python -m training.engine.convert`.

Exit code 0: the output is written; 2: invalid input; 1: any other error.
"""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import suppress
from mimetypes import guess_type
from pathlib import Path
from types import FrameType
from typing import Literal

from training.engine.checkpoints.checkpoint import Checkpoint, read_checkpoint
from training.engine.convert.arguments import read_arguments
from training.engine.convert.draw.swap import FaceSwapper
from training.engine.convert.mark import Marker
from training.engine.convert.pictures import SAVING, convert_folder, convert_picture
from training.engine.convert.video import CONTAINERS, convert_video
from training.engine.credentials.provenance import credentials_for, describe_model
from training.engine.errors import FAILURES, ConversionRefused
from training.engine.phrasing import counted
from training.engine.run.checkpoint_files import keep
from training.engine.run.events import say
from training.engine.run.output_place import make_folder

Kind = Literal["folder", "picture", "video"]
INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    try:
        given = read_arguments(arguments, about=__doc__)
        refuse_overwriting(given.input, given.output)
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
    """Convert as the arguments say, whose paths were checked. Raises any EngineError."""
    kind = kind_of(given.input, given.output)
    make_folder(given.output if kind == "folder" else given.output.parent)
    checkpoint = read_checkpoint(given.checkpoint)
    keep_if_possible(checkpoint)
    credentials = credentials_for(checkpoint, given.credentials)
    marker = Marker(credentials, {**describe_model(checkpoint), "face_put_in": given.into})
    swapper = FaceSwapper(checkpoint, into=given.into, settings=given.settings)
    if kind == "folder":
        convert_folder(given.input, given.output, swapper=swapper, marker=marker)
        return
    if kind == "picture":
        faces = convert_picture(given.input, given.output, swapper=swapper, marker=marker)
        say(counted(faces, "face"))
    else:
        convert_video(given.input, given.output, swapper=swapper, marker=marker)


def keep_if_possible(checkpoint: Checkpoint) -> None:
    """Keep what is converted with from being replaced by a trainer, where one may write."""
    if checkpoint.run_dir is None:
        return
    with suppress(OSError):
        keep(checkpoint.path)


def refuse_overwriting(source: Path, target: Path) -> None:
    """Raise ConversionRefused when there is no source, the target is the source itself, or either
    cannot be.
    """
    try:
        nothing = not source.exists()
        same = target.exists() and target.samefile(source)
    except OSError as error:  # such as a name that is too long
        raise ConversionRefused(f"{error.filename} cannot be used ({error.strerror}).") from error
    if nothing:
        raise ConversionRefused(f"There is nothing at {source}.")
    if same:
        raise ConversionRefused(f"The output {target} is the input itself; choose another output.")


def kind_of(source: Path, target: Path) -> Kind:
    """The kind of output, by its name. Raises ConversionRefused when it is not supported."""
    if source.is_dir():
        if target.is_file():
            raise ConversionRefused(f"{target} is a file; the output of a folder must be a folder.")
        return "folder"
    if target.is_dir():
        raise ConversionRefused(f"The output {target} is a folder; give the name of a file.")
    suffix = target.suffix.lower()
    if suffix in CONTAINERS:
        return "video"
    pictures, videos = ", ".join(SAVING), ", ".join(CONTAINERS)
    if suffix not in SAVING:
        raise ConversionRefused(
            f"The output {target} has a format that cannot be marked as generated; use one of "
            f"{pictures} for a picture, or {videos} for a video."
        )
    if (guess_type(source.name)[0] or "").startswith("video/"):
        raise ConversionRefused(
            f"{source} is a video, so it cannot become the picture {target}; use an output name "
            f"that ends in {videos}."
        )
    return "picture"


def handle_signals() -> None:
    """Handle SIGTERM like Ctrl-C, and Ctrl-C also in a shell's background, where it would be
    ignored: incomplete output is removed.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    handle_signals()
    sys.exit(main())
