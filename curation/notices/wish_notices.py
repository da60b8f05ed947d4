"""Use case: a person says whether they wish to hear of new work by mail, and where."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.jobs import JobState
from curation.notices.models import Notice, NoticeWish
from curation.projects.models import User


@transaction.atomic
def wish_notices(*, person: User, email: str, wished: bool, language: str) -> None:
    """Keep the person's own address and whether mails go there. Raises InvalidInput."""
    email = email.strip()
    if wished and not email:
        raise InvalidInput(_("Where shall the mails go? Give your address."))
    if email:
        try:
            validate_email(email)
        except ValidationError as problem:
            raise InvalidInput(_("This is no mail address.")) from problem
    if email != person.email:
        Notice.objects.filter(person=person, state=JobState.FAILED).delete()
    User.objects.filter(pk=person.pk).update(email=email)
    person.email = email
    if wished:
        defaults = {"language": language, "wished_at": timezone.now()}
        NoticeWish.objects.get_or_create(person=person, defaults=defaults)
    else:
        stop_notices(person_id=person.pk)


@transaction.atomic
def stop_notices(*, person_id: int) -> None:
    """Send this person no further mail; twice changes nothing."""
    NoticeWish.objects.filter(person=person_id).delete()
    Notice.objects.filter(person=person_id).delete()
