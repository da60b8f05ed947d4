"""Use case: an organiser shows by a picture what a reason means, or what to keep."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation import store
from curation.errors import InvalidInput
from curation.manual.draft import open_draft
from curation.manual.models import ManualExample, ManualVersion
from curation.manual.reasons import Reason
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import Project, User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject
from curation.subjects.served_copy import served_copy

MOST_EXAMPLES = 6
"""So many a reason has at most, and what to keep: nobody reads more."""


def add_example(
    *,
    project: Project,
    seen: int,
    reason: Reason | None,
    is_good: bool,
    subject: Subject,
    data: bytes,
    name: str,
    image_number: int | None = None,
    caption_zh: str,
    caption_en: str,
    actor: User | None,
) -> ManualVersion:
    """Save a version with one more example: a picture of `subject`, from a file called `name`.

    Without a `reason` it shows what to keep. `image_number` is that of the subject's image which
    `data` are the bytes of, None for a file that was sent. Only a small copy of it is kept.
    Raises NotAllowed, ManualChanged, ConsentMissing, InvalidInput, UnusablePicture, Busy.
    """
    require(actor, ORGANISE, project)
    captions = {"caption_zh": caption_zh.strip(), "caption_en": caption_en.strip()}
    if subject.project_id != project.pk or not all(captions.values()):
        raise InvalidInput(_("Say in both languages what is to be seen, and whose picture it is."))
    if reason is None and not is_good:
        raise InvalidInput(_("A picture to reject stands with a reason."))
    # Before the transaction: decoding takes a while, and SQLite lets only one writer in.
    copy = served_copy(data, name=name)
    with transaction.atomic():
        draft = open_draft(project=project, seen=seen, actor=actor)
        require_consent(subject, Act.CURATE)
        row = draft.reasons[reason] if reason else None
        beside = [each for each in draft.examples if each.reason_id == (row and row.pk)]
        draft.examples.append(
            ManualExample(
                reason=row,
                is_good=is_good,
                subject=subject,
                sha256=_stored(copy, beside),
                image_number=image_number,
                **captions,
            )
        )
        version = draft.save()
        log.record(
            "manual.add_example",
            actor=actor,
            project=project,
            target=f"{project} / {version.number}",
            reason=reason.value if reason else "",
            subject=subject.slug,
            number=image_number,
        )
    return version


def _stored(copy: bytes, beside: Sequence[ManualExample]) -> str:
    """Keep the copy if there is room for it beside those; its SHA-256. Raises InvalidInput."""
    if len(beside) >= MOST_EXAMPLES:
        raise InvalidInput(
            _("There are %(most)d examples already. Remove one first.") % {"most": MOST_EXAMPLES}
        )
    digest = store.put(copy)
    if digest in {each.sha256 for each in beside}:
        raise InvalidInput(_("This picture is an example here already."))
    return digest
