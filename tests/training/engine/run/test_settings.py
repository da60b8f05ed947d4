"""Each setting of a run and of a conversion is its field: limits, words, flag and schema agree."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from training.engine.convert.arguments import read_arguments
from training.engine.convert.settings import ConvertSettings
from training.engine.errors import BadInput
from training.engine.run.config import LOSSES, RunConfig
from training.engine.run.settings import ITEM, RootSettings, SettingField, settings_of

NEEDED: dict[type[RootSettings], dict[str, Any]] = {
    RunConfig: {
        "a": {"folder": "a", "manifest_sha256": "0" * 64},
        "b": {"folder": "b", "manifest_sha256": "f" * 64},
    },
    ConvertSettings: {},
}
# Machines that do much else at once are slow at times.
patient = settings(deadline=None, max_examples=30)
FIELDS = [(model, field) for model in NEEDED for field in settings_of(model).values()]
NUMBERS = [(model, field) for model, field in FIELDS if field.span]
CHOICES = [(model, field) for model, field in FIELDS if field.choices]
TEXTS = {
    "model": st.sampled_from(["original", "dfl-h128"]),
    "segmentation": st.none() | st.sampled_from(["net.onnx", "网络.safetensors"]),
    f"segmentation.{ITEM}": st.sampled_from(["net.onnx", "网络.safetensors"]),
    "frames": st.sampled_from(["", "1", "10-50,100-"]),
    "only_like": st.none() | st.just("portrait.jpg"),
}
OF_TWO_SETTINGS = re.compile(r"must be more than from_yaw|hardly any of the face|weight above 0")


def name_of(case: tuple[type[RootSettings], SettingField]) -> str:
    model, field = case
    return f"{model.__name__}.{field.key}"


def over(model: type[RootSettings], field: SettingField, value: Any) -> dict[str, Any]:
    """Right settings, but for `value` in that place."""
    inner: Any = value
    for part in reversed(field.key.split(".")):
        if field.key.startswith("losses.") and part == ITEM:
            inner = {"ssim": inner, "mse": 1}
        else:
            inner = [inner] if part == ITEM else {part: inner}
    return {**NEEDED[model], **inner}


def problems_of(model: type[RootSettings], written: dict[str, Any]) -> list[str]:
    try:
        model.from_dict(written)
    except BadInput as refusal:
        problems: list[str] = refusal.context["problems"]
        return problems
    return []


def name_in(field: SettingField) -> str:
    """How an error names the setting that `over` gives."""
    item = "ssim" if field.key.startswith("losses.") else "0"
    return field.key.replace(ITEM, item)


def numbers(field: SettingField, least: float, most: float) -> st.SearchStrategy[Any]:
    if field.annotation is int:
        return st.integers(math.ceil(least), math.floor(most))
    return st.floats(least, most)


@pytest.mark.parametrize("case", NUMBERS, ids=name_of)
@patient
@given(data=st.data())
def test_a_number_is_right_up_to_its_limits_and_refused_just_outside(
    case: tuple[type[RootSettings], SettingField], data: st.DataObject
) -> None:
    model, field = case
    inside = st.sampled_from([field.least, field.most]) | numbers(field, field.least, field.most)
    complaints = problems_of(model, over(model, field, data.draw(inside)))
    assert all(OF_TWO_SETTINGS.search(complaint) for complaint in complaints)

    whole = field.annotation is int
    below = field.least - 1 if whole else math.nextafter(field.least, -math.inf)
    above = field.most + 1 if whole else math.nextafter(field.most, math.inf)
    outside = (
        st.sampled_from([below, above, True, str(field.least), None, math.nan, math.inf])
        | numbers(field, below - 1e9, below)
        | numbers(field, above, above + 1e9)
    )
    (complaint,) = problems_of(model, over(model, field, data.draw(outside)))
    assert complaint.startswith(f"{name_in(field)} must be a")
    assert f"number from {field.span}, not " in complaint


@pytest.mark.parametrize("case", CHOICES, ids=name_of)
@patient
@given(wrong=st.text() | st.integers() | st.none())
def test_a_choice_is_one_of_its_own(
    case: tuple[type[RootSettings], SettingField], wrong: Any
) -> None:
    model, field = case
    for choice in field.choices:
        assert problems_of(model, over(model, field, choice)) == []
    assume(wrong not in field.choices or isinstance(wrong, int))
    (complaint,) = problems_of(model, over(model, field, wrong))
    assert complaint.startswith(f"{name_in(field)} must be one of ")


@pytest.mark.parametrize("model", NEEDED)
@patient
@given(data=st.data())
def test_all_mistakes_are_told_at_once(model: type[RootSettings], data: st.DataObject) -> None:
    plain = [field for of, field in NUMBERS if of is model and ITEM not in field.key]
    wrong = data.draw(st.lists(st.sampled_from(plain), unique_by=lambda field: field.key))
    written: dict[str, Any] = {**NEEDED[model], "nonsense": 1}
    for field in wrong:
        part, _, inner = field.key.partition(".")
        value = field.most + 1
        written[part] = {**written.get(part, {}), inner: value} if inner else value
    first, *others = problems_of(model, written)
    assert first == "unknown setting: nonsense"
    assert {other.split(" ")[0] for other in others} == {field.key for field in wrong}
    assert len(others) == len(wrong)


def any_right(model: type[RootSettings], key: str) -> st.SearchStrategy[Any]:
    """Values that the setting may have, as JSON holds them."""
    known = settings_of(model)
    field = known[key]
    if key in TEXTS and f"{key}.{ITEM}" not in known:
        return TEXTS[key]
    if field.choices:
        return st.sampled_from(field.choices)
    if field.span:
        return numbers(field, field.least, field.most)
    if key == "losses":
        return st.dictionaries(st.sampled_from(LOSSES), any_right(model, "losses.*"), min_size=1)
    if f"{key}.{ITEM}" in known:
        return st.lists(any_right(model, f"{key}.{ITEM}"), max_size=2, unique_by=repr)
    inside = [other for other in known if re.fullmatch(re.escape(key) + r"\.[^.*]+", other)]
    return st.fixed_dictionaries(
        {}, optional={other.rpartition(".")[2]: any_right(model, other) for other in inside}
    )


@pytest.mark.parametrize("model", NEEDED)
@patient
@given(data=st.data())
def test_settings_survive_json(model: type[RootSettings], data: st.DataObject) -> None:
    names = [name for name in model.model_fields if name not in NEEDED[model]]
    some = st.fixed_dictionaries({}, optional={name: any_right(model, name) for name in names})
    wanted = {**NEEDED[model], **data.draw(some)}
    complaints = problems_of(model, wanted)
    assert all(OF_TWO_SETTINGS.search(complaint) for complaint in complaints)
    assume(not complaints)
    read = model.from_dict(wanted)
    written = json.dumps(read.to_dict())
    assert model.from_dict(json.loads(written)) == read
    assert list(json.loads(written)) == list(model.model_fields)


@pytest.mark.parametrize("case", FIELDS, ids=name_of)
def test_every_setting_is_explained_in_both_languages(
    case: tuple[type[RootSettings], SettingField],
) -> None:
    _, field = case
    if field.key.endswith(ITEM):
        return
    title, words = field.setting.title, field.setting.help
    assert title.en[0].isupper() or not title.en[0].isalpha()
    assert title.en[-1] != "."
    assert words.en.endswith(".")
    assert re.search("[\u4e00-\u9fff]", title.zh)
    assert re.search("[\u4e00-\u9fff]", words.zh)
    assert words.zh.endswith("。")


@pytest.mark.parametrize("model", NEEDED)
def test_flags_are_each_ones_own(model: type[RootSettings]) -> None:
    flags = [field.setting.flag for of, field in FIELDS if of is model and field.setting.flag]
    assert len(set(flags)) == len(flags)
    assert all(flag.startswith("--") for flag in flags)


FLAGGED = [(of, field) for of, field in NUMBERS if of is ConvertSettings and field.setting.flag]


@pytest.mark.parametrize("case", FLAGGED, ids=name_of)
def test_a_flag_refuses_what_its_setting_refuses(
    case: tuple[type[RootSettings], SettingField],
) -> None:
    _, field = case
    needed = ["--checkpoint", "c", "--input", "i", "--output", "o", "--into", "a"]
    with pytest.raises(BadInput) as refusal:
        read_arguments([*needed, f"{field.setting.flag}={field.most + 1}"], about="")
    (complaint,) = refusal.value.context["problems"]
    assert complaint.startswith(f"{field.setting.flag} must be a")


@pytest.mark.parametrize("model", NEEDED)
def test_the_json_schema_tells_limits_and_words(model: type[RootSettings]) -> None:
    schema = model.model_json_schema()
    assert schema["additionalProperties"] is False
    for name, said in schema["properties"].items():
        field = settings_of(model)[name]
        # A part of its own has its own title.
        assert "$ref" in said or said["title"] == field.setting.title.en
        assert said["x-zh"]["description"] == field.setting.help.zh
        if field.span:
            assert (said["minimum"], said["maximum"]) == (field.least, field.most)
        if field.choices and "enum" in said:
            assert tuple(said["enum"]) == field.choices
