"""What may be kept as evidence of a consent, judged by its content and not by its name."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.decoding.process import DecoderUnavailable
from curation.decoding.sentences import sentence_of
from curation.errors import Busy, Refused
from curation.vision.decode import Unreadable, measure

MAX_EVIDENCE_BYTES = 10 * 2**20
_MAY_BE_TEXT = frozenset(("not_a_picture", "web_page", "other_kind"))
_LIMITS = Limits(seconds=20, megabytes=2000)

_ENDINGS = {
    "pdf": (".pdf",),
    "jpeg": (".jpg", ".jpeg"),
    "png": (".png",),
    "text": (".txt",),
}

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG")
"""How a JPEG and a PNG begin, whole or not."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
"""What no text holds: control characters other than tab, line and page breaks."""


class UnusableEvidence(Refused):
    """The file cannot serve as evidence. Nothing of it was kept."""

    code, status = "unusable_evidence", 400


def check_evidence(data: bytes, *, name: str) -> str:
    """The file's name, safe to hand out again: its ending says what the content really is.

    Raises Busy, and UnusableEvidence unless it is a PDF, JPEG, PNG or plain text of at most 10 MB.
    """
    if not data:
        raise UnusableEvidence(_("The evidence file is empty."))
    if len(data) > MAX_EVIDENCE_BYTES:
        raise UnusableEvidence(_("The evidence file is larger than 10 MB."))
    kind = _kind_of(data, name)
    if kind is None:
        raise UnusableEvidence(
            _("The evidence must be a PDF, a JPEG or PNG picture, or plain text.")
        )
    plain = _without_path_and_controls(name) or "evidence"
    endings = _ENDINGS[kind]
    if PurePosixPath(plain).suffix.lower() not in endings:
        plain += endings[0]
    return plain[-255:]


def _kind_of(data: bytes, name: str) -> str | None:
    if data.startswith(b"%PDF-"):
        return "pdf"
    try:
        match in_child(measure, data, limits=_LIMITS).format:
            case "JPEG":
                return "jpeg"
            case "PNG":
                return "png"
            case _:
                return None
    except Unreadable as problem:
        if data.startswith(_PICTURES):
            raise UnusableEvidence(
                _("“%(name)s” cannot be used. %(why)s")
                % {"name": name, "why": sentence_of(problem.code, problem.details)},
                reason=problem.code,
            ) from problem
        if problem.code not in _MAY_BE_TEXT:
            return None
    except DecoderUnavailable as trouble:
        raise Busy from trouble
    return "text" if _is_text(data) else None


def _is_text(data: bytes) -> bool:
    """Whether the bytes read as text in one of the encodings that people save notes in."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _CONTROL.search(text) is None
    return False


def _without_path_and_controls(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(". ")
