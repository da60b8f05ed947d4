"""Command-line flags of settings, made from their fields."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, get_origin

from pydantic import BaseModel

from training.engine.phrasing import as_json, json_or_word
from training.engine.run.settings import ITEM, SettingField, settings_of

METAVARS: dict[Any, str] = {float: "NUMBER", int: "N", str: "NAME"}


def add_flags(parser: argparse.ArgumentParser, model: type[BaseModel]) -> None:
    """Add an argument for every setting that has a flag, grouped by what it lies in."""
    known = settings_of(model)
    groups = {"": parser.add_argument_group("settings")}
    for field in _with_flag(model):
        part = field.key.partition(".")[0] if "." in field.key else ""
        if part not in groups:
            words = known[part].setting
            groups[part] = parser.add_argument_group(words.title.en.lower(), words.help.en)
        # A list is given one item at a time.
        of = known.get(f"{field.key}.{ITEM}", field) if _is_list(field) else field
        groups[part].add_argument(
            field.setting.flag,
            dest=field.key,
            help=_help(field),
            **_how_read(of, metavar=field.setting.metavar, is_list=_is_list(field)),
        )


def with_flags(
    model: type[BaseModel], given: argparse.Namespace, file: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The file's settings where no flag says otherwise, and the flags by the settings they gave.

    Flags of what lies in a list's item add one item to the list.
    """
    settings, flags = dict(file), dict[str, str]()
    items: dict[str, dict[str, Any]] = {}
    for field in _with_flag(model):
        value = vars(given)[field.key]
        if value is None:
            continue
        part, _, inner = field.key.partition(".")
        if inner.startswith(ITEM):
            items.setdefault(part, {})[inner.removeprefix(f"{ITEM}.")] = value
            continue
        flags[field.key] = field.setting.flag
        if not inner:
            settings[part] = value
        # What else the file has there is refused later, by name.
        elif isinstance(settings.setdefault(part, {}), dict):
            settings[part] = {**settings[part], inner: value}
    for part, item in items.items():
        before = settings.get(part, [])
        if isinstance(before, list):
            settings[part] = [*before, item]
            flags |= _flags_of_item(model, part, len(before))
    return settings, flags


def _flags_of_item(model: type[BaseModel], part: str, place: int) -> dict[str, str]:
    return {
        field.key.replace(ITEM, str(place)): field.setting.flag
        for field in _with_flag(model)
        if field.key.startswith(f"{part}.{ITEM}.")
    }


def _with_flag(model: type[BaseModel]) -> Iterator[SettingField]:
    for field in settings_of(model).values():
        if field.setting.flag:
            yield field


def _is_list(field: SettingField) -> bool:
    return get_origin(field.annotation) is tuple


def _how_read(field: SettingField, *, metavar: str, is_list: bool) -> dict[str, Any]:
    """How argparse reads a value, or one more of a list."""
    if is_list:
        return {"action": "append", **_how_read(field, metavar=metavar, is_list=False)}
    if field.annotation is bool:
        return {"action": argparse.BooleanOptionalAction}
    if field.choices and all(isinstance(choice, str) for choice in field.choices):
        return {"choices": field.choices}
    if field.annotation in METAVARS:
        return {"type": field.annotation, "metavar": metavar or METAVARS[field.annotation]}
    listed = ",".join(as_json(choice).strip('"') for choice in field.choices)
    return {"type": json_or_word, "metavar": metavar or f"{{{listed}}}"}


def _help(field: SettingField) -> str:
    """What the setting means, with its limits and what it is without the flag."""
    notes = [field.span] if field.span else []
    if field.default not in (None, "", ()):
        usual = field.default
        shown = f"{usual:g}" if isinstance(usual, float) else as_json(usual).strip('"')
        notes.append(f"default: {shown}")
    about = field.setting.help.en + (f" [{'; '.join(notes)}]" if notes else "")
    return about.replace("%", "%%")
