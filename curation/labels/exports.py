"""Reads what other tools export, a table, or a cleaned folder: which pictures, and words on each.

- CVAT: "CVAT for images 1.1", XML with `<image name><tag label/></image>`; or Datumaro, JSON with
  `items` whose annotations of type `label` point into `categories`.
- Label Studio: JSON, a list of tasks with `annotations` and `choices`; or JSON-MIN.
- FiftyOne: `samples.json` of a FiftyOneDataset, or `labels.json` of an image classification.
- CSV: a head with `number`, or `name` (`file`, `path`), or `sha256`; and `verdict` (`decision`,
  `label`), `reasons`. The table of all votes is one, and a row says what its decision says.
- A folder that somebody has cleaned by hand, as a zip: what lies in it is kept, what lies in a
  folder with a reason's name is rejected for it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET

from django.utils.translation import gettext_lazy as _

from curation.sources.kinds.left_out import is_system_file
from curation.sources.kinds.names import decode_names
from curation.sources.kinds.zip_file import members_of_zip
from curation.sources.problems import MAX_FILES, Unusable

MAX_EXPORT_BYTES = 256 * 1024 * 1024


class ExportFormat(StrEnum):
    CVAT = "cvat"
    LABEL_STUDIO = "label-studio"
    DATUMARO = "datumaro"
    FIFTYONE = "fiftyone"
    CSV = "csv"
    FOLDER = "folder"


@dataclass(frozen=True)
class Words:
    """The words that a tool has for one file, in no order."""

    name: str
    """Its path or name there, or its SHA-256."""
    words: frozenset[str]
    number: int | None = None
    """Its number here, where that is said in place of a name."""


class OddExport(Exception):
    """The file is no export of that format."""


def read_file(path: Path, name: str) -> list[Words]:
    """What the file at `path` says, that somebody calls `name`. Raises OddExport, OSError."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".json":
        told = _json_in(path)
        return _read(lambda: _said_in(told, format_of_json(told)))
    if suffix not in _FORMATS:
        raise OddExport(_("no .csv, .xml, .json or .zip but “%(other)s”") % {"other": suffix})
    return read_export(path, _FORMATS[suffix])


_FORMATS = {".xml": ExportFormat.CVAT, ".csv": ExportFormat.CSV, ".zip": ExportFormat.FOLDER}


def read_export(path: Path, export_format: ExportFormat) -> list[Words]:
    """What the export says, file by file. Raises OddExport, OSError."""
    if export_format is ExportFormat.FOLDER:  # its table alone is read
        return _read(lambda: _folder(path))
    _require_small(path)
    if export_format is ExportFormat.CVAT:
        return _read(lambda: _cvat(path))
    if export_format is ExportFormat.CSV:
        return _read(lambda: _csv(path))
    told = _json_in(path)
    return _read(lambda: _said_in(told, export_format))


def _read(read: Callable[[], Iterable[Words]]) -> list[Words]:
    """All of it, before any of it counts."""
    try:
        return list(read())
    except _ODD as error:
        raise OddExport(f"{type(error).__name__}: {error}"[:200]) from error


def _said_in(told: Any, export_format: ExportFormat) -> Iterator[Words]:
    match export_format:
        case ExportFormat.DATUMARO:
            return _datumaro(told)
        case ExportFormat.FIFTYONE:
            return _fiftyone(told)
    if not isinstance(told, list):
        raise OddExport(_("no list of tasks"))
    return _label_studio(told)


_ODD = (ValueError, LookupError, TypeError, AttributeError, RecursionError, csv.Error)


def _require_small(path: Path) -> None:
    if path.stat().st_size > MAX_EXPORT_BYTES:
        raise OddExport(_("larger than 256 MB"))


def _json_in(path: Path) -> Any:
    _require_small(path)
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise OddExport(f"{type(error).__name__}: {error}"[:200]) from error


def format_of_json(told: Any) -> ExportFormat:
    """Which tool's it is. Raises OddExport."""
    if isinstance(told, list):
        return ExportFormat.LABEL_STUDIO
    if isinstance(told, dict) and {"categories", "items"} <= told.keys():
        return ExportFormat.DATUMARO
    if isinstance(told, dict) and ("samples" in told or "labels" in told):
        return ExportFormat.FIFTYONE
    raise OddExport(_("no list of tasks, and neither items, samples nor labels in it"))


def _cvat(path: Path) -> Iterator[Words]:
    try:
        for _event, element in ET.iterparse(path):  # noqa: S314, expat resolves nothing outside and stops what unfolds
            if element.tag == "image":
                tags = element.iter("tag")
                yield Words(element.attrib["name"], _words(tag.get("label") for tag in tags))
                element.clear()
    except ET.ParseError as error:
        raise OddExport(str(error)) from error


def _datumaro(told: dict[str, Any]) -> Iterator[Words]:
    names = [label["name"] for label in told["categories"]["label"]["labels"]]
    for item in told["items"]:
        given = [each for each in item.get("annotations", ()) if each.get("type") == "label"]
        name = item.get("image", {}).get("path") or item["id"]
        yield Words(name.replace("\\", "/"), _words(names[each["label_id"]] for each in given))


def _csv(path: Path) -> Iterator[Words]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        columns = {column.strip().casefold(): column for column in rows.fieldnames or ()}
        number, name, verdict, reasons = (
            next((columns[each] for each in names if each in columns), None)
            for names in (_NUMBERS, _NAMES, _VERDICTS, _REASONS)
        )
        verdict_is_decision = verdict in (columns.get("decision"), columns.get("结论"))
        if verdict is None or (number is None and name is None):
            raise OddExport(_("its first row names no number or name, or no verdict"))
        for row in rows:
            # Beside a decision stand the reasons of each vote, also of those that were outvoted.
            is_kept = verdict_is_decision and (row[verdict] or "").casefold() in _KEPT
            why = "" if is_kept else (reasons and row[reasons]) or ""
            said = _words([row[verdict], *_APART.split(why)])
            if number and (text := (row[number] or "").strip()):
                yield Words(text, said, number=int(text))
            elif name and (text := (row[name] or "").strip()):
                yield Words(text.replace("\\", "/"), said)


_NUMBERS = ("number", "编号")
_NAMES = ("sha256", "path", "file", "filename", "name", "image", "文件", "文件名", "名称")
_VERDICTS = ("decision", "结论", "verdict", "label")  # of our own table what became of it
_REASONS = ("reasons", "reason", "理由")
_KEPT = ("kept", "保留")
_APART = re.compile(r"[\s,;，；]+")


def _folder(path: Path) -> Iterator[Words]:
    """Of a zip: no byte of its pictures is read, and no name of it touches the file system.

    What lies in a folder is what its name says, which is for the reader to know; what lies in
    none is kept.
    """
    try:
        members = members_of_zip([path], lambda _is_right: None)
    except Unusable as error:
        raise OddExport(_("no zip that can be read")) from error
    if len(members) > MAX_FILES:
        raise OddExport(_("more than 50,000 files in it"))
    texts = iter(decode_names([each.raw_name for each in members if each.text is None]))
    for member in members:
        name = member.path_from(member.text if member.text is not None else next(texts))
        if not name.endswith("/") and not is_system_file(name):
            yield Words(name, frozenset([PurePosixPath(name).parent.name or "keep"]))


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
