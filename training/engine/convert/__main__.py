"""Puts a trained face into pictures or a video: `python -m training.engine.convert`.

Ends with 0 when the output is written, 2 when something given to it is wrong, 1 otherwise.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from curation.vision.decode import Unreadable, decode
from training.engine.checkpoint import Checkpoint, read_checkpoint
from training.engine.convert.arguments import read_arguments
from training.engine.convert.mark import Marker
from training.engine.convert.pictures import SAVING, convert_folder, convert_picture
from training.engine.convert.swap import FaceSwapper
from training.engine.convert.video import container_for, convert_video
from training.engine.errors import ConversionRefused, EngineError
from training.engine.events import say
from training.engine.provenance import describe_conversion, open_credentials

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    try:
        given = read_arguments(arguments, about=__doc__)
        convert(given)
    except EngineError as refusal:
        say(refusal.message)
        return refusal.exit_code
    except KeyboardInterrupt:
        say("interrupted: nothing was written")
        return INTERRUPTED
    say(f"written: {given.output}")
    return 0


def convert(given: argparse.Namespace) -> None:
    """Do what was asked for. Raises any EngineError."""
    refuse_overwriting(given.input, given.output)
    still = not given.input.is_dir() and is_picture(given.input, given.output)
    if not (still or given.input.is_dir()):
        container_for(given.output)
    checkpoint = read_checkpoint(given.checkpoint)
    credentials = open_credentials(given.credentials or own_credentials(checkpoint))
    marker = Marker(credentials, describe_conversion(checkpoint, into=given.into))
    swapper = FaceSwapper(checkpoint, into=given.into, settings=given.settings)
    if given.input.is_dir():
        convert_folder(given.input, given.output, swapper=swapper, marker=marker)
        return
    given.output.parent.mkdir(parents=True, exist_ok=True)
    if still:
        faces = convert_picture(given.input, given.output, swapper=swapper, marker=marker)
        say(f"{faces} faces")
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


def own_credentials(checkpoint: Checkpoint) -> Path:
    """Where a run keeps its self-made credentials."""
    return checkpoint.path.parent.parent / "credentials"


def is_picture(source: Path, target: Path) -> bool:
    """Whether a still picture is to become another."""
    if target.suffix.lower() not in SAVING:
        return False
    try:
        decode(source.read_bytes())
    except (OSError, Unreadable):
        return False
    return True


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
