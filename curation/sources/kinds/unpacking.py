"""What opening the packs of one import needs, and what comes up meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from curation.sources.asking import Answers, Question
from curation.sources.kinds.found import FoundFile
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import MAX_FILES, Unusable

MAX_GROWTH, ALWAYS_GROWS_TO = 100, 256 * 1024 * 1024
"""All that is unpacked may be so many times as large as all packs that were sent; pictures in
packs hardly shrink. Small packs may grow to the other number."""


@dataclass
class Unpacking:
    """One import's packs on their way to being opened."""

    folder: Path
    """Where the import unpacks to; its own, and made when it is needed."""
    answers: Answers = field(default_factory=Answers)
    while_waiting: Callable[[], object] = lambda: None
    question: Question = field(default_factory=Question)
    room: int = ALWAYS_GROWS_TO
    """Bytes that may still be unpacked."""
    num_files: int = 0
    opened: list[tuple[str, tuple[FoundFile, ...]]] = field(default_factory=list)
    """The packs that were opened, but for those in packs: what each is called, and its parts."""
    num_turned_up: int = 0
    """Packs and films that were found out only when they were read, see `turned_up.py`."""

    def place_of(self, *told: str) -> Path:
        """Where in the import's folder a file lies that is told apart by these texts."""
        text = "\0".join(told).encode("utf-8", "surrogateescape")
        return self.folder / hashlib.sha256(text).hexdigest()[:32]

    def let_grow(self, sent: int) -> None:
        """Set how much may be unpacked, from the bytes of all packs that were sent."""
        self.room = max(MAX_GROWTH * sent, ALWAYS_GROWS_TO)

    def find_password(self, pack: str, opens: Callable[[str], bool]) -> str | None:
        """The password that opens the pack; it is asked for when none does."""
        for password in self.answers.passwords:
            self.while_waiting()
            if opens(password):
                return password
        self.note_locked(pack)
        return None

    def note_locked(self, pack: str) -> None:
        """Ask for the pack's password, unless it is to be left out then."""
        if not self.answers.without_locked:
            self.question.locked.append(pack)
            self.question.is_wrong = bool(self.answers.passwords)

    def count(self, num: int) -> None:
        """Note so many more files. Raises Unusable when there are too many."""
        self.num_files += num
        if self.num_files > MAX_FILES:
            raise Unusable(ProblemCode.TOO_MANY_FILES)
