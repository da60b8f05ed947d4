"""In which encoding a pack's names were written, when the pack does not say.

The guess is that of Firefox's detector (`chardetng`), made for short texts, over all unsure names
of a pack at once; `tests/bench/bench_names.py` measures it. It is only shown: a person chooses
before numbers are given, and the bytes are kept, so that a better guess can be made later.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from enum import StrEnum

from chardetng_py import EncodingDetector


class Encoding(StrEnum):
    """What names were written in before UTF-8, where these pictures come from."""

    GBK = "gbk"
    BIG5 = "big5"
    SHIFT_JIS = "shift_jis"
    EUC_KR = "euc_kr"
    CP1252 = "cp1252"


_CODECS = {
    Encoding.GBK: "gb18030",
    Encoding.BIG5: "cp950",
    Encoding.SHIFT_JIS: "cp932",
    Encoding.EUC_KR: "cp949",
    Encoding.CP1252: "cp1252",
}
"""The supersets of each that Windows writes."""

_DETECTED = {
    "gbk": Encoding.GBK,
    "gb18030": Encoding.GBK,
    "big5": Encoding.BIG5,
    "shift_jis": Encoding.SHIFT_JIS,
    "euc-kr": Encoding.EUC_KR,
}

_USUAL_IN_UTF8 = re.compile(r"[\x00-\x7f\u00a0-\u017f\u0300-\u036f\u0386-\u045f\u05d0-\u0669]*")
"""European letters, Hebrew and Arabic: what names of UTF-8's two-byte letters hold in earnest."""

_LETTERS_AND_OTHERS = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]|[\x80-\xff] ")


def unsure_of(raw_names: Sequence[bytes]) -> list[int]:
    """Positions of the names whose encoding must be guessed; none when all are plainly UTF-8.

    Short Chinese names in GBK can be valid UTF-8 by accident (图片 reads as ͼƬ): next to a name
    that certainly is not UTF-8, or where the letters would be odd ones, they are unsure as well.
    """
    texts = [_utf8(raw) for raw in raw_names]
    by_accident = [n for n, text in enumerate(texts) if text is not None and _may_be_gbk(text)]
    not_utf8 = [n for n, text in enumerate(texts) if text is None]
    if not_utf8 or any(not _USUAL_IN_UTF8.fullmatch(texts[n] or "") for n in by_accident):
        return sorted(not_utf8 + by_accident)
    return []


def guess_of(raw_names: Sequence[bytes]) -> Encoding | None:
    """The encoding that reads all of these unsure names, most likely; None when none does."""
    possible = readable_in(raw_names)
    if len(possible) < 2:
        return possible[0] if possible else None
    detector = EncodingDetector()
    text = b"\n".join(raw_names)
    detector.feed(text, last=True)
    found = _DETECTED.get(detector.guess(tld=None, allow_utf8=False).lower(), Encoding.CP1252)
    if found == Encoding.CP1252 and not _LETTERS_AND_OTHERS.search(text):
        # In western words plain letters stand beside the others. Ours are Chinese most often.
        found = Encoding.GBK
    return found if found in possible else possible[0]


def readable_in(raw_names: Sequence[bytes]) -> list[Encoding]:
    """The encodings in which every one of these names can be read."""
    return [each for each in Encoding if all(_decoded(raw, each) is not None for raw in raw_names)]


def read_name(raw_name: bytes, encoding: Encoding | None) -> str:
    """The name as text, by another way where it cannot be read so: never fails.

    cp437 reads any bytes, and is what the zip format says.
    """
    text = _decoded(raw_name, encoding) if encoding else None
    if text is not None:
        return text
    return _utf8(raw_name) or _decoded(raw_name, Encoding.GBK) or raw_name.decode("cp437")


def fingerprint(raw_names: Sequence[bytes]) -> str:
    """What a pack is known by while a person chooses: the same names, the same choice."""
    return hashlib.sha256(b"\0".join(sorted(raw_names))).hexdigest()[:16]


def _decoded(raw: bytes, encoding: Encoding) -> str | None:
    try:
        return raw.decode(_CODECS[encoding])
    except UnicodeDecodeError:
        return None


def _utf8(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _may_be_gbk(text: str) -> bool:
    """Whether this UTF-8 text uses only such characters as GBK's byte pairs can look like."""
    return not text.isascii() and max(map(ord, text)) < 0x800
