"""The card of a release, in both languages: what the set is, whence, under which terms.

Made of the manifest alone, so the same release has the same card. It names no person but the
subject: not who voted, not who consented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.utils import translation
from django.utils.translation import gettext as _

from curation.releases.manifest import Manifest

CARDS = {"README.md": "en", "README.zh.md": "zh-hans"}
"""By the name of the file, its language."""


def card_of(manifest: Manifest, *, subject_name: str, digest: str, language: str) -> bytes:
    """The card in Markdown; `digest` is the manifest's."""
    with translation.override(language):
        parts = (
            f"# {_plain(subject_name)}",
            _what(manifest, digest),
            f"## {_('Consent')}",
            _(
                "When this set was frozen, a consent to collecting and judging these pictures was "
                "in force, and its evidence stays on the site. It can be withdrawn; then this set "
                "must be deleted wherever it is. Training and publishing need consents of their "
                "own."
            ),
            f"## {_('Sources and licences')}",
            _table([_("Source"), _("Pictures"), _("Licence")], _licences(manifest)),
            _(
                "A picture that was found in several sources counts in each. Where no licence is "
                "noted, assume none."
            ),
            *_made(manifest),
            f"## {_('Files')}",
            _files(),
        )
        return ("\n\n".join(parts) + "\n").encode()


def _what(manifest: Manifest, digest: str) -> str:
    said = {
        "num": len(manifest.entries),
        "found": sum(entry.face is not None for entry in manifest.entries),
        "digest": digest,
    }
    return (
        _(
            "%(num)d pictures of one person, to train a model on. Of %(found)d it is known "
            "where the face is.\n\nDigest of the manifest (SHA-256): `%(digest)s`"
        )
        % said
    )


def _licences(manifest: Manifest) -> list[tuple[str, ...]]:
    nums = Counter(
        each
        for entry in manifest.entries
        for each in {(place.source, place.licence) for place in entry.places}
        or {(source, "") for source in entry.sources}
    )
    rows = sorted(nums.items(), key=lambda row: (-row[1], row[0]))
    return [(_plain(source), str(num), _plain(licence) or "—") for (source, licence), num in rows]


def _made(manifest: Manifest) -> list[str]:
    decided = [entry.decided for entry in manifest.entries if entry.decided is not None]
    if not decided:  # releases of the first two formats do not say
        return []
    votes = sum(each.keep + each.reject + each.unsure for each in decided)
    said = {
        "votes": votes,
        "rulings": sum(each.is_ruling for each in decided),
        "rule": _plain(manifest.header.rule),
    }
    text = (
        _(
            "Volunteers judged each picture without seeing each other's votes: %(votes)d votes on "
            "these. An organiser settled %(rulings)d of them; of the others the rule of version "
            "%(rule)s made the decision."
        )
        % said
    )
    if manifest.header.selection:
        settings = ", ".join(f"{key}: {value}" for key, value in manifest.header.selection.items())
        text += "\n\n" + _("It was chosen from what was kept by these settings:") + f" `{settings}`"
    if manifest.num_held_out:
        text += "\n\n" + _(
            "%(num)d pictures are held out (`held_out` in the manifest): do not train on them, so "
            "that likeness can be measured by them. None is nearly equal to one of the others."
        ) % {"num": manifest.num_held_out}
    return [f"## {_('How it was made')}", text]


def _files() -> str:
    rows = [
        ("`manifest.jsonl`", _("a line for the set, then one for each picture; RFC 8785")),
        ("`images/`", _("the pictures, named by their numbers")),
        ("`SHA256SUMS`", _("for `sha256sum -c SHA256SUMS`")),
        ("`summary.csv`", _("how many pictures from which source")),
    ]
    return _table([_("File"), _("What it is")], rows)


def _table(head: list[str], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(text: str) -> str:
    """On one line, and nothing that Markdown would take for its own."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in " ".join(text.split()))
