"""Why a file, or a whole source, cannot be imported: a code for programs, a sentence for people."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from curation.decoding import sentences
from curation.decoding.sentences import WHAT
from curation.sources.problem_codes import ProblemCode

MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_SENT_BYTES = 32 * 1024**3
"""Of a pack or film."""
MAX_FILES = 50_000
MAX_SYSTEM_FILES = 3 * MAX_FILES
"""With those that computers put beside the others; a NAS adds several to each picture."""
MAX_PATH_BYTES = 2000
"""Of UTF-8; PostgreSQL indexes no more than 2,704."""
MAX_NAME_LENGTH = 255

LEFT_OUT = frozenset(
    (
        *(ProblemCode.SYSTEM_FILE, ProblemCode.BESIDE, ProblemCode.SOUND),
        *(ProblemCode.DOCUMENT, ProblemCode.METADATA_USED),
    )
)
"""Of what is no picture and claims to be none. All other codes of a file are refusals."""

OF_WHOLE_PACKS = frozenset(
    (
        *(ProblemCode.NOT_A_PACK, ProblemCode.EMPTY_PACK, ProblemCode.UNKNOWN_PACK),
        *(ProblemCode.NO_LIBRARY, ProblemCode.PARTS_MISSING, ProblemCode.LOCKED_KIND),
        *(ProblemCode.PACK_BOMB, ProblemCode.PACK_TOO_HEAVY, ProblemCode.PACK_CRASHES),
        *(ProblemCode.LARGE_DIRECTORY, ProblemCode.ENCRYPTED),
    )
)
"""An import of one pack that has one of these, and of nothing else, has failed."""

Details = dict[str, int | str]
"""The numbers of one file: `width`, `height`, `most` and so on."""


_NUMBERS = {ProblemCode.PARTS_MISSING.value: _("Missing: %(missing)s.")}


def numbers_of(code: str, details: Details) -> str:
    """What is special of one file, in the reader's language; blank when nothing is."""
    if code in _NUMBERS and details:
        return str(_NUMBERS[code]) % details
    return sentences.numbers_of(code, details)


def sentence_of(code: str, details: Details | None = None) -> str:
    """What a stored code says to people now, in the reader's language; other text as it is."""
    if code in WHAT:
        return sentences.sentence_of(code, details or {})
    what = str(ProblemCode(code).label) if code in ProblemCode.values else code
    numbers = numbers_of(code, details or {})
    return gettext("%(what)s %(numbers)s") % {"what": what, "numbers": numbers} if numbers else what


class Unusable(Exception):
    """A file, or a whole source, that cannot be imported. Expected: it becomes a named problem."""

    def __init__(self, problem: ProblemCode, details: Details | None = None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.details: Details = details or {}
