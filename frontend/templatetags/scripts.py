"""`{% after_first_picture "src/site/main.ts" … %}`: the picture has the line for itself."""

from __future__ import annotations

import re

from django import template
from django.utils.safestring import SafeString, mark_safe
from django_vite.templatetags.django_vite import vite_asset

register = template.Library()

_SHEET = re.compile(r'<link[^>]*rel="stylesheet"[^>]*>')


@register.simple_tag
def after_first_picture(*entries: str) -> SafeString:
    """The sheets of the entries at once; their scripts in a template, which `src/first` opens."""
    tags = "\n".join(vite_asset(entry) for entry in entries)
    sheets = dict.fromkeys(_SHEET.findall(tags))
    scripts = _SHEET.sub("", tags)
    opens = vite_asset("src/first/main.ts")
    return mark_safe(  # noqa: S308, tags that Vite's own tag wrote
        "\n".join([*sheets, f'<template id="scripts">{scripts}</template>', opens])
    )
