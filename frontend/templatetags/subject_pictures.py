"""For templates that show a subject's portraits."""

from __future__ import annotations

from django import template

from curation.subjects.gate import is_covered
from curation.subjects.models import Act, Subject

register = template.Library()


@register.simple_tag
def pictures_visible(subject: Subject) -> bool:
    """Whether anybody may look at the subject's pictures now: `{% pictures_visible s as x %}`."""
    return is_covered(subject, Act.CURATE)
