"""Puts a trained face into pictures or a video: `python -m training.engine.convert`.

Ends with 0 when the output is written, 2 when something given to it is wrong, 1 otherwise.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from curation.vision.decode import Unreadable, decode
from training.engine.checkpoint import Checkpoint, read_checkpoint
from training.engine.convert.mark import Marker
from training.engine.convert.pictures import SAVING, convert_folder, convert_picture
from training.engine.convert.swap import FaceSwapper
from training.engine.convert.video import convert_video
from training.engine.errors import ConversionRefused, EngineError
from training.engine.events import say
from training.engine.provenance import describe_conversion, open_credentials


def main(arguments: list[str] | None = None) -> int:
    given = read_arguments(arguments)
    try:
        convert(given)
    except EngineError as refusal:
        say(refusal.message)
        return refusal.exit_code
    say(f"written: {given.output}")
    return 0


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="training.engine.convert", description=__doc__)
    parser.add_argument(
        "--checkpoint",
        type=Path,
        required=True,
        help="a .safetensors file, or a run folder for its last checkpoint",
    )
    parser.add_argument(
        "--input", type=Path, required=True, help="a picture, a folder of pictures, or a video"
    )
    parser.add_argument(
        "--output", type=Path, required=True, help="the same kind of thing, to be written"
    )
    parser.add_argument(
        "--into", choices=("a", "b"), required=True, help="whose face is put in: the run's a or b"
    )
    parser.add_argument(
        "--only-like",
        type=Path,
        metavar="PORTRAIT",
        help="swap only faces of the person in this picture",
    )
    parser.add_argument(
        "--credentials",
        type=Path,
        help="folder with certificate.pem and key.pem to sign with (ES256); without it, "
        "self-made ones are kept beside the checkpoints",
    )
    return parser.parse_args(arguments)


def convert(given: argparse.Namespace) -> None:
    """Do what was asked for. Raises any EngineError."""
    refuse_overwriting(given.input, given.output)
    checkpoint = read_checkpoint(given.checkpoint)
    credentials = open_credentials(given.credentials or own_credentials(checkpoint))
    marker = Marker(credentials, describe_conversion(checkpoint, into=given.into))
    swapper = FaceSwapper(checkpoint, into=given.into, only_like=given.only_like)
    if given.input.is_dir():
        convert_folder(given.input, given.output, swapper=swapper, marker=marker)
        return
    given.output.parent.mkdir(parents=True, exist_ok=True)
    if given.output.suffix.lower() in SAVING and is_picture(given.input):
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


def is_picture(path: Path) -> bool:
    try:
        decode(path.read_bytes())
    except (OSError, Unreadable):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
