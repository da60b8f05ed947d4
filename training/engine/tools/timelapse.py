"""Makes a timelapse video of a run from the frames kept at its checkpoints.

`python -m training.engine.tools.timelapse RUN_DIR OUT.mp4`: one frame for each checkpoint, labelled
and signed as generated.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import av

from curation.vision.alignment import Rgb
from curation.vision.decode import decode
from training.engine.checkpoints.checkpoint import read_checkpoint
from training.engine.convert.mark import Draft, Marker
from training.engine.credentials.provenance import (
    CREDENTIALS_HELP,
    credentials_for,
    describe_model,
)
from training.engine.errors import FAILURES, ConversionRefused
from training.engine.marks.aigc_in_films import FILM_OPTIONS, put_into_film
from training.engine.marks.label import VisibleLabel
from training.engine.phrasing import counted
from training.engine.run.events import say
from training.engine.run.folder import TIMELAPSE
from training.engine.run.output_place import make_folder
from training.engine.train.column_titles import titled
from training.engine.train.grid import COLUMNS

FRAMES_PER_SECOND = 12


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="training.engine.tools.timelapse", description=__doc__)
    parser.add_argument("run_dir", type=Path, help="folder of the run")
    parser.add_argument("target", type=Path, help="video to write, .mp4")
    parser.add_argument(
        "--frames-per-second", type=int, default=FRAMES_PER_SECOND, help="default: %(default)s"
    )
    parser.add_argument("--credentials", type=Path, help=CREDENTIALS_HELP)
    given = parser.parse_args(arguments)
    try:
        num_frames = make_film(
            given.run_dir,
            given.target,
            frames_per_second=given.frames_per_second,
            credentials=given.credentials,
        )
    except FAILURES as refusal:
        say(refusal.message)
        return refusal.exit_code
    say(f"{counted(num_frames, 'frame')} in {given.target}")
    return 0


def make_film(
    run_dir: Path, target: Path, *, frames_per_second: int, credentials: Path | None
) -> int:
    """Write `target`: the run's timelapse, labelled and signed; gives its frames.

    `credentials` is the folder to sign with, as credentials_for takes it.
    Raises OutputUnusable, CheckpointWrong when it is no run, ConversionRefused when there is no
    timelapse or the name is not .mp4, and NotMarked, leaving no file, when it cannot be signed.
    """
    checkpoint = read_checkpoint(run_dir)
    frames = sorted((run_dir / TIMELAPSE).glob("[0-9]*[0-9].webp"))
    if not frames:
        raise ConversionRefused(
            f"{run_dir} has no timelapse; set timelapse to true in its config.json and train."
        )
    if target.suffix.lower() != ".mp4" or frames_per_second < 1:
        raise ConversionRefused(
            f"{target} at {frames_per_second} frames/s is not possible; the name must end in .mp4 "
            "and there must be at least 1 frame per second."
        )
    make_folder(target.parent)
    if target.is_dir():
        raise ConversionRefused(f"{target} is a folder; give the name of a file.")
    facts = {"made": "timelapse of a training", **describe_model(checkpoint)}
    signer = credentials_for(checkpoint, credentials)
    with Marker(signer, facts).marked(target) as draft:
        encode(draft, frames, frames_per_second=frames_per_second)
    return len(frames)


def encode(draft: Draft, frames: list[Path], *, frames_per_second: int) -> None:
    """Write the pictures as H.264, each labelled as generated, one at a time."""
    with av.open(str(draft.path), "w", format="mp4", options=FILM_OPTIONS) as film:
        put_into_film(draft.key, film)
        stream = film.add_stream("libx264", rate=frames_per_second, options={"crf": "18"})
        stream.pix_fmt = "yuv420p"
        for picture in labelled(frames):
            if not stream.codec_context.is_open:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            film.mux(stream.encode(frame.reformat(width=stream.width, height=stream.height)))
        film.mux(stream.encode(None))


def labelled(frames: list[Path]) -> Iterator[Rgb]:
    """The frames with titles and label."""
    label = VisibleLabel()
    for path in frames:
        picture = titled(decode(path.read_bytes()).rgb, COLUMNS)
        label.draw(picture)
        yield picture


if __name__ == "__main__":
    sys.exit(main())
