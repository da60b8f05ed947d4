"""A run trains, tells about it, obeys, and says clearly why when it cannot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.training.engine.run_folders import assert_same, saved_tensors, write_release
from training.engine.checkpoints.checkpoint import last_checkpoint
from training.engine.models.registry import architecture_named
from training.engine.run.commands import send
from training.engine.run.events import outcome
from training.engine.run.lock import only_trainer

Make = Callable[..., Path]
Train = Callable[[Path], int]
Events = Callable[..., list[dict[str, object]]]


def test_a_run_tells_its_story_from_start_to_end(
    make_run: Make, train: Train, events: Events
) -> None:
    run_dir = make_run(steps=40, save_every=20)
    assert train(run_dir) == 0

    kinds = [event["event"] for event in events(run_dir)]
    assert kinds[:3] == ["prepared", "prepared", "started"]
    assert kinds[-1] == "finished"
    assert [event["step"] for event in events(run_dir, "loss")] == [*range(1, 21), 30, 40]
    assert [event["step"] for event in events(run_dir, "checkpoint")] == [20, 40]
    assert [event["step"] for event in events(run_dir, "preview")] == [1, 10, 25, 40]
    assert all(event["examples_per_second"] > 0 for event in events(run_dir, "loss"))
    started = events(run_dir, "started")[0]
    assert (started["step"], started["device"], started["steps"]) == (0, "cpu", 40)


def test_what_is_trained_gets_better(make_run: Make, train: Train, events: Events) -> None:
    run_dir = make_run(steps=150, learning_rate=0.002)
    assert train(run_dir) == 0
    losses = events(run_dir, "loss")
    for side in "ab":
        assert losses[-1][side] < 0.8 * losses[0][side]


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


def test_a_run_is_the_same_every_time(make_run: Make, train: Train) -> None:
    left, right, other = (
        make_run("left", steps=5),
        make_run("right", steps=5),
        make_run("x", seed=1),
    )
    for run_dir in (left, right, other):
        assert train(run_dir) == 0
    assert_same(saved_tensors(left), saved_tensors(right))


def test_a_stopped_run_goes_on_as_if_nothing_had_been(
    make_run: Make, train: Train, events: Events
) -> None:
    whole, halved = make_run("whole", steps=30), make_run("halved", steps=30)
    assert train(whole) == 0
    send(halved, "stop")
    assert train(halved) == 3
    assert outcome(halved) == "stopped"
    assert events(halved, "stopped")[0]["step"] == 1
    assert train(halved) == 0
    assert events(halved, "started")[1]["step"] == 1
    assert_same(saved_tensors(whole), saved_tensors(halved))


def test_a_finished_run_started_again_is_still_finished(
    make_run: Make, train: Train, events: Events
) -> None:
    run_dir = make_run(steps=3)
    assert train(run_dir) == 0
    before = saved_tensors(run_dir)
    assert train(run_dir) == 0
    assert [event["step"] for event in events(run_dir, "finished")] == [3, 3]
    assert_same(before, saved_tensors(run_dir))


def test_a_run_saves_and_previews_when_asked(make_run: Make, train: Train, events: Events) -> None:
    run_dir = make_run(steps=30, save_every=30)
    send(run_dir, "save")
    send(run_dir, "preview")
    assert train(run_dir) == 0
    assert [event["step"] for event in events(run_dir, "checkpoint")] == [1, 30]


def test_a_mean_of_the_weights_is_kept_and_drawn_with(make_run: Make, train: Train) -> None:
    run_dir = make_run(steps=12, ema_decay=0.5, learning_rate=0.01)
    assert train(run_dir) == 0
    saved = last_checkpoint(run_dir)
    assert saved is not None
    newest, mean = architecture_named("tiny").build(), architecture_named("tiny").build()
    saved.load_model(newest)
    saved.load_model(mean, ema=True)
    apart = [
        (one - two).abs().max().item()
        for one, two in zip(newest.parameters(), mean.parameters(), strict=True)
    ]
    # Half of every step is still to come: near, but not the same.
    assert 0 < max(apart) < 0.1


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


def test_previews_and_a_timelapse_frame_for_every_checkpoint(make_run: Make, train: Train) -> None:
    run_dir = make_run(steps=40, save_every=20, timelapse=True)
    assert train(run_dir) == 0
    frames = sorted(path.name for path in (run_dir / "timelapse").iterdir())
    assert frames == ["00000020.webp", "00000040.webp"]


def test_snapshots_are_kept_besides(make_run: Make, train: Train, events: Events) -> None:
    run_dir = make_run(steps=6, snapshot_every=2)
    assert train(run_dir) == 0
    assert [event["step"] for event in events(run_dir, "snapshot")] == [2, 4, 6]
    assert len(list((run_dir / "checkpoints").glob("snapshot-*.safetensors"))) == 3


def test_a_loss_that_is_no_number_stops_the_run_and_spoils_nothing(
    make_run: Make, train: Train, events: Events
) -> None:
    run_dir = make_run(model="bursting", steps=20, save_every=2)
    assert train(run_dir) == 1
    failed = events(run_dir, "failed")[0]
    assert failed["code"] == "loss_not_finite"
    assert "lower learning_rate" in str(failed["message"])
    assert [event["step"] for event in events(run_dir, "checkpoint")] == [2, 4]
    assert all(tensor.isfinite().all() for tensor in saved_tensors(run_dir).values())


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
