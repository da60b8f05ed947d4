"""Use case: an organiser adds a person whose pictures will be collected."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require
from curation.projects.lock import lock_project
from curation.projects.models import Project, User
from curation.projects.permissions import ORGANISE
from curation.projects.slugs import choose_slug
from curation.subjects.models import Subject


@transaction.atomic
def add_subject(
    *, project: Project, name: str, note: str = "", slug: str = "", actor: User | None
) -> Subject:
    """Add a subject. Nothing can be imported before a consent is recorded.

    Raises NotAllowed, InvalidInput when the name or the address is taken or unusable.
    """
    lock_project(project.pk)
    require(actor, ORGANISE, project)
    name = name.strip()
    if not name:
        raise InvalidInput(_("A subject needs a name."))
    # Volunteers know subjects by their names alone, so two of one name would be mixed up.
    if project.subjects.filter(name=name).exists():
        raise InvalidInput(_("There is already a subject called %(name)s.") % {"name": name})
    taken = set(project.subjects.values_list("slug", flat=True))
    subject = Subject.objects.create(
        project=project,
        name=name,
        note=note.strip(),
        slug=choose_slug(wanted=slug, name=name, taken=taken, otherwise="subject"),
    )
    log.record("subject.add", actor=actor, project=project, target=subject, slug=subject.slug)
    return subject
