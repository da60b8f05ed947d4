"""Use case: an admin or the staff make a link with which somebody sets their password anew."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.accounts.access import require_may_look_after
from curation.accounts.errors import IsDeactivated
from curation.accounts.lock import lock_people
from curation.accounts.log import record_of_account
from curation.accounts.models import ResetLink
from curation.accounts.reset_links import VALID_FOR
from curation.projects.invitations import digest_of, new_token
from curation.projects.models import User


@transaction.atomic
def make_reset_link(*, person: User, actor: User | None) -> str:
    """Make the link, in place of an earlier one, and return its token, which is kept nowhere.

    It lets nobody past a second factor: whoever has one is still asked for it.
    Raises NotFound, NotAllowed, SecondFactorNeeded, IsDeactivated.
    """
    current, maker = lock_people(person, actor)
    require_may_look_after(maker, current)
    if not current.is_active:
        raise IsDeactivated(
            _("%(person)s's account is deactivated. Reactivate it first.") % {"person": current}
        )
    token = new_token()
    ResetLink.objects.filter(person=current).delete()
    ResetLink.objects.create(
        person=current,
        token_digest=digest_of(token),
        created_by=actor,
        expires_at=timezone.now() + VALID_FOR,
    )
    record_of_account("account.make_reset_link", actor=actor, person=current)
    return token
