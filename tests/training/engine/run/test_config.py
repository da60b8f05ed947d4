"""A run's settings are right or they are refused, with all mistakes named at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from training.engine.errors import ConfigWrong
from training.engine.run.config import RunConfig, load_config

RIGHT: dict[str, Any] = {
    "a": {"folder": "a", "manifest_sha256": "0" * 64},
    "b": {"folder": "b", "manifest_sha256": "f" * 64},
    "steps": 1000,
}


def test_what_is_not_given_has_a_sensible_value() -> None:
    config = RunConfig.from_dict(RIGHT)
    assert (config.model, config.batch_size, config.mask) == ("original", 8, "extended")
    assert RunConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"stepz": 5}, "unknown setting: stepz"),
        ({"a": {"folder": "a", "manifest_sha256": "0" * 64, "x": 1}}, "unknown setting: a.x"),
        ({"a": {"folder": "a"}}, "missing setting: a.manifest_sha256"),
        ({"a": "a"}, "a must be an object"),
        ({"a": {"folder": "../b", "manifest_sha256": "0" * 64}}, "a.folder must be a plain"),
        ({"a": {"folder": "a", "manifest_sha256": "abc"}}, '64 hex digits, not "abc"'),
        ({"a": {"folder": "b", "manifest_sha256": "0" * 64}}, "two different people"),
        ({"steps": 0}, "steps must be a whole number from 1"),
        ({"steps": True}, "steps must be a whole number"),
        ({"steps": "many"}, "steps must be a whole number"),
        ({"batch_size": 2.5}, "batch_size must be a whole number"),
        ({"learning_rate": float("nan")}, "learning_rate must be a number"),
        ({"learning_rate": -1}, "learning_rate must be a number"),
        ({"coverage": 2}, "coverage must be a number from 0.5 to 1"),
        ({"mask": "round"}, "mask must be one of"),
        ({"device": "tpu"}, "device must be one of"),
        ({"flip": 1}, "flip must be one of"),
        ({"model": ""}, "model must be a name"),
        ({"losses": {"ssim": 1, "beauty": 1}}, "losses: there is no 'beauty'"),
        ({"losses": {"ssim": -1}}, "losses.ssim must be a number from 0 to 1000, not -1"),
        ({"losses": {"ssim": float("nan")}}, "losses.ssim must be a number"),
        ({"losses": {"ssim": 0, "mse": 0}}, "losses must have a weight above 0"),
        ({"losses": {}}, "losses must be weights by name, of at least one of ssim, ms_ssim"),
        ({"losses": ["ssim"]}, "losses must be weights by name"),
        ({"warp": "wild"}, "warp must be one of"),
        ({"centring": "nose"}, "centring must be one of"),
        ({"optimizer": "sgd"}, "optimizer must be one of"),
        ({"compile": "always"}, "compile must be one of"),
        ({"compile": 1}, "compile must be one of"),
        ({"ema_decay": 1.0}, "ema_decay must be a number from 0"),
        ({"eye_weight": 0.5}, "eye_weight must be a number from 1"),
        ({"warmup_steps": -1}, "warmup_steps must be a whole number"),
        ({"clip_norm": -1}, "clip_norm must be a number"),
        ({"segmentation": "../net.onnx"}, "segmentation must be a plain file name"),
        ({"segmentation": ""}, "segmentation must be a plain file name"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigWrong) as refusal:
        RunConfig.from_dict({**RIGHT, **changed})
    assert complaint in refusal.value.message
    assert refusal.value.exit_code == 2


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(ConfigWrong) as refusal:
        RunConfig.from_dict({**RIGHT, "steps": -1, "batch_size": 0, "precision": "fp8"})
    assert len(refusal.value.context["problems"]) == 3


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "There is no config.json"),
        ("{", "cannot be read"),
        ("[]", r"Correct \S+/config\.json: they must be one JSON object"),
        ('{"speed": 9}', r"Correct \S+/config\.json: unknown setting: speed; missing setting: a; "),
    ],
)
def test_a_file_that_holds_no_settings_is_refused(
    tmp_path: Path, content: str | None, complaint: str
) -> None:
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(ConfigWrong, match=complaint):
        load_config(tmp_path)


def test_settings_from_before_there_were_so_many_are_still_read(tmp_path: Path) -> None:
    """A run folder of the first version is trained as it was: what is new is left out."""
    old = {"model": "original", "batch_size": 16, "seed": 3, "learning_rate": 1e-4}
    old |= {"coverage": 0.8, "mask": "components", "outside_weight": 0.2, "flip": False}
    old |= {"device": "cpu", "precision": "fp32", "save_every": 50, "snapshot_every": 0}
    (tmp_path / "config.json").write_text(json.dumps({**RIGHT, **old}))
    config = load_config(tmp_path)
    assert {name: getattr(config, name) for name in old} == old
    assert (config.centring, config.optimizer, config.warp) == ("face", "adam", "grid")
    assert (config.warmup_steps, config.clip_norm, config.ema_decay) == (0, 0, 0)
    assert config.losses == {"ssim": 1.0, "mse": 1.0}
    assert config.segmentation is None


def test_losses_are_each_runs_own() -> None:
    first, second = RunConfig.from_dict(RIGHT), RunConfig.from_dict(RIGHT)
    assert first.losses is not second.losses
    chosen = {"ms_ssim": 0.8, "mae": 1, "gradient": 0}
    assert RunConfig.from_dict({**RIGHT, "losses": chosen}).losses == chosen
