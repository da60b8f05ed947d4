"""Previews: the grid of fixed faces as pictures, thinned out over time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from curation.files import write_bytes
from curation.vision.alignment import Rgb
from training.engine.compute.background import Background
from training.engine.marks.sheet import encode_sheet, encode_unlabelled
from training.engine.models.face_model import FaceModel
from training.engine.run.events import Reporter
from training.engine.run.folder import (
    NEWEST_MASKED_PREVIEW,
    NEWEST_PREVIEW,
    PREVIEWS,
    TIMELAPSE,
    masked_preview_file,
    preview_file,
)
from training.engine.train.grid import Grid, GridPictures

RECENT = 50
"""Number of newest previews that are all kept."""
PER_DOUBLING = 4
"""Older previews kept for each doubling of the step."""


class Preview:
    """Draws previews; encoding and writing run in the background.

    Each step has `NNN.webp` and, with a red overlay outside the mask, `NNN.mask.webp`.
    """

    def __init__(self, run_dir: Path, *, grid: Grid, reporter: Reporter) -> None:
        self._folder = run_dir / PREVIEWS
        self._folder.mkdir(exist_ok=True)
        self._grid = grid
        self._reporter = reporter
        self._background: Background[int] = Background(self._report)

    def draw(self, model: FaceModel, step: int) -> None:
        """Draw the faces now; an event reports when the files are written.

        Raises the error of the previous write, such as DiskFull.
        """
        drawing = self._grid.draw(model)
        self._background.start(lambda: self._write(drawing, step))

    def poll(self) -> None:
        """Report finished writes; cheap enough to call every step."""
        self._background.poll()

    def wait(self) -> None:
        """Wait until the last pictures are written and reported."""
        self._background.wait()

    def close(self) -> None:
        self._background.close()

    def _write(self, drawing: GridPictures, step: int) -> int:
        plain, masked = (encode_sheet(picture, quality=85) for picture in drawing)
        # The masks first: who sees the picture can open its mask.
        for name, content in (
            (masked_preview_file(step), masked),
            (preview_file(step), plain),
            (NEWEST_MASKED_PREVIEW, masked),
            (NEWEST_PREVIEW, plain),
        ):
            write_bytes(self._folder / name, content)
        self._thin_out()
        return step

    def _thin_out(self) -> None:
        files = {int(path.stem): path for path in self._folder.glob("[0-9]*[0-9].webp")}
        for step in files.keys() - worth_keeping(files):
            files[step].unlink()
            (self._folder / masked_preview_file(step)).unlink(missing_ok=True)

    def _report(self, step: int) -> None:
        self._reporter.report("preview", step=step, file=f"{PREVIEWS}/{preview_file(step)}")


class Timelapse:
    """Draws one frame at each checkpoint into `timelapse/`, named by its step."""

    def __init__(self, run_dir: Path, *, grid: Grid) -> None:
        self._folder = run_dir / TIMELAPSE
        self._folder.mkdir(exist_ok=True)
        self._grid = grid
        self._background: Background[None] = Background(lambda _: None)

    def draw(self, model: FaceModel, step: int) -> None:
        """Draw the faces now; encoding and writing run in the background.

        Raises the error of the previous frame, such as DiskFull.
        """
        picture = self._grid.draw(model).plain
        self._background.start(lambda: self._write(picture, step))

    def poll(self) -> None:
        """Raise the error of the previous frame; to be called every step."""
        self._background.poll()

    def close(self) -> None:
        """Wait until the last frame is written."""
        self._background.close()

    def _write(self, picture: Rgb, step: int) -> None:
        # The film that is made of these has the label.
        content = encode_unlabelled(picture, quality=90)
        write_bytes(self._folder / preview_file(step), content)


def worth_keeping(steps: Iterable[int]) -> set[int]:
    """The steps whose previews are kept: all recent ones, and exponentially fewer older ones.

    What stays of 10 million steps is at most RECENT + 94.
    """
    ordered = sorted(steps)
    recent = ordered[-RECENT:]
    # The first of each stretch stays the first, so the history does not change with time.
    first_of = {
        math.floor(PER_DOUBLING * math.log2(max(step, 1))): step for step in reversed(ordered)
    }
    return {*recent, *first_of.values()}
