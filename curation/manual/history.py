"""What changed from one version of a project's manual to the next, read off the versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from curation.manual.edit_reason import TEXTS
from curation.manual.models import ManualExample, ManualReason, ManualVersion
from curation.manual.selectors import versions_of
from curation.projects.models import Project


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that a version has otherwise than the one before it."""

    kind: Literal["words", "order", "added", "removed"]
    reason: ManualReason | None = None
    """Whose words, or whose example; None of an example of what to keep."""
    texts: tuple[str, ...] = ()
    """The columns of TEXTS that changed."""
    used: tuple[ManualReason, ...] = ()
    """The reasons that the version uses, by number."""
    example: ManualExample | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A version and what it changed; the first one changed nothing."""

    version: ManualVersion
    changes: tuple[Change, ...]


def history_of(project: Project, *, start: int | None, most: int) -> list[Step]:
    """At most `most` versions from number `start`, or the newest, down. Three queries."""
    rows = versions_of(project).select_related("made_by")
    if start is not None:
        rows = rows.filter(number__lte=start)
    versions = list(rows.prefetch_related("reasons", "examples")[: most + 1])
    steps = [
        Step(version=after, changes=tuple(changes_between(before, after)))
        for after, before in pairwise(versions)
    ]
    if len(versions) <= most:
        steps += [Step(version=first, changes=()) for first in versions[-1:]]
    return steps


def changes_between(before: ManualVersion, after: ManualVersion) -> Iterator[Change]:
    """What the second version says otherwise. Asks nothing where both have their rows."""
    old = {each.code: each for each in before.reasons.all()}
    new = {each.code: each for each in after.reasons.all()}
    for code, reason in new.items():
        texts = tuple(text for text in TEXTS if getattr(reason, text) != getattr(old[code], text))
        if texts:
            yield Change(kind="words", reason=reason, texts=texts)
    if {code: each.position for code, each in old.items()} != {
        code: each.position for code, each in new.items()
    }:
        used = [each for each in new.values() if each.position is not None]
        yield Change(kind="order", used=tuple(used))
    pictures = _pictures(before), _pictures(after)
    for kind, here, there in (("added", 1, 0), ("removed", 0, 1)):
        for key, (example, shows) in pictures[here].items():
            if key not in pictures[there]:
                yield Change(kind=kind, reason=shows, example=example)  # type: ignore[arg-type]  # of the two


def _pictures(
    version: ManualVersion,
) -> dict[tuple[object, ...], tuple[ManualExample, ManualReason | None]]:
    """The version's examples with their reasons, by what they show."""
    reasons = {each.pk: each for each in version.reasons.all()}
    shown: dict[tuple[object, ...], tuple[ManualExample, ManualReason | None]] = {}
    for each in version.examples.all():
        reason = reasons[each.reason_id] if each.reason_id else None
        key = (
            reason and reason.code,
            each.picture,
            each.sha256,
            each.subject_id,
            each.is_good,
            each.caption_en,
            each.caption_zh,
        )
        shown[key] = (each, reason)
    return shown
