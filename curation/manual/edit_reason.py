"""Use case: an organiser says what a reason means in their project."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.manual.draft import open_draft
from curation.manual.models import ManualVersion
from curation.manual.reasons import Reason
from curation.projects import log
from curation.projects.models import Project, User

TEXTS = tuple(
    f"{text}_{language}"
    for text in ("title", "summary", "definition", "exclusion")
    for language in ("zh", "en")
)
"""The columns of a reason's words."""


@transaction.atomic
def edit_reason(
    *, project: Project, seen: int, reason: Reason, texts: Mapping[str, str], actor: User | None
) -> ManualVersion | None:
    """Save a version in which the reason has these `texts`, by the names in TEXTS.

    The words as they are save nothing: then it is None. `seen` is the version that was changed.
    Raises NotAllowed, ManualChanged, InvalidInput where a text is missing in a language.
    """
    draft = open_draft(project=project, seen=seen, actor=actor)
    row = draft.reasons[reason]
    given = {text: texts[text].strip() for text in TEXTS}
    if not all(given.values()):
        raise InvalidInput(_("A reason is explained in both languages."), reason=reason.value)
    changed = [text for text in TEXTS if getattr(row, text) != given[text]]
    if not changed:
        return None
    for text in changed:
        setattr(row, text, given[text])
    version = draft.save()
    log.record(
        "manual.edit_reason",
        actor=actor,
        project=project,
        target=f"{project} / {version.number}",
        reason=reason.value,
        changed=changed,
    )
    return version
