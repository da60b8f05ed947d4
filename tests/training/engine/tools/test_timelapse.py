"""How a model learnt to see can be shown to others, and says that it was generated."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.training.engine.saved import make_state, save_last
from training.engine.credentials.provenance import read_credentials
from training.engine.errors import ConversionRefused
from training.engine.tools.timelapse import main, make_film
from training.engine.train.column_titles import HEIGHT

Train = Callable[[Path], int]


def test_each_checkpoint_adds_a_frame(make_run: Callable[..., Path], train: Train) -> None:
    run_dir = make_run(steps=5, save_every=2, timelapse=True)
    assert train(run_dir) == 0
    frames = sorted((run_dir / "timelapse").iterdir())
    assert [frame.name for frame in frames] == [
        "00000002.webp",
        "00000004.webp",
        "00000005.webp",
    ]
    assert Image.open(frames[0]).size == (6 * 128, 6 * 128)
    assert b"TC260:AIGC" in Image.open(frames[0]).info["xmp"]


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
        assert json.loads(opened.metadata["AIGC"])["Label"] == "1"
    assert [round(float(np.median(each)) / 40) for each in pictures] == [1, 3, 5]
    assert pictures[0].shape == (HEIGHT + 256, 384, 3)
    titles = np.split(pictures[1][:HEIGHT], 6, axis=1)
    ink = [int((title.max(axis=2) > 150).sum()) for title in titles]
    # "A" and "B" alone are the shortest.
    assert min(ink) > 10
    assert max(ink[0], ink[3]) < min(ink[1], ink[2], ink[4], ink[5])
    # The label lies in the lower left corner; nothing else lies on the plain grey.
    corner = pictures[1][-24:, 5:60].astype(int)
    assert np.abs(corner - 120).max() > 60
    assert np.abs(pictures[1][HEIGHT + 8 : 200].astype(int) - 120).max() < 12

    credentials = read_credentials(film)
    assert credentials is not None
    claims = str(credentials)
    assert "trainedAlgorithmicMedia" in claims or "TrainedAlgorithmicMedia" in claims
    assert "timelapse of a training" in claims
    assert f"'run': '{tmp_path.name}'" in claims
    assert "a" * 64 in claims


def test_what_cannot_be_a_film_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    save_last(tmp_path, make_state(1))
    film = tmp_path / "film.mp4"
    with pytest.raises(ConversionRefused, match="has no timelapse"):
        make_film(tmp_path, film, frames_per_second=12, credentials=None)
    (tmp_path / "timelapse").mkdir()
    Image.new("RGB", (64, 64)).save(tmp_path / "timelapse" / "00000001.webp")
    with pytest.raises(ConversionRefused, match=r"end in \.mp4"):
        make_film(tmp_path, tmp_path / "film.gif", frames_per_second=12, credentials=None)
    with pytest.raises(ConversionRefused, match=r"There is no certificate\.pem"):
        make_film(tmp_path, film, frames_per_second=12, credentials=tmp_path / "misspelt")
    assert not list(tmp_path.glob("film*"))
