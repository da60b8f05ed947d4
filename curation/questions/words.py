"""What may stand in a question and in an answer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.questions.models import MOST_LETTERS


def checked_words(given: str) -> str:
    """The words without what is around them. Raises InvalidInput where there are none."""
    words = given.strip()
    if not words:
        raise InvalidInput(_("Nothing is written there."))
    if len(words) > MOST_LETTERS:
        raise InvalidInput(
            _("That is too long: at most %(most)d letters.") % {"most": MOST_LETTERS}
        )
    return words
