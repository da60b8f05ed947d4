"""What a picture's file says of having been generated: `AIGC`, Content Credentials and IPTC.

The words are looked for as they stand in the file, in whichever block a program wrote them. No
signature is checked: who says of their own picture that it is generated is believed.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import asdict, dataclass, field

from curation.vision.decode import Measures, measure
from curation.vision.png_chunks import SIGNATURE, texts_of_png

_GENERATED_TYPES = frozenset(
    (
        *("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"),
        *("algorithmicMedia", "compositeSynthetic", "trainedAlgorithmicData"),
    )
)
"""Of IPTC's digital source types (cv.iptc.org/newscodes/digitalsourcetype) those of machines."""
_CERTAIN = "1"
"""Of the three labels of GB 45438-2025: the others say that it may be, or seems to be generated."""

_IPTC = re.compile(rb"DigitalSourceType.{0,200}?digitalsourcetype/([A-Za-z]{3,64})", re.DOTALL)
_C2PA = re.compile(rb"digitalSourceType.{0,60}?digitalsourcetype/([A-Za-z]{3,64})", re.DOTALL)
_AIGC = re.compile(rb"AIGC(?:\"|&quot;)?[\s=:>\0\"']{1,12}(?=\{)")
_LONGEST_KEY, _MOST_ENTRIES, _LONGEST_VALUE = 4000, 20, 300


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one file; empty where it has none."""

    aigc: dict[str, str] = field(default_factory=dict)
    """The `AIGC` key that GB 45438-2025 asks for, such as `Label` and `ContentProducer`."""
    c2pa: str = ""
    """The digital source type in its Content Credentials (C2PA)."""
    iptc: str = ""
    """The digital source type in its IPTC metadata (XMP)."""

    @property
    def say_generated(self) -> bool:
        """Whether one of them says that a machine made the picture, or part of it."""
        types = {self.c2pa, self.iptc}
        return self.aigc.get("Label") == _CERTAIN or not types.isdisjoint(_GENERATED_TYPES)

    def as_dict(self) -> dict[str, object]:
        """Those that there are, by name, as JSON keeps them."""
        return {name: mark for name, mark in asdict(self).items() if mark}


def examine(data: bytes) -> tuple[Measures, Marks]:
    """The measures of a picture, all of which was decoded, and its marks. Raises Unreadable."""
    return measure(data), marks_of(data)


def marks_of(data: bytes) -> Marks:
    """The marks in a picture's file, whatever its kind."""
    if data.startswith(SIGNATURE):
        data = data + texts_of_png(data)
    return Marks(aigc=_aigc(data), c2pa=_source_type(_C2PA, data), iptc=_source_type(_IPTC, data))


def _source_type(pattern: re.Pattern[bytes], data: bytes) -> str:
    """The first that a machine's work has, else the first: a manifest names its ingredients too."""
    types = [match.decode("ascii") for match in pattern.findall(data)]
    return next((each for each in types if each in _GENERATED_TYPES), types[0] if types else "")


def _aigc(data: bytes) -> dict[str, str]:
    for found in _AIGC.finditer(data):
        if key := _key(data[found.end() : found.end() + _LONGEST_KEY].decode("utf-8", "replace")):
            return key
    at = data.find("AIGC".encode("utf-16-le"))  # as cameras write a comment in EXIF
    if at < 0:
        return {}
    text = data[at : at + 2 * _LONGEST_KEY].decode("utf-16-le", "replace")
    return _key(text[text.find("{") :]) if "{" in text else {}


def _key(text: str) -> dict[str, str]:
    """What the JSON at the beginning of the text says, as texts; empty when it is none."""
    try:
        said, _end = json.JSONDecoder().raw_decode(html.unescape(text))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    pairs = list(said.items())[:_MOST_ENTRIES]
    return {_storable(name): _storable(value) for name, value in pairs if value != ""}


def _storable(value: object) -> str:
    text = str(value)[:_LONGEST_VALUE].replace("\0", "")
    return text.encode("utf-8", "replace").decode()
