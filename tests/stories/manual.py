"""What stories about a changed manual begin with."""

from __future__ import annotations

from curation.manual.order_reasons import order_reasons
from curation.manual.reasons import Reason
from curation.manual.selectors import current_version
from curation.projects.models import Project, User


def without(reason: Reason, project: Project, organiser: User) -> int:
    """The number of a version of the manual that does not use the reason."""
    numbers = {each: place for place, each in enumerate(Reason, start=1) if each != reason}
    seen = current_version(project)
    order_reasons(project=project, seen=seen, numbers=numbers, actor=organiser)
    return current_version(project)
