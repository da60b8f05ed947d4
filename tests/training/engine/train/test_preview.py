"""Previews show the same faces every time, with their masks, and do not fill the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from tests.training.engine import tiny
from training.engine.compute.distributed import DistributedContext
from training.engine.data.faces import FaceSet, read_faces
from training.engine.models.face_model import Architecture, FaceModel, Prediction
from training.engine.run.config import load_config
from training.engine.run.events import EVENTS_FILE, Reporter, read_events
from training.engine.run.folder import Side
from training.engine.run.release_folder import open_release
from training.engine.train.grid import FixedFaces, Grid, fixed_faces
from training.engine.train.preview import RECENT, Preview, worth_keeping

Make, Train = Callable[..., Path], Callable[[Path], int]

ALONE = DistributedContext(rank=0, size=1, device=torch.device("cpu"), precision=torch.float32)


class Painter(FaceModel):
    """Draws a flat colour, green for A and blue for B, at 256 pixels from faces of 16."""

    def __init__(self, *, learn_mask: bool) -> None:
        super().__init__()
        self.learn_mask = learn_mask

    def swap(self, faces: Tensor, *, into: Side) -> Prediction:
        assert faces.shape[1:] == (3, 16, 16)
        pictures = torch.zeros(len(faces), 3, 256, 256)
        pictures[:, 1 if into == "a" else 2] = 1
        left_half = torch.zeros(len(faces), 1, 256, 256)
        left_half[..., :128] = 1
        return Prediction(pictures, left_half if self.learn_mask else None)


PAINTER = Architecture(name="painter", input_size=16, output_size=256, build=Painter)


@pytest.fixture
def sets(make_run: Callable[..., Path]) -> tuple[FaceSet, FaceSet]:
    run_dir = make_run("faces")
    config = load_config(run_dir)
    return (
        read_faces(open_release(run_dir, config.a)),
        read_faces(open_release(run_dir, config.b)),
    )


def grid_of(sets: tuple[FaceSet, FaceSet], architecture: Architecture) -> Grid:
    side_a, side_b = (
        fixed_faces(each, architecture=architecture, centring="face", coverage=0.8) for each in sets
    )
    return Grid((side_a, side_b), context=ALONE)


def column(picture: np.ndarray, number: int, cell: int) -> np.ndarray:
    return picture[:, number * cell : (number + 1) * cell]


def test_the_grid_is_as_fine_as_what_the_model_draws(sets: tuple[FaceSet, FaceSet]) -> None:
    drawing = grid_of(sets, PAINTER).draw(Painter(learn_mask=False))
    assert drawing.plain.shape == drawing.masked.shape == (6 * 256, 6 * 256, 3)
    green, blue = [0, 255, 0], [0, 0, 255]
    for number, colour in ((1, green), (2, blue), (4, blue), (5, green)):
        assert (column(drawing.plain, number, 256) == colour).all()
    assert column(drawing.plain, 0, 256).std() > 10


def test_red_lies_over_what_the_model_takes_for_no_face(sets: tuple[FaceSet, FaceSet]) -> None:
    drawing = grid_of(sets, PAINTER).draw(Painter(learn_mask=True))
    swapped = column(drawing.masked, 2, 256)
    assert (swapped[:, :120] == [0, 0, 255]).all()
    assert (swapped[:, 136:] == [round(0.3 * 255), 0, round(0.7 * 255)]).all()


def test_without_a_learnt_mask_the_drawn_one_is_shown(sets: tuple[FaceSet, FaceSet]) -> None:
    drawing = grid_of(sets, PAINTER).draw(Painter(learn_mask=False))
    # The middle half of the stored square is face there, and four fifths of it are seen.
    swapped = column(drawing.masked, 2, 256)[:256]
    assert (swapped[128, 128] == [0, 0, 255]).all()
    assert swapped[5, 5, 0] > 70
    original = column(drawing.masked, 0, 256)[:256].astype(int)
    plain = column(drawing.plain, 0, 256)[:256].astype(int)
    assert (original[128, 128] == plain[128, 128]).all()
    assert original[5, 5] == pytest.approx(0.7 * plain[5, 5] + 0.3 * np.array([255, 0, 0]), abs=2)


def test_a_small_model_is_shown_large_enough_and_left_as_it_was(
    sets: tuple[FaceSet, FaceSet],
) -> None:
    small = Architecture(name="tiny", input_size=16, output_size=16, build=tiny.Tiny)
    model = tiny.Tiny(learn_mask=True)
    model.train()
    grid = grid_of(sets, small)
    first, second = grid.draw(model), grid.draw(model)
    assert first.plain.shape == (6 * 128, 6 * 128, 3)
    assert model.training
    # Dropout does not fall while a preview is drawn.
    assert np.array_equal(first.plain, second.plain)


def test_sides_of_different_length_share_the_rows_they_have(
    sets: tuple[FaceSet, FaceSet],
) -> None:
    side_a, side_b = (
        fixed_faces(each, architecture=PAINTER, centring="face", coverage=0.8) for each in sets
    )
    few: FixedFaces = side_b.first(2)
    drawing = Grid((side_a, few), context=ALONE).draw(Painter(learn_mask=False))
    assert drawing.plain.shape == (2 * 256, 6 * 256, 3)


@pytest.fixture
def preview(tmp_path: Path, sets: tuple[FaceSet, FaceSet]) -> Iterator[Preview]:
    small = Architecture(name="tiny", input_size=16, output_size=16, build=tiny.Tiny)
    with (
        closing(Reporter(tmp_path / EVENTS_FILE)) as reporter,
        closing(Preview(tmp_path, grid=grid_of(sets, small), reporter=reporter)) as preview,
    ):
        yield preview


def test_a_preview_is_told_once_its_pictures_are_there(tmp_path: Path, preview: Preview) -> None:
    model = tiny.Tiny()
    preview.draw(model, 7)
    preview.draw(model, 8)
    preview.wait()
    events = read_events(tmp_path / EVENTS_FILE)[0]
    assert [(event["event"], event["file"]) for event in events] == [
        ("preview", "previews/00000007.webp"),
        ("preview", "previews/00000008.webp"),
    ]
    pictures = {path.name: path.read_bytes() for path in (tmp_path / "previews").iterdir()}
    assert pictures["preview.webp"] == pictures["00000008.webp"]
    assert pictures["preview.mask.webp"] == pictures["00000008.mask.webp"]
    assert Image.open(tmp_path / "previews" / "00000007.mask.webp").size == (768, 768)
    for name in pictures:
        shown = Image.open(tmp_path / "previews" / name)
        assert b"TC260:AIGC" in shown.info["xmp"]
        # The label, white on a dark plate, over the plain colours of the lowest row.
        corner = np.asarray(shown.convert("RGB"))[-70:, :300]
        assert corner.min(axis=2).max() > 230


def test_old_previews_thin_out_with_their_masks(tmp_path: Path, preview: Preview) -> None:
    folder = tmp_path / "previews"
    for step in range(1, 401):
        (folder / f"{step:08d}.webp").write_bytes(b"old")
        (folder / f"{step:08d}.mask.webp").write_bytes(b"old")
    preview.draw(tiny.Tiny(), 401)
    preview.wait()
    kept = sorted(int(path.stem) for path in folder.glob("0*[0-9].webp"))
    masks = sorted(int(path.name.split(".")[0]) for path in folder.glob("0*.mask.webp"))
    assert kept == masks == sorted(worth_keeping(range(1, 402)))
    assert kept[-RECENT:] == list(range(352, 402))
    assert kept[0] == 1


@settings(deadline=None)
@given(st.integers(0, 20_000), st.integers(1, 500))
def test_what_is_kept_is_bounded_and_does_not_depend_on_when_it_was_thinned(
    steps: int, every: int
) -> None:
    at_once = worth_keeping(range(every, steps * every + 1, every))
    assert len(at_once) <= RECENT + 94
    kept: set[int] = set()
    for step in range(every, min(steps, 2000) * every + 1, every):
        kept = worth_keeping({*kept, step})
    assert kept == worth_keeping(range(every, min(steps, 2000) * every + 1, every))


def test_the_preview_shows_six_faces_in_six_columns(make_run: Make, train: Train) -> None:
    run_dir = make_run(steps=10, learning_rate=0.01)
    assert train(run_dir) == 0
    first = Image.open(run_dir / "previews" / "00000001.webp")
    newest = Image.open(run_dir / "previews" / "preview.webp")
    assert (first.format, first.size) == ("WEBP", (6 * 128, 6 * 128))
    # The faces are the same in each preview, what the model makes of them is not.
    shown = np.asarray(first).astype(int), np.asarray(newest).astype(int)
    changed = np.abs(shown[0] - shown[1]).mean(axis=(0, 2)).reshape(6, 128).mean(axis=1)
    # WebP lets a little colour run over from one column into the next.
    assert max(changed[0], changed[3]) < 0.5 * min(changed[column] for column in (1, 2, 4, 5))
