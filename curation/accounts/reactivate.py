"""Use case: an admin or the staff let somebody in again."""

from __future__ import annotations

from django.db import transaction

from curation.accounts.access import require_may_look_after
from curation.accounts.lock import lock_people
from curation.accounts.log import record_of_account
from curation.projects.models import User


@transaction.atomic
def reactivate(*, person: User, actor: User | None) -> None:
    """Open the account again, with its password and second factor. Again it changes nothing.

    Sessions and batches do not come back. Raises NotFound, NotAllowed, SecondFactorNeeded.
    """
    current, by = lock_people(person, actor)
    require_may_look_after(by, current)
    if current.is_active:
        return
    current.is_active = True
    current.save(update_fields=["is_active"])
    record_of_account("account.reactivate", actor=actor, person=current)
