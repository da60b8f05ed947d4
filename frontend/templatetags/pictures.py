"""`{% thumb subject image.sha256 %}`, `{% preview … %}` and `{% face … %}`, all also `as url`."""

from __future__ import annotations

from django import template
from django.template import Context
from django.templatetags.static import static

from curation.images.derived import Derived
from curation.manual.models import ManualExample
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


@register.simple_tag(takes_context=True)
def example_picture(context: Context, example: ManualExample) -> str:
    """Where an example of the manual is: a file of ours, or somebody's picture."""
    if example.subject is None:
        return static(example.picture)
    return _addresses(context, example.subject).example(example.sha256)


def _addresses(context: Context, subject: Subject) -> PictureAddresses:
    request = context["request"]
    return PictureAddresses(request, signed_in(request), subject)
