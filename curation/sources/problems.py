"""Why a file, or a whole source, cannot be imported: a code for programs, a sentence for people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from curation.decoding import sentences
from curation.decoding.sentences import WHAT

MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_FILES = 50_000
MAX_PATH_BYTES = 2000
"""Of UTF-8; PostgreSQL indexes no more than 2,704."""
MAX_NAME_LENGTH = 255


class ProblemCode(models.TextChoices):
    """The label is the sentence that people read, in their own language."""

    # What the decoder says.
    EMPTY = "empty", WHAT["empty"]
    NOT_A_PICTURE = "not_a_picture", WHAT["not_a_picture"]
    TRUNCATED = "truncated", WHAT["truncated"]
    ANIMATED = "animated", WHAT["animated"]
    TOO_MANY_PIXELS = "too_many_pixels", WHAT["too_many_pixels"]
    TOO_LONG = "too_long", WHAT["too_long"]
    HOLLOW = "hollow", WHAT["hollow"]
    TOO_MANY_SCANS = "too_many_scans", WHAT["too_many_scans"]
    TOO_SLOW = "too_slow", WHAT["too_slow"]
    TOO_MUCH_MEMORY = "too_much_memory", WHAT["too_much_memory"]
    CRASHED = "crashed", WHAT["crashed"]

    # What is wrong with the file itself.
    TOO_LARGE = "too_large", _("The file is larger than 200 MB.")
    NAME_TOO_LONG = "name_too_long", _("The file's name is too long.")
    CANNOT_READ = "cannot_read", _("The file cannot be read from the disk.")
    OUTSIDE = "outside", _("This link points outside of the folder and was not followed.")
    ENCRYPTED = "encrypted", _("The file is locked with a password. Unpack it first.")
    UNSAFE_PATH = "unsafe_path", _("The path inside the zip points outside of it.")
    BOMB = "bomb", _("The file's compression ratio is too high for a picture.")
    DAMAGED = "damaged", _("The zip is damaged at this file. Create or download it again.")
    UNKNOWN_PACKING = "unknown_packing", _("The zip packs this file by an unsupported method.")
    ODD_NAME = "odd_name", _("The file's name contains characters that no text may contain.")
    UNEXPECTED = (
        "unexpected",
        _("Something unexpected went wrong at this file; the server's log has the details."),
    )
    OVERLAPPING = (
        "overlapping",
        _("The file overlaps another one inside the zip. Create or download the zip again."),
    )
    PURGED = "purged", _("This picture was purged and is not imported again.")

    # These end a whole import.
    NOT_A_ZIP = "not_a_zip", _("This is not a readable zip file.")
    GONE = "gone", _("The files are no longer where they were.")
    TOO_MANY_FILES = (
        "too_many_files",
        _("There are more than 50,000 files; import fewer at once."),
    )
    CONSENT_MISSING = (
        "consent_missing",
        _(
            "No consent in force covers this any more. What was imported before stays, but is "
            "hidden."
        ),
    )
    CANCELLED = "cancelled", _("Somebody cancelled the import.")
    LARGE_DIRECTORY = (
        "large_directory",
        _("The zip's table of contents is larger than 32 MB. Make a zip of fewer files."),
    )
    BROKE = "broke", _("Something went wrong on the server; its log has the details.")


Details = dict[str, int | str]
"""The numbers of one file: `width`, `height`, `most` and so on."""


def sentence_of(code: str, details: Details | None = None) -> str:
    """What a stored code says to people now, in the reader's language; other text as it is."""
    if code in WHAT:
        return sentences.sentence_of(code, details or {})
    return str(ProblemCode(code).label) if code in ProblemCode.values else code


class Unusable(Exception):
    """A file, or a whole source, that cannot be imported. Expected: it becomes a named problem."""

    def __init__(self, problem: ProblemCode, details: Details | None = None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.details: Details = details or {}
