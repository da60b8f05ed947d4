"""Use case: keep what another tool said of a subject's pictures."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from curation.images.models import Image
from curation.labels.exports import Words
from curation.labels.models import SaidElsewhere, Verdict
from curation.manual.reasons import Reason
from curation.manual.selectors import current_reasons
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import Project, User
from curation.projects.permissions import ORGANISE
from curation.sources.models import Provenance
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject

KEEP_WORDS = frozenset(("keep", "kept", "good", "ok", "保留", "留"))
REJECT_WORDS = frozenset(("reject", "rejected", "bad", "剔除", "不要"))
SILENT_WORDS = frozenset(("pending", "contested", "hidden", "unsure"))
"""What our own tables say of pictures that nobody has decided on."""
Meant = tuple[Verdict, list[str]]
"""A verdict, and the reasons of a rejection."""
_PREFIX_OF_LABEL_STUDIO = re.compile(r"^[0-9a-f]{8}-")


@dataclass
class LabelsImported:
    """What became of an export."""

    kept: int = 0
    rejected: int = 0
    unmatched: list[str] = field(default_factory=list)
    """Files that no picture of the subject was found for."""
    ambiguous: list[str] = field(default_factory=list)
    """Files whose name several pictures have."""
    unsaid: list[str] = field(default_factory=list)
    """Files with no word that is understood, or with words that contradict each other."""
    unknown_words: Counter[str] = field(default_factory=Counter)


@transaction.atomic
def import_labels(
    *,
    subject: Subject,
    export: str,
    said: Sequence[Words],
    meanings: Mapping[str, str],
    actor: User | None,
) -> LabelsImported:
    """Keep the labels of an export; the same export again replaces what it said before.

    `meanings` says what other words mean: `keep`, `reject` or the code of a reason; the titles of
    the manual's reasons are known. Nothing is guessed: what is not understood is told.
    Raises NotFound, NotAllowed, ConsentMissing.
    """
    require(actor, ORGANISE, subject.project)
    result = LabelsImported()
    known = {**_titles(subject.project), **meanings}
    meant = _meant(_Pictures(subject), said, known, result)
    require_consent(subject, Act.CURATE)  # it locks the subject: votes do not wait for the above
    SaidElsewhere.objects.filter(export=export, image__subject=subject).delete()
    SaidElsewhere.objects.bulk_create(
        (
            SaidElsewhere(image_id=image_id, export=export, verdict=verdict, reasons=reasons)
            for image_id, (verdict, reasons) in meant.items()
        ),
        batch_size=5000,
    )
    counted = Counter(verdict for verdict, _reasons in meant.values())
    result.kept, result.rejected = counted[Verdict.KEEP], counted[Verdict.REJECT]
    log.record(
        "labels.import",
        actor=actor,
        project=subject.project,
        target=f"{subject.slug} / {export}",
        kept=result.kept,
        rejected=result.rejected,
    )
    return result


def _titles(project: Project) -> dict[str, str]:
    """By each reason's titles, and by its number with them as in a pack: its code."""
    return {
        name: reason.code
        for reason in current_reasons(project)
        for title in (reason.title_en, reason.title_zh)
        for name in (title, title.casefold(), f"{reason.position} {title}")
    }


def _meant(
    pictures: _Pictures, said: Iterable[Words], meanings: Mapping[str, str], result: LabelsImported
) -> dict[int, Meant]:
    """What is meant of each picture, by its id; what cannot be told goes into `result`."""
    words: dict[int, set[str]] = defaultdict(set)
    names: dict[int, str] = {}
    for each in said:
        images = pictures.found(each)
        if len(images) != 1:
            (result.ambiguous if images else result.unmatched).append(each.name)
            continue
        [image_id] = images
        words[image_id] |= each.words
        names[image_id] = each.name
    meant: dict[int, Meant] = {}
    for image_id, all_said in words.items():
        if understood := _understood(all_said, meanings, result.unknown_words):
            meant[image_id] = understood
        else:
            result.unsaid.append(names[image_id])
    return meant


def _understood(
    words: Iterable[str], meanings: Mapping[str, str], unknown: Counter[str]
) -> Meant | None:
    """The verdict and reasons that the words mean; None when they mean none, or both."""
    meant = set()
    for word in words:
        meaning = meanings.get(word, word).casefold()
        if meaning in KEEP_WORDS:
            meant.add("keep")
        elif meaning in REJECT_WORDS:
            meant.add("reject")
        elif meaning in set(Reason):
            meant.add(meaning)
        elif meaning in SILENT_WORDS:
            return None
        else:
            unknown[word] += 1
    if meant == {"keep"}:
        return Verdict.KEEP, []
    if not meant or "keep" in meant:
        return None
    return Verdict.REJECT, sorted(meant - {"reject"})


class _Pictures:
    """A subject's pictures by what a tool may call them: path, end of path, name or SHA-256."""

    def __init__(self, subject: Subject) -> None:
        self._by_end: defaultdict[str, set[int]] = defaultdict(set)
        self._by_number: dict[int, int] = {}
        images = Image.objects.filter(subject=subject, purged_at=None)
        for image_id, name, sha256, number in images.values_list("pk", "name", "sha256", "number"):
            self._by_number[number] = image_id
            for called in (name, sha256, f"{number:05d}_{name}"):
                self._by_end[called].add(image_id)
        found = Provenance.objects.filter(image__in=images, frame=0)
        for image_id, path in found.values_list("image_id", "path").iterator():
            parts = path.split("/")
            for start in range(len(parts)):
                self._by_end["/".join(parts[start:])].add(image_id)

    def found(self, of: Words) -> set[int]:
        """The pictures that are meant: of a number one at most."""
        if of.number is None:
            return self.called(of.name)
        return {self._by_number[of.number]} if of.number in self._by_number else set()

    def called(self, name: str) -> set[int]:
        """The pictures that the longest end of this path, or its stem as a digest, belongs to."""
        parts = [part for part in name.split("/") if part]
        for start in range(len(parts)):
            if found := self._by_end.get("/".join(parts[start:])):
                return found
        last = parts[-1] if parts else ""
        for other in (last.rpartition(".")[0], _PREFIX_OF_LABEL_STUDIO.sub("", last)):
            if found := self._by_end.get(other):
                return found
        return set()
