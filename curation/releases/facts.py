"""What a page tells of a release, read off its manifest. Pure: no database, no files.

Neither the release nor the one before it ever changes, so this is made once and kept
(`stored_facts.py`). What can change later, such as a purge, is no part of it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from curation.releases.manifest import Difference, Manifest, compare
from curation.releases.summary import SummaryRow, summarise

REMOVED_LISTED = 500
"""So many numbers that are no longer kept are named on a page; the manifests name all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What a page tells of the difference to an earlier release."""

    number: int
    """Of that release."""
    num_added: int
    num_removed: int
    num_changed: int
    rule_changed: bool
    removed: tuple[int, ...]
    """The first `REMOVED_LISTED` image numbers that are no longer kept."""

    @property
    def num_unlisted(self) -> int:
        """How many more numbers are no longer kept."""
        return self.num_removed - len(self.removed)


def change_of(number: int, difference: Difference) -> Change:
    """What a page tells of the difference to release `number`."""
    return Change(
        number=number,
        num_added=len(difference.added),
        num_removed=len(difference.removed),
        num_changed=len(difference.changed),
        rule_changed=difference.rule_changed,
        removed=difference.removed[:REMOVED_LISTED],
    )


def came_and_went(number: int, before: Iterable[int], now: Iterable[int]) -> Change:
    """What a page tells of the difference to release `number` by the pictures' numbers alone."""
    older, newer = set(before), set(now)
    gone = sorted(older - newer)
    return Change(
        number=number,
        num_added=len(newer - older),
        num_removed=len(gone),
        num_changed=0,
        rule_changed=False,
        removed=tuple(gone[:REMOVED_LISTED]),
    )


def packed(numbers: tuple[int, ...]) -> str:
    """Ascending numbers as one bit each, in base64: 130,000 of 200,000 take 33 kB, not 900."""
    bits = np.zeros(max(numbers, default=-1) + 1, dtype=np.uint8)
    bits[list(numbers)] = 1
    return b64encode(np.packbits(bits, bitorder="little").tobytes()).decode()


def unpacked(text: str) -> tuple[int, ...]:
    """The numbers that `packed` has packed. Raises ValueError."""
    some = np.frombuffer(b64decode(text, validate=True), dtype=np.uint8)
    return tuple(np.flatnonzero(np.unpackbits(some, bitorder="little")).tolist())


def _read_numbers(given: Any) -> Any:
    return unpacked(given) if isinstance(given, str) else given


class Facts(BaseModel):
    """A release in short. As JSON its numbers are packed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    manifest_bytes: int
    """Length of the manifest."""
    size_bytes: int
    """Of all exported files together."""
    selection: dict[str, Any] | None = None
    """The settings of the builder; None where all kept pictures were taken."""
    num_held_out: int = 0
    rule: str
    """Version of the rule by which its images were kept."""
    numbers: Annotated[
        tuple[int, ...],
        BeforeValidator(_read_numbers),
        PlainSerializer(packed, return_type=str, when_used="json"),
    ]
    """Of its images, ascending."""
    summary: tuple[SummaryRow, ...]
    since: Change | None
    """None for a subject's first release."""


def facts_from(
    manifest: Manifest, *, manifest_bytes: int, before: tuple[int, Manifest] | None
) -> Facts:
    """The facts of the release with that manifest, `manifest_bytes` long.

    `before` is the release before it, its number and its manifest.
    """
    return Facts(
        manifest_bytes=manifest_bytes,
        size_bytes=manifest.size_bytes,
        selection=dict(manifest.header.selection) if manifest.header.selection else None,
        num_held_out=manifest.num_held_out,
        rule=manifest.header.rule,
        numbers=tuple(sorted(entry.number for entry in manifest.entries)),
        summary=tuple(summarise(manifest.entries)),
        since=change_of(before[0], compare(before[1], manifest)) if before else None,
    )
