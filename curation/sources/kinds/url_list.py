"""A list of web addresses: one a line, or a table (CSV) with a line of headings."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from urllib.parse import urlsplit

from curation.sources.problems import MAX_FILES

MAX_LIST_BYTES = 16 * 1024 * 1024

_HEADINGS = {
    "url": ("url", "address", "link", "image", "image_url", "网址", "链接", "地址", "图片地址"),
    "page": ("page", "page_url", "source_url", "页面", "来源页", "来源页面"),
    "licence_note": ("licence", "license", "licence_note", "授权", "许可", "授权说明"),
    "note": ("note", "notes", "comment", "备注", "说明"),
}
_FIELDS = {heading: field for field, headings in _HEADINGS.items() for heading in headings}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One address of a list, and what the list says of it."""

    url: str
    page: str = ""
    licence_note: str = ""
    note: str = ""


class OddList(Exception):
    """A list that cannot be used, and from which line on, counted from 1; 0 for all of it."""

    def __init__(self, line: int = 0, *, has_password: bool = False) -> None:
        super().__init__(f"line {line}")
        self.line = line
        self.has_password = has_password


def read_list(data: bytes) -> list[Listed]:
    """The addresses in their order, each once. Empty lines and those behind `#` are left out.

    Raises OddList when it is no text, too long, or an address holds a password, which must not
    be stored.
    """
    if len(data) > MAX_LIST_BYTES:
        raise OddList
    text = _text_of(data)
    found: dict[str, Listed] = {}
    for line, listed in _rows(text):
        if _has_password(listed.url) or _has_password(listed.page):
            raise OddList(line, has_password=True)
        found.setdefault(listed.url, listed)
        if len(found) > MAX_FILES:
            raise OddList(line)
    return list(found.values())


def _text_of(data: bytes) -> str:
    """UTF-8 and UTF-16 as they say themselves, else what Chinese Excel writes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise OddList


def _rows(text: str) -> Iterator[tuple[int, Listed]]:
    first, _, _ = text.lstrip().partition("\n")
    delimiter = max(",;\t", key=first.count)
    headings = [cell.strip().strip('"').casefold() for cell in first.split(delimiter)]
    fields = [_FIELDS.get(heading, "") for heading in headings]
    if "url" not in fields:
        yield from _plain(text)
        return
    reader = csv.reader(StringIO(text.lstrip(), newline=""), delimiter=delimiter)
    try:
        next(reader)
        for row in reader:
            cells = {field: cell.strip() for field, cell in zip(fields, row, strict=False) if field}
            if cells.get("url"):
                yield reader.line_num, Listed(**cells)
    except csv.Error as error:
        raise OddList(reader.line_num) from error


def _plain(text: str) -> Iterator[tuple[int, Listed]]:
    # Not splitlines(): an address may hold any of the characters that it would split at.
    for line, written in enumerate(text.split("\n"), 1):
        url = written.strip()
        if url and not url.startswith("#"):
            yield line, Listed(url=url)


def _has_password(url: str) -> bool:
    try:
        return "@" in urlsplit(url).netloc
    except ValueError:
        return False
