"""Use case: whoever has a shell on the server helps somebody who lost phone and recovery codes."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from curation.accounts.end_sessions import end_sessions
from curation.accounts.events import record_event
from curation.accounts.log import record_of_account
from curation.accounts.models import Kind
from curation.projects.models import User


@transaction.atomic
def remove_second_factor(*, person: User) -> None:
    """Forget authenticators and recovery codes, and end the person's sessions.

    No page does it: an admin who could would be past the second factor of other admins.
    """
    removed, _tables = Authenticator.objects.filter(user=person).delete()
    if not removed:
        return
    end_sessions(person)
    person.save(update_fields=["session_salt"])
    record_event(Kind.FACTOR_REMOVED, person=person, network="")
    record_of_account("account.remove_second_factor", actor=None, person=person)
