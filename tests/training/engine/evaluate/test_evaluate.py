"""Swaps are held against pictures of which the true swap is known."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file, save_file

from curation.vision.alignment import extract
from tests.training.engine.run_folders import PORTRAITS, ROOT
from training.engine.checkpoints.checkpoint import EMA, read_checkpoint
from training.engine.data.finder import SiteFinder
from training.engine.errors import TruthWrong
from training.engine.evaluate.__main__ import main
from training.engine.evaluate.draw import (
    CropView,
    Drawing,
    Drawings,
    draw,
    read_drawings,
    write_drawings,
)
from training.engine.evaluate.measure import MeasuredSwap, measure
from training.engine.evaluate.metrics import (
    LARGEST_PSNR,
    identity_distance,
    landmark_distance,
    psnr_inside,
    ssim_inside,
)
from training.engine.evaluate.truth import SwapCase, Truth, cases_in, names_of, open_truth
from training.engine.train.column_titles import HEIGHT

VIEW = CropView(coverage=0.8, centring="face", mask="extended")
WITHOUT = ("av", "onnxruntime", "c2pa", "imagehash", "cryptography", "onnx", "django")
"""What a machine that only trains and draws does not have."""


@pytest.fixture
def trained(make_run: Callable[..., Path], train: Callable[[Path], int]) -> Path:
    """A run of the tiny model, a few steps old."""
    run_dir = make_run(steps=3, ema_decay=0.5)
    assert train(run_dir) == 0
    return run_dir


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three portraits of Bob, and Ada as him: as if she had been swapped into his pictures."""
    place = tmp_path / "truth 真"
    place.mkdir()
    for number in (1, 2, 3):
        for person, name in (("bob", "bob"), ("ada", "ada_as_bob")):
            portrait = Image.open(PORTRAITS / f"{person}_{number}.jpg").resize((360, 450))
            portrait.save(place / f"{number:03d}_{name}.jpg", quality=95)
    return place


def drawing_of(truth: Truth, case: SwapCase, picture: str, *, right: int = 0) -> Drawing:
    """As if a perfect model had drawn the face in `picture`, some pixels too far right."""
    source = truth.picture(case.source)
    shown = truth.picture(picture)
    crop = extract(shown, VIEW.matrix(truth.landmarks(picture, shown), 256), size=256)
    moved = np.roll(crop, right, axis=1)
    return Drawing(case, moved, truth.landmarks(case.source, source))


def measured_if(
    folder: Path, tmp_path: Path, draws: Callable[[Truth, SwapCase], Drawing]
) -> list[MeasuredSwap]:
    """The figures of a model that draws like that, by way of its drawings' folder."""
    truth = open_truth(folder, finder=SiteFinder())
    cases = cases_in(folder, ("ada", "bob"))
    drawings = Drawings({"model": "made up"}, VIEW, [draws(truth, case) for case in cases])
    write_drawings(tmp_path / "drawn", drawings)
    return measure(read_drawings(tmp_path / "drawn"), truth, align="own")


def test_the_same_picture_is_perfect_and_only_what_is_inside_the_mask_counts() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (48, 48, 3)).astype(np.uint8)
    mask = np.zeros((48, 48), np.uint8)
    mask[16:32, 16:32] = 255
    assert ssim_inside(picture, picture, mask) == pytest.approx(1)
    assert psnr_inside(picture, picture, mask) == LARGEST_PSNR
    outside = picture.copy()
    outside[:4] = 255 - outside[:4]
    assert ssim_inside(outside, picture, mask) == pytest.approx(1)
    assert psnr_inside(outside, picture, mask) == LARGEST_PSNR
    assert ssim_inside(np.roll(picture, 1, axis=1), picture, mask) < 0.2


def test_psnr_is_told_in_decibels() -> None:
    dark = np.full((16, 16, 3), 100, np.uint8)
    # A tenth of the whole range off everywhere: its square is a hundredth, 20 dB.
    light = (dark + 25.5).round().astype(np.uint8)
    everywhere = np.full((16, 16), 255, np.uint8)
    assert psnr_inside(light, dark, everywhere) == pytest.approx(20, abs=0.2)


def test_landmarks_are_measured_in_eye_distances_and_without_the_jaw() -> None:
    truth = np.random.default_rng(2).uniform(0, 100, (68, 2)).astype(np.float32)
    truth[36], truth[45] = (20, 40), (70, 40)
    estimate = truth + np.array([5, 0], np.float32)
    assert landmark_distance(estimate, truth) == pytest.approx(0.1)
    jaw_elsewhere = truth.copy()
    jaw_elsewhere[:17] += 30
    assert landmark_distance(jaw_elsewhere, truth) == 0


