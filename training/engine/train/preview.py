"""Shows how far the model is: the grid of fixed faces as pictures, and few enough of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from curation.files import write_bytes
from curation.vision.alignment import Rgb
from curation.vision.thumbnails import encode_webp
from training.engine.compute.background import Background
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
"""So many newest previews are all kept."""
PER_DOUBLING = 4
"""Of those before, so many are kept for each doubling of the step."""


class Preview:
    """Draws previews of a run; encoding and writing them goes on beside the training.

    Each step's are `NNN.webp` and, with all but the face veiled in red, `NNN.mask.webp`.
    """

    def __init__(self, run_dir: Path, *, grid: Grid, reporter: Reporter) -> None:
        self._folder = run_dir / PREVIEWS
        self._folder.mkdir(exist_ok=True)
        self._grid = grid
        self._reporter = reporter
        self._background: Background[int] = Background(self._tell)

    def draw(self, model: FaceModel, step: int) -> None:
        """Draw the faces now; an event tells when the pictures are there.

        Raises what went wrong with the pictures before, such as DiskFull.
        """
        drawing = self._grid.draw(model)
        self._background.start(lambda: self._write(drawing, step))

    def poll(self) -> None:
        """Tell of pictures that are there by now; to be called every step, as it costs nothing."""
        self._background.poll()

    def wait(self) -> None:
        """Until the pictures that were drawn last are there, and told."""
        self._background.wait()

    def close(self) -> None:
        self._background.close()

    def _write(self, drawing: GridPictures, step: int) -> int:
        plain, masked = (
            encode_webp(picture, longest_side=max(picture.shape), quality=85) for picture in drawing
        )
        # The masks first: whoever sees the picture can have them.
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

    def _tell(self, step: int) -> None:
        self._reporter.report("preview", step=step, file=f"{PREVIEWS}/{preview_file(step)}")


class Timelapse:
    """Draws one frame at each save into `timelapse/`, named by its step."""

    def __init__(self, run_dir: Path, *, grid: Grid) -> None:
        self._folder = run_dir / TIMELAPSE
        self._folder.mkdir(exist_ok=True)
        self._grid = grid
        self._background: Background[None] = Background(lambda _: None)

    def draw(self, model: FaceModel, step: int) -> None:
        """Draw the faces now; encoding and writing them goes on beside the training.

        Raises what went wrong with the frame before, such as DiskFull.
        """
        picture = self._grid.draw(model).plain
        self._background.start(lambda: self._write(picture, step))

    def poll(self) -> None:
        """Raise what went wrong with the frame before; to be called every step."""
        self._background.poll()

    def close(self) -> None:
        """Until the last frame is there."""
        self._background.close()

    def _write(self, picture: Rgb, step: int) -> None:
        content = encode_webp(picture, longest_side=max(picture.shape), quality=90)
        write_bytes(self._folder / preview_file(step), content)


def worth_keeping(steps: Iterable[int]) -> set[int]:
    """The steps whose previews stay: the newest ones, and ever fewer of those long before.

    What stays of 10 million steps is at most RECENT + 94.
    """
    ordered = sorted(steps)
    recent = ordered[-RECENT:]
    # The first of each stretch stays the first, so the history does not change with time.
    first_of = {
        math.floor(PER_DOUBLING * math.log2(max(step, 1))): step for step in reversed(ordered)
    }
    return {*recent, *first_of.values()}
