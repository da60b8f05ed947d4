"""A checkpoint holds all of a run, or it is not there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training.engine.saved import CONFIG, make_state, save_last, save_snapshot
from training.engine.checkpoints.checkpoint import (
    best_checkpoint,
    last_checkpoint,
    load_optimizer,
    read_checkpoint,
)
from training.engine.checkpoints.tensor_file import write_tensors
from training.engine.errors import CheckpointWrong, LossNotFinite


def test_what_was_saved_is_what_is_read(tmp_path: Path) -> None:
    saved = make_state(3)
    save_last(tmp_path, saved)
    kept = last_checkpoint(tmp_path)
    assert kept is not None
    assert (kept.step, kept.config, kept.about["num_sampled"]) == (3, CONFIG, {"a": 30, "b": 60})

    other = make_state(1, seed=5)
    kept.load_model(other.model)
    load_optimizer(kept, other.model, other.optimizer)
    pairs = zip(saved.model.parameters(), other.model.parameters(), strict=True)
    for wanted, restored in pairs:
        assert torch.equal(wanted, restored)
        for kind, moment in saved.optimizer.state[wanted].items():
            assert torch.equal(moment, other.optimizer.state[restored][kind])
    assert torch.equal(kept.tensors("random.")["cpu.0"], saved.random["cpu.0"])


def test_moments_are_laid_out_as_their_weights(tmp_path: Path) -> None:
    """Fused kernels walk through weight and moments together, whatever their order in memory."""
    save_last(tmp_path, make_state(1))
    restored = read_checkpoint(tmp_path)
    other = make_state(1)
    other.model.to(memory_format=torch.channels_last)
    load_optimizer(restored, other.model, other.optimizer)
    weight = other.model[0].weight
    assert other.optimizer.state[weight]["exp_avg"].stride() == weight.stride()


def test_only_the_last_is_kept_and_snapshots_stay(tmp_path: Path) -> None:
    save_last(tmp_path, make_state(1))
    save_snapshot(tmp_path, make_state(1))
    save_last(tmp_path, make_state(2))
    names = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert names == [
        "last.json",
        "snapshot-00000001.json",
        "snapshot-00000001.safetensors",
        "step-00000002.json",
        "step-00000002.safetensors",
    ]
    snapshot = read_checkpoint(tmp_path / "checkpoints" / "snapshot-00000001.safetensors")
    assert {tensor.dtype for tensor in snapshot.tensors("model.").values()} == {torch.float16}
    assert not snapshot.tensors("optimizer.")


def test_spoilt_weights_are_never_saved_over_good_ones(tmp_path: Path) -> None:
    good = save_last(tmp_path, make_state(1))
    spoilt = make_state(2)
    with torch.no_grad():
        next(spoilt.model.parameters())[0] = float("nan")
    with pytest.raises(LossNotFinite, match="nothing was saved"):
        save_last(tmp_path, spoilt)
    assert last_checkpoint(tmp_path) == good


def test_a_run_without_checkpoint_has_none(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert last_checkpoint(tmp_path) is None
    with pytest.raises(CheckpointWrong, match="no checkpoint yet"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("damage", ["pointer", "sidecar", "tensors", "cut off"])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, damage: str) -> None:
    saved = save_last(tmp_path, make_state(1))
    match damage:
        case "pointer":
            (tmp_path / "checkpoints" / "last.json").write_text("{")
        case "sidecar":
            saved.path.with_suffix(".json").write_text("{}")
        case "tensors":
            saved.path.unlink()
        case "cut off":
            saved.path.write_bytes(saved.path.read_bytes()[:-100])
    with pytest.raises(CheckpointWrong, match="Use another checkpoint, or delete this one"):
        read_checkpoint(tmp_path).tensors("model.")


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    save_last(tmp_path, make_state(1, width=8))
    with pytest.raises(CheckpointWrong, match="not those of a model 'original'"):
        read_checkpoint(tmp_path).load_model(make_state(1, width=16).model)


def test_the_best_stays_until_a_better_one_is_there(tmp_path: Path) -> None:
    kept = []
    for step, average in ((1, 0.5), (2, 0.3), (3, 0.4), (4, 0.35), (5, 0.2)):
        save_last(tmp_path, make_state(step, average=average))
        best, last = best_checkpoint(tmp_path), last_checkpoint(tmp_path)
        assert best is not None
        assert last is not None
        kept.append((best.step, best.average, last.step))
        files = {path.stem for path in (tmp_path / "checkpoints").glob("step-*.safetensors")}
        assert files == {best.path.stem, last.path.stem}
    assert kept == [(1, 0.5, 1), (2, 0.3, 2), (2, 0.3, 3), (2, 0.3, 4), (5, 0.2, 5)]
    assert best.tensors("optimizer.")


def test_a_damaged_pointer_to_the_best_keeps_nobody_from_saving(tmp_path: Path) -> None:
    save_last(tmp_path, make_state(1, average=0.5))
    (tmp_path / "checkpoints" / "best.json").write_text("{")
    with pytest.raises(CheckpointWrong, match=r"best\.json cannot be read"):
        best_checkpoint(tmp_path)
    save_last(tmp_path, make_state(2, average=0.6))
    assert best_checkpoint(tmp_path).step == 1  # type: ignore[union-attr]


def test_a_checkpoint_that_is_named_is_never_written_over(tmp_path: Path) -> None:
    first = save_last(tmp_path, make_state(7, average=0.1))
    again = save_last(tmp_path, make_state(7, seed=1, average=0.2))
    assert again.path != first.path
    assert best_checkpoint(tmp_path) == first
    assert last_checkpoint(tmp_path) == again


def test_averaged_weights_are_what_a_conversion_gets(tmp_path: Path) -> None:
    state = make_state(1)
    averaged = {name: tensor * 2 for name, tensor in state.model.state_dict().items()}
    for save in (save_last, save_snapshot):
        save(tmp_path, replace(state, ema=averaged))
    snapshot = tmp_path / "checkpoints" / "snapshot-00000001.safetensors"
    for restored in (read_checkpoint(tmp_path), read_checkpoint(snapshot)):
        model = make_state(1, seed=3).model
        restored.load_model(model, ema=True)
        assert torch.allclose(model[2].weight, averaged["2.weight"], rtol=1e-3)
        restored.load_model(model)
        assert torch.allclose(model[2].weight, state.model.state_dict()["2.weight"], rtol=1e-3)


def test_without_averaged_weights_there_are_the_plain_ones(tmp_path: Path) -> None:
    state = make_state(1)
    save_last(tmp_path, state)
    model = make_state(1, seed=3).model
    read_checkpoint(tmp_path).load_model(model, ema=True)
    assert torch.equal(model[2].weight, state.model.state_dict()["2.weight"])


def test_checkpoints_from_before_there_were_digests_and_changes_are_read(tmp_path: Path) -> None:
    sidecar = save_last(tmp_path, make_state(1)).path.with_suffix(".json")
    about = json.loads(sidecar.read_text())
    for newer in ("digest", "changed", "average"):
        del about[newer]
    sidecar.write_text(json.dumps(about))
    restored = read_checkpoint(tmp_path)
    restored.verify()
    assert (restored.about["changed"], restored.average) == ({}, None)


def test_the_digest_tells_the_file_that_was_written_from_any_other(tmp_path: Path) -> None:
    saved = save_last(tmp_path, make_state(1))
    assert saved.about["digest"] == hashlib.sha256(saved.path.read_bytes()).hexdigest()
    read_checkpoint(tmp_path).verify()
    content = bytearray(saved.path.read_bytes())
    content[-1] ^= 1
    saved.path.write_bytes(content)
    with pytest.raises(CheckpointWrong, match="has changed since it was saved"):
        read_checkpoint(tmp_path).verify()


def test_tensors_of_every_kind_are_read_back_by_the_library(tmp_path: Path) -> None:
    tensors = {
        f"{kind}".removeprefix("torch."): torch.arange(6).reshape(2, 3).to(kind)
        for kind in (torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.uint8)
    }
    tensors |= {"flags": torch.tensor([True, False, True]), "step": torch.tensor(7.0)}
    tensors |= {"none": torch.zeros(0, 3), "turned": torch.arange(6.0).reshape(2, 3).T}
    write_tensors(tmp_path / "all.safetensors", tensors)
    restored = load_file(tmp_path / "all.safetensors")
    assert restored.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert restored[name].dtype == tensor.dtype
        assert torch.equal(restored[name], tensor)


def test_a_weight_too_large_for_half_precision_stays_whole(tmp_path: Path) -> None:
    state = make_state(1)
    with torch.no_grad():
        state.model[2].bias[0] = 70_000.0
    saved = save_snapshot(tmp_path, state)
    assert saved.tensors("model.")["2.bias"][0] == 70_000.0
