"""What must be known of packs before their pictures get numbers, and what a person answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.sources.encodings import Encoding, fingerprint, guess_of, read_name

NAMES_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class UnsureNames:
    """A pack that does not say how its names are written."""

    key: str
    """`encodings.fingerprint` of those names."""
    pack: str
    num: int
    guess: Encoding
    possible: tuple[Encoding, ...]
    """The encodings in which all of them can be read."""
    raw_names: tuple[bytes, ...]
    """The first of them."""

    @property
    def readings(self) -> list[tuple[Encoding, list[str]]]:
        """In each possible encoding: what the first names say. The guessed one first."""
        return [
            (encoding, [read_name(raw, encoding) for raw in self.raw_names])
            for encoding in sorted(self.possible, key=lambda each: each != self.guess)
        ]


@dataclass
class Question:
    """What a person is asked before an import goes on."""

    names: list[UnsureNames] = field(default_factory=list)
    locked: list[str] = field(default_factory=list)
    """Packs that no password opens which was given so far."""
    is_wrong: bool = False
    """Whether one was given."""

    def __bool__(self) -> bool:
        return bool(self.names or self.locked)

    def as_json(self) -> dict[str, Any]:
        """As `question_from` reads it."""
        return {
            "names": [
                {
                    "key": each.key,
                    "pack": each.pack,
                    "num": each.num,
                    "guess": each.guess,
                    "possible": each.possible,
                    "raw": [raw.hex() for raw in each.raw_names],
                }
                for each in self.names
            ],
            "locked": self.locked,
            "is_wrong": self.is_wrong,
        }


def question_from(stored: dict[str, Any]) -> Question:
    """The question that `as_json` wrote; an empty one from nothing."""
    names = [
        UnsureNames(
            key=each["key"],
            pack=each["pack"],
            num=each["num"],
            guess=Encoding(each["guess"]),
            possible=tuple(map(Encoding, each["possible"])),
            raw_names=tuple(bytes.fromhex(raw) for raw in each["raw"]),
        )
        for each in stored.get("names", ())
    ]
    return Question(names, stored.get("locked", []), stored.get("is_wrong", False))


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a person said of the packs of an import, or gave with it at once."""

    encodings: dict[str, Encoding] = field(default_factory=dict)
    """By the fingerprint of a pack's unsure names."""
    encoding_of_all: Encoding | None = None
    """Of every pack that nothing else was said of."""
    takes_guesses: bool = False
    """Whether the guess is good enough for whoever asks."""
    passwords: tuple[str, ...] = ()
    without_locked: bool = False
    """Whether what no password opens is left out, and listed."""

    def as_json(self) -> dict[str, Any]:
        """As `answers_from` reads it. No password is in it."""
        return {
            "encodings": dict(self.encodings),
            "encoding_of_all": self.encoding_of_all,
            "takes_guesses": self.takes_guesses,
            "without_locked": self.without_locked,
        }

    def encoding_for(self, raw_names: Sequence[bytes]) -> tuple[Encoding | None, bool]:
        """In what to read these unsure names of a pack, and whether nobody need be asked.

        Nobody is where no encoding reads them all: there is nothing to choose from.
        """
        said = self.encodings.get(fingerprint(raw_names)) or self.encoding_of_all
        if said:
            return said, True
        guess = guess_of(raw_names)
        return guess, self.takes_guesses or guess is None


NOTHING_SAID = Answers()


def answers_from(stored: dict[str, Any], passwords: Sequence[str]) -> Answers:
    """The answers that `as_json` wrote, with the passwords that are kept elsewhere."""
    of_all = stored.get("encoding_of_all")
    return Answers(
        encodings={key: Encoding(value) for key, value in stored.get("encodings", {}).items()},
        encoding_of_all=Encoding(of_all) if of_all else None,
        takes_guesses=stored.get("takes_guesses", False),
        passwords=tuple(passwords),
        without_locked=stored.get("without_locked", False),
    )


class Asked(Exception):
    """The import cannot go on before a person has answered `question`."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.question = question
