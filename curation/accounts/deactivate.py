"""Use case: an admin or the staff shut somebody out."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.accounts.access import require_may_look_after
from curation.accounts.end_sessions import end_sessions
from curation.accounts.lock import lock_people
from curation.accounts.log import record_of_account
from curation.accounts.models import ResetLink
from curation.batches.lock import lock_subject
from curation.batches.models import Assignment
from curation.projects.invitations import open_invitations
from curation.projects.lock import lock_project
from curation.projects.models import Membership, User


@transaction.atomic
def deactivate(*, person: User, actor: User | None) -> int:
    """End the account and its sessions at once; how many batches it held, which are returned.

    Votes and everything else that the person did stay, under their name. Links that they made let
    nobody in any more. Again it changes nothing. Staff may do it to a project's only admin: a
    stolen account must be stopped first and replaced afterwards.
    Raises NotFound, NotAllowed, SecondFactorNeeded.
    """
    for project_id in sorted(
        Membership.objects.filter(user=person).values_list("project", flat=True)
    ):
        lock_project(project_id)
    # Projects, then subjects, then people: whoever takes a batch back locks them in this order too.
    returned = _return_leases_of(person)
    current, by = lock_people(person, actor)
    require_may_look_after(by, current)
    if not current.is_active:
        return 0
    current.is_active = False
    end_sessions(current)
    current.save(update_fields=["is_active", "session_salt"])
    ResetLink.objects.filter(person=current).delete()
    open_invitations().filter(created_by=current).delete()
    record_of_account("account.deactivate", actor=actor, person=current, returned=returned)
    return len(returned)


def _return_leases_of(person: User) -> list[str]:
    """Give back what they hold, behind the locks that votes respect; which batches these were."""
    held = Assignment.objects.filter(volunteer=person, returned_at=None)
    for subject_id in sorted(set(held.values_list("batch__subject", flat=True))):
        lock_subject(subject_id)
    batches = [
        str(lease.batch) for lease in held.select_related("batch__subject").order_by("batch")
    ]
    held.update(returned_at=timezone.now())
    return batches
