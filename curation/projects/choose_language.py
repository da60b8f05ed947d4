"""Use case: a person chooses the language of the pages."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects.models import User


@transaction.atomic
def choose_language(*, language: str, actor: User) -> None:
    """Show `actor` every page in `language`, in every browser, until they choose again.

    Raises InvalidInput.
    """
    require_language(language)
    actor.language = language
    actor.save(update_fields=["language"])


def require_language(language: str) -> None:
    """Raise InvalidInput unless the pages exist in `language`."""
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput(_("These pages do not exist in that language."))
