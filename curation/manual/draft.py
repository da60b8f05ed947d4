"""The next version of a project's manual while it is put together: what all its use cases share."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from curation.errors import Conflict
from curation.manual.models import ManualExample, ManualReason, ManualVersion
from curation.manual.reasons import Reason
from curation.manual.selectors import versions_of
from curation.projects.access import require
from curation.projects.lock import lock_project
from curation.projects.models import Project, User
from curation.projects.permissions import ORGANISE


class ManualChanged(Conflict):
    """The manual has changed since it was read. Nothing was saved."""

    code = "manual_changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The rows of the current version, to be changed and saved as those of the next."""

    project: Project
    actor: User | None
    number: int
    """Of the current version."""
    reasons: dict[Reason, ManualReason]
    examples: list[ManualExample]

    def save(self) -> ManualVersion:
        """Store it as a version of its own. The rows that it came from stay as they were."""
        version = ManualVersion.objects.create(
            project=self.project, number=self.number + 1, made_by=self.actor
        )
        new: dict[int | None, ManualReason | None] = {None: None}
        for reason in self.reasons.values():
            before, reason.pk, reason.version = reason.pk, None, version
            reason._state.adding = True
            reason.save()
            new[before] = reason
        for example in self.examples:
            example.pk, example.version, example.reason = None, version, new[example.reason_id]
            example._state.adding = True
        ManualExample.objects.bulk_create(self.examples)
        return version


def open_draft(*, project: Project, seen: int, actor: User | None) -> Draft:
    """Hold the project still and read its manual; `seen` is the version that the actor changes.

    Call it inside the transaction that saves. Raises NotAllowed, ManualChanged.
    """
    require(actor, ORGANISE, project)
    lock_project(project.pk)
    current = versions_of(project)[0]
    if current.number != seen:
        raise ManualChanged(
            _("Somebody else has changed the manual since you opened it. Nothing was saved.")
        )
    return Draft(
        project=project,
        actor=actor,
        number=current.number,
        reasons={Reason(each.code): each for each in current.reasons.all()},
        examples=list(current.examples.all()),
    )
