"""What the buttons beside groups of nearly equal pictures send."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from curation.consensus.settle_duplicates import Choice
from curation.errors import InvalidInput
from frontend.numbers import LARGEST_NUMBER, number_in


def choices_in(given: QueryDict) -> list[Choice]:
    """Each `group`, the picture to keep first; of a single one `best` may name another.

    Raises InvalidInput.
    """
    chosen = []
    for text in given.getlist("group"):
        numbers = numbers_in(text)
        best = _number(given.get("best", "")) if "best" in given else next(iter(numbers), 0)
        if best not in numbers or len(numbers) < 2:
            raise InvalidInput(_("Choose a picture to keep in each group."))
        chosen.append(Choice(best, tuple(number for number in numbers if number != best)))
    return chosen


def numbers_in(text: str) -> list[int]:
    """Numbers of pictures with commas between them. Raises InvalidInput."""
    return list(dict.fromkeys(_number(part) for part in text.split(",") if part))


def only_in(given: QueryDict) -> int | None:
    """The one picture that is set apart from the others, if one is. Raises InvalidInput."""
    return _number(given.get("only", "")) if given.get("only") else None


def listed(numbers: Sequence[int]) -> str:
    """The inverse of `numbers_in`."""
    return ",".join(map(str, numbers))


def _number(text: str) -> int:
    number = number_in(text)
    if number is None or number > LARGEST_NUMBER:
        raise InvalidInput(_("These are no numbers of pictures."))
    return number
