"""How a model learnt to see can be shown to others, and says that it was generated."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from curation.vision.faces import FaceFinder
from tests.training.engine.run_folders import PORTRAITS
from tests.training.engine.test_checkpoint import make_state
from tests.training.engine.test_preview import ALONE, PAINTER, Painter
from training.engine.checkpoint import save_last
from training.engine.config import load_config
from training.engine.errors import ConversionRefused, RunFolderUnusable
from training.engine.faces import read_faces
from training.engine.grid import fixed_faces
from training.engine.manifest import load_manifest
from training.engine.provenance import read_credentials
from training.engine.timelapse import faces_in, main, make_film, open_timelapse


def draw_frames(run_dir: Path, steps: tuple[int, ...], folder_a: str | None = None) -> None:
    config = load_config(run_dir)
    side_a, side_b = (
        fixed_faces(read_faces(load_manifest(run_dir, side)), architecture=PAINTER, coverage=0.8)
        for side in (config.a, config.b)
    )
    timelapse = open_timelapse(
        run_dir,
        folders=(folder_a, None),
        faces=(side_a, side_b),
        architecture=PAINTER,
        coverage=0.8,
        mask="extended",
        world=ALONE,
    )
    with closing(timelapse):
        for step in steps:
            timelapse.draw(Painter(learn_mask=False), step)


def test_each_save_adds_a_frame(make_run: Callable[..., Path]) -> None:
    run_dir = make_run()
    draw_frames(run_dir, (1, 100, 250))
    frames = sorted((run_dir / "timelapse").iterdir())
    assert [frame.name for frame in frames] == [
        "00000001.webp",
        "00000100.webp",
        "00000250.webp",
    ]
    assert Image.open(frames[0]).size == (6 * 256, 6 * 256)


def test_pictures_of_ones_own_take_the_place_of_the_sets(make_run: Callable[..., Path]) -> None:
    run_dir = make_run()
    chosen = run_dir / "chosen"
    chosen.mkdir()
    (chosen / "0 notes.txt").write_text("no picture")
    for number in (1, 2):
        shutil.copy(PORTRAITS / f"ada_{number}.jpg", chosen)
    draw_frames(run_dir, (1,), folder_a="chosen")
    # As many rows as there are pictures of A.
    assert Image.open(run_dir / "timelapse" / "00000001.webp").size == (6 * 256, 2 * 256)


def test_the_face_in_a_picture_is_found_and_put_in_place(tmp_path: Path) -> None:
    shutil.copy(PORTRAITS / "ada_1.jpg", tmp_path)
    faces = faces_in(
        tmp_path, architecture=PAINTER, coverage=0.8, mask="extended", finder=FaceFinder()
    )
    assert faces.inputs.shape == (1, 3, 16, 16)
    assert faces.pictures.shape == (1, 3, 256, 256)
    # The face lies in the middle and does not fill the square.
    assert faces.masks[0, 0, 128, 128] == 1
    assert 0.2 < float(faces.masks.mean()) < 0.9


def test_a_folder_without_a_face_is_named(make_run: Callable[..., Path]) -> None:
    run_dir = make_run()
    (run_dir / "empty").mkdir()
    with pytest.raises(RunFolderUnusable, match="empty shows a face for the timelapse"):
        draw_frames(run_dir, (1,), folder_a="empty")


def test_the_film_is_labelled_and_signed(tmp_path: Path) -> None:
    save_last(tmp_path, make_state(300))
    frames = tmp_path / "timelapse"
    frames.mkdir()
    for step, grey in ((100, 40), (200, 120), (300, 200)):
        Image.fromarray(np.full((256, 384, 3), grey, np.uint8)).save(frames / f"{step:08d}.webp")
    film = tmp_path / "film.mp4"
    assert main([str(tmp_path), str(film), "--frames-per-second", "6"]) == 0

    with av.open(str(film)) as opened:
        stream = opened.streams.video[0]
        pictures = [frame.to_ndarray(format="rgb24") for frame in opened.decode(stream)]
        assert stream.average_rate == 6
    assert [round(float(np.median(each)) / 40) for each in pictures] == [1, 3, 5]
    # The label lies in the lower left corner; nothing else lies on the plain grey.
    corner = pictures[1][-24:, 5:60].astype(int)
    assert np.abs(corner - 120).max() > 60
    assert np.abs(pictures[1][:200].astype(int) - 120).max() < 12

    credentials = read_credentials(film)
    assert credentials is not None
    told = str(credentials)
    assert "trainedAlgorithmicMedia" in told or "TrainedAlgorithmicMedia" in told
    assert "timelapse of a training" in told
    assert "a" * 64 in told


def test_what_cannot_be_a_film_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    save_last(tmp_path, make_state(1))
    film, credentials = tmp_path / "film.mp4", tmp_path / "credentials"
    with pytest.raises(ConversionRefused, match="has no timelapse"):
        make_film(tmp_path, film, frames_per_second=12, credentials=credentials)
    (tmp_path / "timelapse").mkdir()
    Image.new("RGB", (64, 64)).save(tmp_path / "timelapse" / "00000001.webp")
    with pytest.raises(ConversionRefused, match=r"ends in \.mp4"):
        make_film(tmp_path, tmp_path / "film.gif", frames_per_second=12, credentials=credentials)
    assert not list(tmp_path.glob("film*"))
