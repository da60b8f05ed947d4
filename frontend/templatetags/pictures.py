"""`{% thumb subject image.sha256 %}`, `{% preview … %}` and `{% face … %}`, all also `as url`."""

from __future__ import annotations

from django import template
from django.template import Context

from curation.images.derived import Derived
from curation.subjects.models import Subject
from frontend.person import signed_in
from frontend.pictures.addresses import PictureAddresses

register = template.Library()


@register.simple_tag(takes_context=True)
def thumb(context: Context, subject: Subject, sha256: str) -> str:
    """Where the small copy of the subject's image with those bytes is."""
    return _addresses(context, subject).picture(sha256, Derived.THUMB)


@register.simple_tag(takes_context=True)
def preview(context: Context, subject: Subject, sha256: str) -> str:
    """Where the copy is that fills a screen."""
    return _addresses(context, subject).picture(sha256, Derived.PREVIEW)


@register.simple_tag(takes_context=True)
def face(context: Context, subject: Subject, sha256: str) -> str:
    """Where a portrait of the subject is, or a look-alike's picture."""
    return _addresses(context, subject).face(sha256)


def _addresses(context: Context, subject: Subject) -> PictureAddresses:
    request = context["request"]
    return PictureAddresses(request, signed_in(request), subject)
