"""The `AIGC` key: the mark for programs that China's GB 45438-2025 asks for.

Its value is JSON of seven strings. Pictures carry it in XMP, in the namespace of the standard's
committee TC260, and PNG as a text of that name too; films among the container's metadata.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

KEY = "AIGC"
NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"
PRODUCER = "Winnow"
GENERATED = "1"
"""Of the standard's three labels the one for what is generated for certain; the others say that
it may be, or seems to be."""


def new_key() -> str:
    """The key's value for one more output, with an id of its own.

    Whoever spreads the output later fills in the propagator; the reserved codes are for checks
    that the producer may add, and stay empty, as the Content Credentials prove more.
    """
    said = {
        "Label": GENERATED,
        "ContentProducer": PRODUCER,
        "ProduceID": uuid4().hex,
        "ReservedCode1": "",
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }
    return json.dumps(said, separators=(",", ":"))


def as_xmp(key: str) -> bytes:
    """The XMP packet that says it."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:TC260="{NAMESPACE}">'
        f"<TC260:{KEY}>{escape(key)}</TC260:{KEY}>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def in_picture(key: str, suffix: str) -> dict[str, Any]:
    """What Pillow's save needs to put the key into a picture of that suffix."""
    if suffix.lower() != ".png":
        return {"xmp": as_xmp(key)}
    texts = PngInfo()
    texts.add_text(KEY, key)
    texts.add_itxt("XML:com.adobe.xmp", as_xmp(key).decode())
    return {"pnginfo": texts}


def picture_carries(path: Path, key: str) -> bool:
    """Whether a picture has that key in it, as Pillow reads it; False for what is no picture."""
    try:
        with Image.open(path) as picture:
            return as_xmp(key) in _as_bytes(picture.info.get("xmp", b""))
    except UnidentifiedImageError:
        return False


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
