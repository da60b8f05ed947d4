"""Whether the manual offers the reasons that somebody names."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.manual.models import ManualReason
from curation.manual.reasons import split_reasons
from curation.manual.selectors import versions_of
from curation.projects.models import Project


class ReasonNotUsed(InvalidInput):
    """A reason is named that this version of the manual does not use."""

    code = "reason_not_used"


# Written out, as every rejection asks it.
_NOT_USED = """
    SELECT reason.id FROM manual_manualreason reason
    JOIN manual_manualversion version ON version.id = reason.version_id
    WHERE reason.position IS NULL
        AND version.number = %s
        AND (version.project_id = %s OR version.project_id IS NULL)
"""


def require_used(reason_codes: str, *, project_id: int, version: int) -> None:
    """Refuse reasons, as they are stored, that this version of the project's manual does not use.

    Whoever took a desk along judges by the version that it shows: a reason that was used by then is
    honest, whatever the manual says today. One query for a rejection. Raises ReasonNotUsed.
    """
    if not reason_codes:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOT_USED, (version, project_id))
        not_used = [pk for (pk,) in cursor.fetchall()]
    if not not_used:
        return
    named = split_reasons(reason_codes)
    rows = ManualReason.objects.filter(pk__in=not_used, code__in=[each.value for each in named])
    for reason in rows[:1]:
        raise ReasonNotUsed(
            _(
                "“%(reason)s” is no reason of the manual any more (version %(version)d). "
                "Open the desk again and choose another one."
            )
            % {"reason": reason.title, "version": version},
            reason=reason.code,
            manual=version,
        )


def require_used_now(reason_codes: str, *, project: Project) -> None:
    """Refuse an organiser's reasons, as they are stored, that the manual does not use today.

    What they say from now on is to be found in it by those who learn and judge. One query for a
    rejection. Raises ReasonNotUsed.
    """
    named = [each.value for each in split_reasons(reason_codes)]
    rows = ManualReason.objects.filter(
        version=versions_of(project).values("pk")[:1], position=None, code__in=named
    )
    for reason in rows.select_related("version")[:1]:
        raise ReasonNotUsed(
            _(
                "The manual does not use “%(reason)s” (version %(version)d). "
                "Choose another reason, or put it back into the manual."
            )
            % {"reason": reason.title, "version": reason.version.number},
            reason=reason.code,
            manual=reason.version.number,
        )
