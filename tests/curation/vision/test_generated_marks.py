"""What a picture says of having been generated is read, in whichever block it stands."""

from __future__ import annotations

import html
import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from curation.vision.generated_marks import Marks, marks_of
from tests.curation.vision.test_heic_and_avif import heic

KEY = {"Label": "1", "ContentProducer": "某某公司", "ProduceID": "a-1", "ReservedCode1": ""}
SAID = {name: value for name, value in KEY.items() if value}
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description {}>{}'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)
AIGC_XMP = XMP.format("", f"<TC260:AIGC>{html.escape(json.dumps(KEY))}</TC260:AIGC>")


def saved(format: str, **how: Any) -> bytes:  # noqa: A002, as Pillow calls it
    if format == "HEIF":
        return heic(Image.new("RGB", (16, 16)), **how)
    buffer = BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, format, **how)
    return buffer.getvalue()


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "AVIF", "HEIF"])
def test_the_aigc_key_in_xmp_is_read(format: str) -> None:  # noqa: A002
    marks = marks_of(saved(format, xmp=AIGC_XMP.encode()))
    assert marks == Marks(aigc=SAID)
    assert marks.say_generated
    assert marks.as_dict() == {"aigc": SAID}


@pytest.mark.parametrize("is_packed", [False, True])
def test_the_aigc_key_in_a_png_is_read_packed_or_not(*, is_packed: bool) -> None:
    for keyword, text in (("AIGC", json.dumps(KEY)), ("XML:com.adobe.xmp", AIGC_XMP)):
        info = PngInfo()
        info.add_itxt(keyword, text, zip=is_packed)
        assert marks_of(saved("PNG", pnginfo=info)) == Marks(aigc=SAID)


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-le"])
def test_the_aigc_key_in_a_comment_of_exif_is_read(encoding: str) -> None:
    exif = Image.Exif()
    comment = json.dumps({"AIGC": {"Label": "1", "ProduceID": "7"}})
    code = b"ASCII\0\0\0" if encoding == "ascii" else b"UNICODE\0"
    exif.get_ifd(0x8769)[0x9286] = code + comment.encode(encoding)
    assert marks_of(saved("JPEG", exif=exif)).aigc == {"Label": "1", "ProduceID": "7"}


@pytest.mark.parametrize(("label", "is_certain"), [("1", True), ("2", False), ("3", False)])
def test_only_the_label_for_what_is_certain_says_it_is_generated(
    label: str, *, is_certain: bool
) -> None:
    xmp = XMP.format("TC260:AIGC='" + json.dumps({"Label": label}) + "'", "")
    marks = marks_of(saved("JPEG", xmp=xmp.encode()))
    assert marks.aigc == {"Label": label}
    assert marks.say_generated is is_certain


@pytest.mark.parametrize(
    "block",
    [
        f"<Iptc4xmpExt:DigitalSourceType>{IPTC}%s</Iptc4xmpExt:DigitalSourceType>",
        f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{IPTC}%s"/>',
    ],
)
@pytest.mark.parametrize(
    ("kind", "is_generated"),
    [
        ("trainedAlgorithmicMedia", True),
        ("compositeWithTrainedAlgorithmicMedia", True),
        ("digitalCapture", False),
    ],
)
def test_iptcs_source_type_is_read(block: str, kind: str, *, is_generated: bool) -> None:
    for format_ in ("JPEG", "WEBP"):
        marks = marks_of(saved(format_, xmp=XMP.format("", block % kind).encode()))
        assert marks == Marks(iptc=kind)
        assert marks.say_generated is is_generated


def test_content_credentials_are_read_and_a_cameras_are_no_confession() -> None:
    def manifest(kind: str) -> bytes:
        text = f"{IPTC}{kind}".encode()
        return (
            b"jumbc2pa.actions\xa2factionlc2pa.createdqdigitalSourceTypex"
            + bytes((len(text),))
            + text
        )

    def jpeg(*kinds: str) -> bytes:
        body = b"JP\0\1\0\0\0\1" + b"".join(manifest(kind) for kind in kinds)
        return b"\xff\xd8\xff\xeb" + (len(body) + 2).to_bytes(2) + body + saved("JPEG")[2:]

    assert marks_of(jpeg("digitalCapture")) == Marks(c2pa="digitalCapture")
    assert not marks_of(jpeg("digitalCapture")).say_generated
    assert marks_of(jpeg("digitalCapture", "trainedAlgorithmicMedia")).say_generated


def test_an_ordinary_picture_has_no_marks() -> None:
    assert marks_of(saved("JPEG", comment=b"AIGC is what we talked of: {nothing}")) == Marks()
    assert marks_of(saved("PNG")).as_dict() == {}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.binary(max_size=60))
def test_whatever_stands_behind_the_key_can_be_stored(text: str, data: bytes) -> None:
    said = json.dumps({"Label": text}).encode()
    for tail in (said, b"{" + data, b'{"Label": [1, {"a": 2}]}', b'{"a":' * 900):
        marks = marks_of(b"\xff\xd8\xffAIGC=" + tail)
        stored = json.dumps(marks.as_dict(), ensure_ascii=False).encode()
        assert b"\0" not in stored
        assert len(stored) < 20_000
