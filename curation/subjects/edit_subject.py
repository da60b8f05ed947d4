"""Use case: an organiser corrects a subject's name or what helps to recognise them."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require
from curation.projects.lock import lock_project
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import Subject


@transaction.atomic
def edit_subject(*, subject: Subject, name: str, note: str, actor: User | None) -> None:
    """Change the name and the note. The address stays, so that links keep working.

    Raises NotAllowed, InvalidInput when the name is empty or taken.
    """
    lock_project(subject.project_id)
    require(actor, ORGANISE, subject.project)
    name, note = name.strip(), note.strip()
    if not name:
        raise InvalidInput(_("A subject needs a name."))
    others = subject.project.subjects.exclude(pk=subject.pk)
    if others.filter(name=name).exists():
        raise InvalidInput(_("There is already a subject called %(name)s.") % {"name": name})
    if (subject.name, subject.note) == (name, note):
        return
    before = subject.name
    subject.name, subject.note = name, note
    subject.save(update_fields=["name", "note"])
    log.record(
        "subject.edit", actor=actor, project=subject.project, target=subject, name_before=before
    )
