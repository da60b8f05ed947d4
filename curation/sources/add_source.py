"""Name a new origin of a subject's pictures."""

from __future__ import annotations

import unicodedata

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.sources.models import Source
from curation.subjects.models import Subject

MAX_LABEL_LENGTH = 50


@transaction.atomic
def add_source(
    *, subject: Subject, label: str, licence_note: str = "", actor: User | None
) -> Source:
    """The subject's source called `label`, made if it is new.

    `licence_note` says under which licence, or on what basis, the pictures may be kept. It replaces
    the old one; none leaves it as it is, but a new source has to have one.
    Raises NotFound, NotAllowed, InvalidInput.
    """
    require(actor, ORGANISE, subject.project)
    Subject.objects.select_for_update().get(pk=subject.pk)  # a release names each licence once
    label = unicodedata.normalize("NFC", label.strip())
    if not label or len(label) > MAX_LABEL_LENGTH:
        raise InvalidInput(_("Give the source a label of 1 to 50 characters."))
    note = licence_note.strip()
    is_known = Source.objects.filter(subject=subject, label=label).exists()
    if not note and not is_known:
        raise InvalidInput(
            _("Say under which licence, or on what basis, the pictures of this source may be kept.")
        )
    source, is_new = Source.objects.get_or_create(
        subject=subject, label=label, defaults={"licence_note": note, "brought_by": actor}
    )
    if note and source.licence_note != note:
        source.licence_note = note
        source.save(update_fields=["licence_note"])
        is_changed = True
    else:
        is_changed = is_new
    if is_changed:
        log.record(
            "source.add" if is_new else "source.note",
            actor=actor,
            project=subject.project,
            target=f"{subject.slug} / {label}",
            licence_note=note,
        )
    return source
