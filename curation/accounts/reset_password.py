"""Use case: the holder of a reset link sets the password."""

from __future__ import annotations

from django.db import transaction

from curation.accounts.end_sessions import end_sessions
from curation.accounts.log import record_of_account
from curation.accounts.models import ResetLink
from curation.accounts.reset_links import find_reset_link
from curation.projects.models import User


@transaction.atomic
def reset_password(*, token: str, password: str) -> User:
    """Set the password, end the person's sessions, and use the link up.

    The form has checked that the password is a good one. Raises ResetLinkOver, also to the second
    of two who use a link at once.
    """
    link = find_reset_link(token)
    person = User.objects.select_for_update(no_key=True).get(pk=link.person_id)
    find_reset_link(token)  # again, behind the lock: of two, one was first
    ResetLink.objects.filter(person=person).delete()
    person.set_password(password)
    end_sessions(person)
    person.save(update_fields=["password", "session_salt"])
    maker = link.created_by.username if link.created_by else ""
    record_of_account("account.reset_password", actor=person, person=person, link_by=maker)
    return person