def test_identity_is_the_mean_distance_to_all_references() -> None:
    nobody = np.zeros(128, np.float32)
    near, far = nobody.copy(), nobody.copy()
    near[0], far[1] = 0.2, 0.6
    assert identity_distance(nobody, [near, far]) == pytest.approx(0.4)


def test_who_draws_the_truth_gets_full_marks(folder: Path, tmp_path: Path) -> None:
    measured = measured_if(
        folder, tmp_path, lambda truth, case: drawing_of(truth, case, case.truth)
    )
    assert len(measured) == 3
    for each in measured:
        assert each.swap.ssim == pytest.approx(1)
        assert each.swap.psnr == LARGEST_PSNR
        assert each.swap.landmarks == 0
        assert each.swap.identity is not None
        assert each.swap.identity < 0.4
        assert each.at_best.ssim == pytest.approx(1)


def test_who_draws_the_source_again_is_as_good_as_no_swap(folder: Path, tmp_path: Path) -> None:
    measured = measured_if(
        folder, tmp_path, lambda truth, case: drawing_of(truth, case, case.source)
    )
    for each in measured:
        assert each.swap == each.no_swap
        assert each.swap.ssim < 0.9
        assert each.swap.identity is not None
        assert each.swap.identity > 0.6


def test_a_shifted_face_is_worse_but_the_same_person(folder: Path, tmp_path: Path) -> None:
    measured = measured_if(
        folder, tmp_path, lambda truth, case: drawing_of(truth, case, case.truth, right=8)
    )
    for each in measured:
        assert each.swap.ssim < 0.9
        assert each.swap.psnr < 30
        # 8 pixels, where outer eye corners are some 100 apart.
        assert each.swap.landmarks == pytest.approx(0.08, abs=0.03)
        assert each.swap.identity is not None
        assert each.swap.identity < 0.5


def test_where_no_face_is_found_the_figure_is_missing_not_zero(
    folder: Path, tmp_path: Path
) -> None:
    def gray(truth: Truth, case: SwapCase) -> Drawing:
        return replace(
            drawing_of(truth, case, case.truth), pixels=np.full((64, 64, 3), 128, np.uint8)
        )

    for each in measured_if(folder, tmp_path, gray):
        assert each.swap.landmarks is None
        assert each.swap.identity is None
        assert each.swap.ssim < 0.9
        assert each.at_best.ssim < 1


