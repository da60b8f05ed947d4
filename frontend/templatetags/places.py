"""Addresses in templates: `{% place 'batch' batch %}`, `{% place 'images' subject as url %}`."""

from __future__ import annotations

from django import template

from frontend.places import place

register = template.Library()
register.simple_tag(place)
