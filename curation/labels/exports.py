"""Reads what CVAT, Label Studio and FiftyOne export: names of files, and the words on each.

- CVAT: "CVAT for images 1.1", XML with `<image name><tag label/></image>`.
- Label Studio: JSON, a list of tasks with `annotations` and `choices`; or JSON-MIN.
- FiftyOne: `samples.json` of a FiftyOneDataset, or `labels.json` of an image classification.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET

MAX_EXPORT_BYTES = 256 * 1024 * 1024


class ExportFormat(StrEnum):
    CVAT = "cvat"
    LABEL_STUDIO = "label-studio"
    FIFTYONE = "fiftyone"


@dataclass(frozen=True)
class Words:
    """The words that a tool has for one file, in no order."""

    name: str
    """Its path or name there."""
    words: frozenset[str]


class OddExport(Exception):
    """The file is no export of that format."""


def read_export(path: Path, export_format: ExportFormat) -> list[Words]:
    """What the export says, file by file. Raises OddExport, OSError."""
    if path.stat().st_size > MAX_EXPORT_BYTES:
        raise OddExport("larger than 256 MB")
    try:
        if export_format is ExportFormat.CVAT:
            return list(_cvat(path))
        told = json.loads(path.read_bytes())
        if export_format is ExportFormat.FIFTYONE:
            return list(_fiftyone(told))
        if not isinstance(told, list):
            raise OddExport("no list of tasks")
        return list(_label_studio(told))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise OddExport(f"{type(error).__name__}: {error}"[:200]) from error


def _cvat(path: Path) -> Iterator[Words]:
    try:
        for _event, element in ET.iterparse(path):  # noqa: S314, the admin's own file
            if element.tag == "image":
                tags = element.iter("tag")
                yield Words(element.attrib["name"], _words(tag.get("label") for tag in tags))
                element.clear()
    except ET.ParseError as error:
        raise OddExport(str(error)) from error


def _label_studio(told: list[dict[str, Any]]) -> Iterator[Words]:
    for task in told:
        data = task.get("data", task)
        image = data.get("image") or data.get("img") or data.get("url")
        if "annotations" not in task:  # JSON-MIN
            yield Words(_file_in(image), _choices(task.get("choice") or task.get("choices")))
            continue
        words: set[str] = set()
        for annotation in task["annotations"]:
            if not annotation.get("was_cancelled"):
                for result in annotation.get("result", ()):
                    words |= _choices(result.get("value", {}).get("choices"))
        yield Words(_file_in(image), frozenset(words))


def _choices(said: Any) -> frozenset[str]:
    if isinstance(said, dict):
        said = said.get("choices")
    return _words(said if isinstance(said, list) else [said])


def _file_in(address: str) -> str:
    """The file of an address such as `/data/local-files/?d=a/b.jpg` or `/data/upload/1/b.jpg`."""
    parts = urlsplit(address)
    local = parse_qs(parts.query).get("d")
    return local[0] if local else unquote(parts.path).removeprefix("/data/")


def _fiftyone(told: dict[str, Any]) -> Iterator[Words]:
    if "samples" not in told:
        classes = told.get("classes")
        for name, label in told["labels"].items():
            text = classes[label] if classes and isinstance(label, int) else label
            yield Words(name, _choices(text))
        return
    for sample in told["samples"]:
        words = set(_words(sample.get("tags") or ()))
        for value in sample.values():
            if isinstance(value, dict) and value.get("_cls") == "Classification":
                words |= _words([value.get("label")])
            elif isinstance(value, dict) and value.get("_cls") == "Classifications":
                words |= _words(each.get("label") for each in value.get("classifications", ()))
        yield Words(sample["filepath"].replace("\\", "/"), frozenset(words))


def _words(said: Any) -> frozenset[str]:
    return frozenset(word.strip() for word in said if isinstance(word, str) and word.strip())
