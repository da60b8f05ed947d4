"""Masks that a model predicts or that the user's weights find are obeyed inside a conversion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.training.engine.films import convert, face_box, make_video, pixels_of, stamps_and_frames
from tests.training.engine.segmentation_weights import write_onnx

pytestmark = pytest.mark.slow


def weights(path: Path, *, face: float) -> Path:
    """Weights that take everything for a face, or nothing."""
    scores = np.array([[0, 0, 0], [face, face, face]], np.float32)
    return write_onnx(path, scores)


def change(before: np.ndarray, after: np.ndarray) -> float:
    """How much the features changed."""
    return float(np.abs(before - after)[face_box(before)].mean())


def test_a_mask_is_predicted_only_by_a_model_that_learnt_it(
    make_run: Callable[..., Path],
    train: Callable[[Path], int],
    picture: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    taught, untaught = make_run("taught", steps=3, learn_mask=True), make_run("untaught", steps=1)
    assert train(taught) == train(untaught) == 0
    target = tmp_path / "out.png"
    assert convert(untaught, picture, target, "--mask", "predicted") == 2
    assert "predicts no mask" in capsys.readouterr().err
    assert convert(taught, picture, target, "--mask", "predicted") == 0
    drawn = tmp_path / "drawn.png"
    assert convert(taught, picture, drawn, "--mask", "extended") == 0
    # Hardly taught it takes each place for half a face, so that half of it is drawn.
    before = pixels_of(picture)
    whole, half = change(before, pixels_of(drawn)), change(before, pixels_of(target))
    assert 0.1 * whole < half < 0.9 * whole


def test_segmentation_weights_decide_what_of_a_picture_and_a_film_is_drawn_over(
    trained: Path, picture: Path, tmp_path: Path
) -> None:
    everything = weights(tmp_path / "everything.onnx", face=5)
    nothing = weights(tmp_path / "nothing.onnx", face=-5)
    film, target = tmp_path / "film.mp4", tmp_path / "out.png"
    before = pixels_of(picture)
    assert convert(trained, picture, target) == 0
    usual = pixels_of(target)
    assert convert(trained, picture, target, "--segmentation", str(everything)) == 0
    assert np.abs(pixels_of(target) - usual)[face_box(before)].mean() < 0.5
    assert convert(trained, picture, target, "--segmentation", str(nothing)) == 0
    assert change(before, pixels_of(target)) == 0

    make_video(film, sound=False)
    shown = stamps_and_frames(film)[1][3]
    changed = []
    for name in (everything, nothing):
        assert convert(trained, film, tmp_path / "o.mp4", "--segmentation", str(name)) == 0
        changed.append(change(shown, stamps_and_frames(tmp_path / "o.mp4")[1][3]))
    assert changed[0] > 8
    assert changed[1] < 3
    assert Image.open(target).size == Image.open(picture).size
