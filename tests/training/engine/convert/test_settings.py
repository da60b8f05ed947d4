"""A conversion's settings are right, or all that is wrong with them is told at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training.engine.run_folders import ROOT
from training.engine.convert.arguments import read_arguments
from training.engine.convert.settings import ConvertSettings
from training.engine.errors import ConversionRefused

NEEDED = ["--checkpoint", "c", "--input", "i", "--output", "o", "--into", "a"]


def read(*flags: str) -> ConvertSettings:
    settings: ConvertSettings = read_arguments([*NEEDED, *flags], about="").settings
    return settings


def test_settings_survive_json() -> None:
    given = {
        "masks": ["components", "predicted"],
        "erosion": {"left": 10},
        "erosion_by_yaw": [{"far": 30}, {"near": -5, "from_yaw": 1.5, "to_yaw": 2}],
        "frames": "10-50, 100-",
    }
    settings = ConvertSettings.from_dict(given)
    assert settings.erosion_by_yaw[1].near == -5
    assert ConvertSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_every_mistake_is_told_at_once() -> None:
    given = {
        "colour": {"match": "magic", "hue": 3},
        "blend": {"kernel": 99},
        "erosion_by_yaw": [{"from_yaw": 50, "to_yaw": 40, "far": "x"}],
        "frames": "5-2",
        "masks": ["u"],
        "batch": True,
        "nonsense": 1,
    }
    with pytest.raises(ConversionRefused) as refused:
        ConvertSettings.from_dict(given)
    for sentence in (
        "unknown setting: nonsense",
        "unknown setting: colour.hue",
        "colour.match must be one of",
        "blend.kernel must be a number from 0.1 to 25",
        "erosion_by_yaw.0.far must be a number",
        "erosion_by_yaw.0.to_yaw must be more than from_yaw (50)",
        "frames must be ranges",
        "masks.0 must be one of",
        "batch must be a whole number",
    ):
        assert sentence in refused.value.message


def test_the_settings_in_the_documents_are_all_that_are_no_matter_of_the_machine() -> None:
    document = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    given = json.loads(document.split("```json")[1].split("```")[0])
    of_machine = {"batch", "workers", "device", "precision", "segmentation"}
    settings = ConvertSettings.from_dict(given).to_dict()
    assert settings.keys() - of_machine == given.keys()
    for name in ("erosion", "blend", "colour", "sharpen", "label", "film"):
        assert settings[name].keys() == given[name].keys()
    assert settings["erosion_by_yaw"][0].keys() == given["erosion_by_yaw"][0].keys()


def test_flags_go_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"erosion": {"left": 5, "top": 7}, "smoothing": 0}))
    settings = read("--settings", str(file), "--erode-left", "9", "--erode-far", "30")
    assert (settings.erosion.left, settings.erosion.top) == (9, 7)
    assert settings.smoothing == 0
    assert settings.erosion_by_yaw[0].far == 30
    assert read() == ConvertSettings()
    file.write_text("[1]")
    with pytest.raises(ConversionRefused, match="one JSON object"):
        read("--settings", str(file))


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--blend-kernel", "99"], "--blend-kernel must be a number from 0.1 to 25, not 99.0"),
        (["--erode-far", "300"], "--erode-far must be a number from -100 to 100"),
        (["--erode-to-yaw", "10"], "--erode-to-yaw must be more than from_yaw (15)"),
        (["--frames", "5-2"], "--frames must be ranges"),
        (["--blend-kernel", "20", "--blend-passes", "3"], "the kernel must be 14.4 at most"),
        (["--blend", "none", "--blend-kernel", "99"], "--blend-kernel must be a number"),
    ],
)
def test_what_is_wrong_with_a_flag_is_told_of_the_flag(flags: list[str], sentence: str) -> None:
    with pytest.raises(ConversionRefused) as refused:
        read(*flags)
    assert sentence in refused.value.message


def test_help_tells_defaults_and_limits(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read("--help")
    output = " ".join(capsys.readouterr().out.split())
    assert "Width of the soft edge, in % of the crop's side. [0.1 to 25; default: 4]" in output
    assert (
        "--erode-from-yaw NUMBER Degrees of turn at which the erosion begins. [0 to 90;" in output
    )
    assert "[default: gaussian]" in output


def test_there_is_no_leaving_out_the_label(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read("--no-label")
    assert "unrecognized arguments: --no-label" in capsys.readouterr().err
