"""A run's settings are right or they are refused, with all mistakes named at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from training.engine.config import RunConfig, load_config
from training.engine.errors import ConfigWrong

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
        ({"a": {"folder": "a", "manifest_sha256": "abc"}}, "64 hex digits, not 'abc'"),
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
    [(None, "There is no config.json"), ("{", "cannot be read"), ("[]", "one JSON object")],
)
def test_a_file_that_holds_no_settings_is_refused(
    tmp_path: Path, content: str | None, complaint: str
) -> None:
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(ConfigWrong, match=complaint):
        load_config(tmp_path)
