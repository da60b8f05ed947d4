"""What the machine suspects, in words. Its reasons are called as the manual calls them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from curation.manual.reasons import Reason


def suspicion_titles(titles: Mapping[Reason, str]) -> dict[str, str]:
    """The words for each thing of `SUSPECTED`, by its key. `titles` are the manual's."""
    manual = {reason.value: capfirst(titles[reason]) for reason in Reason}
    return {**manual, "generated": _("Made by a machine"), "odd": _("Odd in some other way")}
