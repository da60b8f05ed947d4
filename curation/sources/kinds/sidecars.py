"""JSON that gallery-dl laid beside pictures: author, page and date become part of their origin.

gallery-dl's "metadata" postprocessor writes `NAME.jpg.json`, or `NAME.json` if told so. Its keys
differ from site to site; those below are what its extractors write. Times are UTC.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from curation.sources.kinds.found import FoundFile
from curation.sources.kinds.names import storable
from curation.sources.kinds.origin import NOTHING_KNOWN, Origin
from curation.sources.models import MAX_AUTHOR_LENGTH, MAX_SITE_LENGTH
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable

MAX_BYTES = 1024 * 1024
"""Of one sidecar; real ones have some 5 KB."""
MAX_ADDRESS = 2000

_AUTHORS = ("author", "user", "owner", "uploader", "artist", "creator", "account", "username")
_NAMES_OF_AUTHOR = ("screen_name", "name", "username", "account", "nick", "fullname")
_PAGES = ("post_url", "page_url", "webpage_url", "permalink", "source_url")
_DATES = ("date", "post_date", "created_at", "date_original")


def with_sidecars(files: Sequence[FoundFile]) -> list[FoundFile]:
    """The files, pictures with the origin that their sidecar tells of, and sidecars that know they
    are such. Nothing is read yet."""
    by_path = {file.path: file for file in files}
    beside: dict[str, FoundFile] = {}
    for file in files:
        if not _is_json(file.path) and (sidecar := _sidecar_of(file, by_path)):
            beside[file.path] = sidecar
    used = {sidecar.path: by_path[path] for path, sidecar in beside.items()}
    return [_told(file, beside.get(file.path), used.get(file.path)) for file in files]


def _told(file: FoundFile, sidecar: FoundFile | None, picture: FoundFile | None) -> FoundFile:
    if sidecar and not file.is_known:
        own = file.origin
        return replace(file, origin=lambda: _merged(own(), _origin_in(sidecar)))
    if picture and not file.problem:
        return replace(file, open_bytes=lambda: _read_as_sidecar(file, picture))
    return file


def _sidecar_of(file: FoundFile, by_path: Mapping[str, FoundFile]) -> FoundFile | None:
    stem, _dot, suffix = file.path.rpartition(".")
    others = by_path.get(f"{stem}.json") if stem and "/" not in suffix else None
    return by_path.get(f"{file.path}.json") or others


def _is_json(path: str) -> bool:
    return path.casefold().endswith(".json")


def _read_as_sidecar(file: FoundFile, picture: FoundFile) -> bytes:
    """Its bytes, if they turn out to say nothing. Raises Unusable when they were made use of."""
    if picture.is_known:
        raise Unusable(ProblemCode.METADATA_USED)
    data = file.open_bytes()
    if origin_told_by(data):
        raise Unusable(ProblemCode.METADATA_USED)
    return data


def _origin_in(sidecar: FoundFile) -> Origin:
    """What the sidecar says; nothing when it cannot be read, which its own line will tell."""
    if sidecar.problem or sidecar.size > MAX_BYTES:
        return NOTHING_KNOWN
    try:
        return origin_told_by(sidecar.open_bytes())
    except Unusable:
        return NOTHING_KNOWN


def _merged(own: Origin, told: Origin) -> Origin:
    return replace(told, etag=own.etag, licence_note=own.licence_note, note=own.note)


def origin_told_by(data: bytes) -> Origin:
    """What a sidecar of gallery-dl tells; nothing for any other bytes."""
    if len(data) > MAX_BYTES:
        return NOTHING_KNOWN
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return NOTHING_KNOWN
    if not isinstance(told, dict):
        return NOTHING_KNOWN
    status = told.get("status")
    post = status if isinstance(status, dict) else told  # weibo has one around each picture
    return Origin(
        site=_text(told.get("category"), MAX_SITE_LENGTH),
        author=_author(post) or _author(told),
        page=_page(told, post),
        posted_at=_date(told) or _date(post),
    )


def _author(told: Mapping[str, Any]) -> str:
    for key in _AUTHORS:
        match told.get(key):
            case str() as name if name.strip():
                return _text(name, MAX_AUTHOR_LENGTH)
            case list() as names if names and isinstance(names[0], str):
                return _text(", ".join(filter(_is_text, names)), MAX_AUTHOR_LENGTH)
            case dict() as person:
                for part in _NAMES_OF_AUTHOR:
                    if name := _text(person.get(part), MAX_AUTHOR_LENGTH):
                        return name
    return ""


def _page(told: Mapping[str, Any], post: Mapping[str, Any]) -> str:
    """The page's address as it is written, or as the site makes it of its numbers."""
    for key in _PAGES:
        if (page := _text(told.get(key), MAX_ADDRESS)).startswith(("http://", "https://")):
            return page
    person = post.get("user") or post.get("author")
    user = person if isinstance(person, dict) else {}
    match told.get("category"):
        case "weibo" if (mid := _text(post.get("mblogid") or post.get("id"), 64)) and (
            uid := _text(user.get("id"), 64)
        ):
            return f"https://weibo.com/{uid}/{mid}"
        case "twitter" if tweet := _text(told.get("tweet_id"), 64):
            author = told.get("author")
            name = _text(author.get("name"), 64) if isinstance(author, dict) else ""
            return f"https://x.com/{name or 'i'}/status/{tweet}"
        case "pixiv" if work := _text(told.get("id"), 64):
            return f"https://www.pixiv.net/artworks/{work}"
    return ""


def _date(told: Mapping[str, Any]) -> datetime | None:
    for key in _DATES:
        value = told.get(key)
        if isinstance(value, str) and (moment := _moment(value.strip())):
            return moment
    return None


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        try:  # as weibo's own answers have it
            moment = datetime.strptime(written, "%a %b %d %H:%M:%S %z %Y")
        except ValueError:
            return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:  # the first or last day that a calendar knows
        return None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _text(value: object, most: int) -> str:
    """A short text or whole number as text; blank for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    try:
        return storable(str(value)).strip()[:most]
    except ValueError:  # a number of thousands of digits
        return ""
