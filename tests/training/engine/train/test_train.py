"""A training says clearly why when it cannot begin or go on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.engine.run_folders import write_release
from training.engine.run.lock import only_trainer

Make = Callable[..., Path]
Train = Callable[[Path], int]
Events = Callable[..., list[dict[str, object]]]


def test_a_batch_that_does_not_fit_is_named_with_one_that_does(
    make_run: Make, train: Train, events: Events
) -> None:
    run_dir = make_run(model="hungry", batch_size=8)
    assert train(run_dir) == 1
    (failed,) = events(run_dir, "failed")
    assert failed["code"] == "out_of_memory"
    assert failed["context"] == {"batch_size": 8, "fits": 2}
    assert "A batch_size of 2 fits" in str(failed["message"])


def test_a_mask_may_come_from_weights_in_the_run_folder(
    make_run: Make, train: Train, events: Events
) -> None:
    run_dir = make_run(segmentation="mine.onnx")
    assert train(run_dir) == 2
    (failed,) = events(run_dir, "failed")
    assert failed["code"] == "segmentation_wrong"
    assert "mine.onnx" in str(failed["message"])


def test_two_trainers_never_share_a_run(
    make_run: Make, train: Train, events: Events, capsys: pytest.CaptureFixture[str]
) -> None:
    run_dir = make_run()
    with only_trainer(run_dir):
        assert train(run_dir) == 2
    assert "Another trainer is running" in capsys.readouterr().err
    # It is the other trainer's story; this one does not end it.
    assert events(run_dir) == []


def spoil_nothing(run_dir: Path) -> None:
    """The settings alone are wrong."""


def drop_manifest(run_dir: Path) -> None:
    (run_dir / "b" / "manifest.jsonl").unlink()


def change_manifest(run_dir: Path) -> None:
    with (run_dir / "a" / "manifest.jsonl").open("a") as file:
        file.write("\n")


def drop_image(run_dir: Path) -> None:
    forget_faces(run_dir)
    sorted((run_dir / "a" / "images").iterdir())[4].unlink()


def change_image(run_dir: Path) -> None:
    forget_faces(run_dir)
    sorted((run_dir / "a" / "images").iterdir())[4].write_bytes(b"not the released one")


def forget_faces(run_dir: Path) -> None:
    (run_dir / "a" / "faces" / "faces.json").unlink()


def end_with_other_model(run_dir: Path) -> None:
    config = json.loads((run_dir / "config.json").read_text())
    sidecar = run_dir / "checkpoints" / "step-00000001.json"
    sidecar.parent.mkdir()
    sidecar.with_suffix(".safetensors").touch()
    about = {"format": "winnow-checkpoint/1", "step": 1, "model": "original", "config": config}
    sidecar.write_text(json.dumps(about))
    (sidecar.parent / "last.json").write_text('{"file": "step-00000001.safetensors"}')


@pytest.mark.parametrize(
    ("wrong", "spoil", "code", "sentence"),
    [
        ({"epochs": 3}, spoil_nothing, "config_wrong", "unknown setting: epochs"),
        ({"model": "huge"}, spoil_nothing, "model_unknown", "There is no model 'huge'"),
        ({}, drop_manifest, "manifest_missing", "There is no manifest at"),
        ({}, change_manifest, "manifest_changed", "is not the manifest that the run was made for"),
        ({}, drop_image, "image_missing", "Picture 5 of the release is not at"),
        ({}, change_image, "image_changed", "its SHA-256 differs"),
        ({}, end_with_other_model, "checkpoint_wrong", "is of a model 'original'"),
    ],
)
def test_wrong_input_is_named_with_its_cure(
    make_run: Make,
    train: Train,
    events: Events,
    capsys: pytest.CaptureFixture[str],
    wrong: dict[str, object],
    spoil: Callable[[Path], None],
    code: str,
    sentence: str,
) -> None:
    run_dir = make_run(**wrong)
    spoil(run_dir)
    assert train(run_dir) == 2
    failed = events(run_dir, "failed")[0]
    assert failed["code"] == code
    assert sentence in str(failed["message"])
    assert sentence in capsys.readouterr().err


def test_too_few_faces_are_counted_and_refused(
    make_run: Make, train: Train, events: Events
) -> None:
    run_dir = make_run()
    pictures = [path.read_bytes() for path in sorted((run_dir / "a" / "images").iterdir())[:3]]
    digest = write_release(run_dir / "few", "ada", pictures)
    config = json.loads((run_dir / "config.json").read_text())
    config["a"] = {"folder": "few", "manifest_sha256": digest}
    (run_dir / "config.json").write_text(json.dumps(config))

    assert train(run_dir) == 2
    failed = events(run_dir, "failed")[0]
    assert failed["code"] == "too_few_faces"
    assert "Only 3 faces were detected in the 3 pictures of ada" in str(failed["message"])
    assert [event["done"] for event in events(run_dir, "preparing")][-1] == 3


def test_a_picture_that_gives_no_face_is_named_with_the_reason(
    make_run: Make, train: Train, events: Events, capsys: pytest.CaptureFixture[str]
) -> None:
    run_dir = make_run()
    pictures = [path.read_bytes() for path in sorted((run_dir / "a" / "images").iterdir())]
    config = json.loads((run_dir / "config.json").read_text())
    digest = write_release(run_dir / "torn", "ada", [*pictures, pictures[0][:2000]])
    config["a"] = {"folder": "torn", "manifest_sha256": digest}
    (run_dir / "config.json").write_text(json.dumps(config))

    assert train(run_dir) == 0
    torn = {"number": 31, "file": "00031_图 31.jpg", "why": "unreadable"}
    side_a, side_b = events(run_dir, "prepared")
    assert (side_a["faces"], side_a["skipped"], side_a["pictures"]) == (30, 1, [torn])
    assert (side_b["skipped"], side_b["pictures"]) == (0, [])
    assert (
        "prepared 30 faces A; 1 picture not used: 1 unreadable (00031_图 31.jpg)"
        in capsys.readouterr().err
    )


def test_a_run_folder_that_is_not_there_is_named(
    tmp_path: Path, train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(tmp_path / "run 9") == 2
    assert (
        f"There is no run folder {tmp_path / 'run 9'}; correct the path" in capsys.readouterr().err
    )


def test_events_that_cannot_be_written_are_named(
    make_run: Make, train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    run_dir = make_run()
    (run_dir / "events.jsonl").mkdir()
    assert train(run_dir) == 2
    assert "events.jsonl cannot be written" in capsys.readouterr().err


def test_a_batch_that_processes_cannot_share_is_refused(
    make_run: Make, train: Train, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "3")
    run_dir = make_run(batch_size=4)
    assert train(run_dir) == 2
    assert events(run_dir, "failed")[0]["code"] == "batch_not_divisible"
