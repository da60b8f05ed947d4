"""What a file is by its first bytes, whatever it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Beginning = Literal[
    "picture", "other_picture", "web_page", "film", "sound", "pack", "apple_double", "text", "data"
]
"""A picture of a kind that is read, one of a kind that is not, and what lies beside pictures."""

FIRST_BYTES = 4096

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
_BMP_HEADERS = frozenset(bytes((size, 0, 0, 0)) for size in (12, 16, 40, 52, 56, 64, 108, 124))
_OTHER_PICTURES = (
    *(b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"),  # JPEG XL, JPEG 2000
    *(b"FUJIFILMCCD-RAW", b"IIU\0", b"IIRO", b"IIRS", b"MMOR"),  # cameras' own
    *(b"8BPS", b"%!PS", b"\0\0\1\0", b"II\xbc\x01", b"II+\0", b"MM\0+"),
    *(b"qoif", b"v/1\x01", b"#?RADIANCE", b"DDS ", b"BPG\xfb", b"FLIF", b"P5\n", b"P6\n"),
)
_FILMS = (
    *(b"\x1aE\xdf\xa3", b"FLV\1", b"0&\xb2u\x8ef\xcf\x11", b"\0\0\1\xba", b"\0\0\1\xb3"),
    *(b".RMF",),
)
_SOUNDS = (b"ID3", b"fLaC", b"OggS", b"\xff\xfb", b"\xff\xf1", b"#!AMR")
_PACKS = (
    *(b"PK\3\4", b"PK\5\6", b"Rar!\x1a\7", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"\xfd7zXZ\0"),
    *(b"BZh", b"\x28\xb5\x2f\xfd"),
)
_APPLE_DOUBLE = (b"\0\5\x16\7", b"\0\5\x16\0")

HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
AVIF_BRANDS = frozenset((b"avif", b"avis"))
_ANY_HEIF = frozenset((b"mif1", b"msf1", b"mif2"))
_CAMERA_BRANDS = frozenset((b"crx ", b"jxl ", b"jp2 "))
_STARTS: dict[Beginning, tuple[bytes, ...]] = {
    "picture": _PICTURES,
    "other_picture": _OTHER_PICTURES,
    "apple_double": _APPLE_DOUBLE,
    "pack": _PACKS,
    "film": _FILMS,
    "sound": _SOUNDS,
}
_RIFF: dict[bytes, Beginning] = {b"WEBP": "picture", b"AVI ": "film", b"WAVE": "sound"}
_FILM_BOXES = frozenset((b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))
_FURTHER_IN: dict[Beginning, Callable[[bytes], bool]] = {
    "picture": lambda data: data[:2] == b"BM" and data[14:18] in _BMP_HEADERS,
    "pack": lambda data: data[257:262] == b"ustar",
    "film": lambda data: data[4:8] in _FILM_BOXES or data[:1] == data[188:189] == b"\x47",
}


def beginning_of(data: bytes) -> Beginning:
    """What the bytes are, as far as their beginning says it."""
    if data[4:8] == b"ftyp":
        return _of_brands(brands_of(data))
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12], "data")
    for beginning, starts in _STARTS.items():
        if data.startswith(starts):
            return beginning
    for beginning, is_it in _FURTHER_IN.items():
        if is_it(data):
            return beginning
    return _of_text(data[:FIRST_BYTES])


def brands_of(data: bytes) -> list[bytes]:
    """The kinds that a file of boxes (ISO 14496-12) says it is of, the main one first."""
    if data[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(data[:4]), len(data), FIRST_BYTES)
    return [data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))]


def is_avif(brands: list[bytes]) -> bool:
    """Of a still picture's brands: whether it is an AVIF. Otherwise it is a HEIC."""
    return brands[0] in AVIF_BRANDS or HEIC_BRANDS.isdisjoint(brands)


def _of_brands(brands: list[bytes]) -> Beginning:
    main = brands[0]
    is_still = main in HEIC_BRANDS | AVIF_BRANDS or (
        main in _ANY_HEIF and not (HEIC_BRANDS | AVIF_BRANDS).isdisjoint(brands)
    )
    if is_still:
        return "picture"
    return "other_picture" if main in _CAMERA_BRANDS | _ANY_HEIF else "film"


def _of_text(start: bytes) -> Beginning:
    if not start or b"\0" in start.removesuffix(b"\0"):
        return "data"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head")):
        return "web_page"
    if b"<svg" in text and text.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg")):
        return "other_picture"
    num_odd = sum(byte < 0x20 and byte not in b"\t\n\r\f\x1b" for byte in start)
    return "data" if num_odd else "text"