def test_a_checkpoint_is_evaluated_in_one_go(
    trained: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report"
    given = ["--checkpoint", str(trained), "--truth", str(folder), "--output", str(report)]
    assert main(given) == 0
    said = capsys.readouterr()
    summary = json.loads(said.out)
    assert summary == json.loads((report / "evaluation.json").read_text())
    assert summary["checkpoint"]["averaged"] is True
    assert list(summary["into"]) == ["a"]
    rows = list(csv.DictReader((report / "evaluation.csv").open()))
    assert [row["source"] for row in rows] == ["001_bob.jpg", "002_bob.jpg", "003_bob.jpg"]
    for row, each in zip(rows, summary["each"], strict=True):
        assert (each["source"], each["into"]) == (row["source"], "a")
        assert f"{each['swap']['ssim']:.5f}" == row["swap_ssim"]
        assert f"{row['source']} into a: SSIM {float(row['swap_ssim']):.3f}, PSNR" in said.err
    mean = np.mean([float(row["swap_ssim"]) for row in rows])
    assert summary["into"]["a"]["swap"]["ssim"] == pytest.approx(mean, abs=1e-4)
    assert Image.open(report / "evaluation_into_a.webp").size == (4 * 256, HEIGHT + 3 * 256)


def test_drawn_on_a_machine_that_finds_no_faces_and_measured_later(
    trained: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the landmarks along, drawing needs nothing but what training needs."""
    truth = open_truth(folder, finder=SiteFinder())
    names = sorted(path.name for path in folder.iterdir())
    points = [truth.landmarks(name, truth.picture(name)) for name in names]
    np.savez(folder / "landmarks.npz", files=np.array(names), lm=np.stack(points))
    program = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({WITHOUT}))\n"
        "import tests.training.engine.tiny\n"
        "from training.engine.evaluate.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    drawn = tmp_path / "drawn"
    given = ["--checkpoint", str(trained), "--truth", str(folder)]
    command = [sys.executable, "-c", program, *given]
    subprocess.run([*command, "--draw-only", "--output", str(drawn)], cwd=ROOT, check=True)
    assert main(["--measure", str(drawn), "--truth", str(folder)]) == 0
    later = json.loads(capsys.readouterr().out)
    assert main(given) == 0
    assert json.loads(capsys.readouterr().out)["into"] == later["into"]
    # Measuring there is refused, with what is missing.
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "Measuring needs onnx" in refused.stderr


def test_the_averaged_weights_draw(trained: Path, folder: Path) -> None:
    checkpoint = read_checkpoint(trained)
    tensors = load_file(checkpoint.path)
    assert any(name.startswith(EMA) for name in tensors)
    for name, tensor in tensors.items():
        if name.startswith(EMA) and tensor.is_floating_point():
            tensor.zero_()
    save_file(tensors, checkpoint.path)
    truth = open_truth(folder, finder=SiteFinder())
    drawn = draw(checkpoint, truth, cases_in(folder, names_of(checkpoint))[:1]).each[0]
    assert drawn.pixels.shape == (16, 16, 3)
    # A model of zeros draws the middle of all shades.
    assert np.ptp(drawn.pixels) == 0


def test_both_directions_are_known_by_their_names(tmp_path: Path) -> None:
    for name in ("1_ada", "1_bob", "1_ada_as_bob", "1_bob_as_ada", "2_ada_as_bob", "3_bob"):
        (tmp_path / f"{name}.png").touch()
    assert cases_in(tmp_path, ("ada", "bob")) == [
        SwapCase("1_bob.png", "1_ada_as_bob.png", "a"),
        SwapCase("1_ada.png", "1_bob_as_ada.png", "b"),
    ]
    assert cases_in(tmp_path, ("bob", "ada"), ("a",)) == [
        SwapCase("1_ada.png", "1_bob_as_ada.png", "a")
    ]


def test_a_table_tells_what_belongs_together(folder: Path) -> None:
    for old, new in (("001_bob.jpg", "x.jpg"), ("001_ada_as_bob.jpg", "y.jpg")):
        (folder / old).rename(folder / new)
    (folder / "truth.csv").write_text("source,truth,into\nx.jpg,y.jpg,b\n")
    assert cases_in(folder, ("any", "one")) == [SwapCase("x.jpg", "y.jpg", "b")]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("source,into\nx.jpg,a\n", "truth"),
        ("source,truth,into\n001_bob.jpg,001_ada_as_bob.jpg,c\n", "'c'"),
        ("source,truth,into\n001_bob.jpg,../secret.jpg,a\n", "secret"),
        ("source,truth,into\n001_bob.jpg,gone.jpg,a\n", "gone.jpg"),
    ],
)
def test_a_wrong_table_is_refused(folder: Path, table: str, says: str) -> None:
    (folder / "truth.csv").write_text(table)
    with pytest.raises(TruthWrong, match=says):
        cases_in(folder, ("ada", "bob"))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--names", "eve,gus"], "--names"),
        (["--draw-only"], "--output"),
        (["--landmarks", "nowhere.npz"], "nowhere.npz"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_with_the_cure(
    trained: Path,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    says: str,
) -> None:
    assert main(["--checkpoint", str(trained), "--truth", str(folder), *more]) == 2
    assert says in capsys.readouterr().err


def test_a_folder_without_drawings_is_not_measured(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--measure", str(folder), "--truth", str(folder)]) == 2
    assert "--draw-only" in capsys.readouterr().err


@pytest.mark.slow
def test_the_renders_truth_is_told_apart_from_no_swap(synthetic: Path, tmp_path: Path) -> None:
    """Both directions of all 60 sets, as a model would do that draws the truth in 64 pixels."""
    folder = synthetic / "pair" / "gt"
    truth = open_truth(folder, finder=SiteFinder())
    cases = cases_in(folder, ("ada", "bob"))
    assert len(cases) == 120
    each = [drawing_of(truth, case, case.truth) for case in cases]
    write_drawings(tmp_path / "drawn", Drawings({}, VIEW, each))
    written = sum(path.stat().st_size for path in (tmp_path / "drawn").iterdir())
    assert written < 12_000_000
    measured = measure(read_drawings(tmp_path / "drawn"), truth, align="own")
    for figure, better in (("ssim", 1), ("psnr", 1), ("identity", -1), ("landmarks", -1)):
        ideal, none = (
            np.mean(
                [getattr(each, figure) for each in figures if getattr(each, figure) is not None]
            )
            for figures in ([m.swap for m in measured], [m.no_swap for m in measured])
        )
        assert (ideal - none) * better > 0, figure
