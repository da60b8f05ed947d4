"""`{% address 'batch' batch %}` in templates, or `{% address 'images' subject as url %}`."""

from __future__ import annotations

from django import template

from frontend.addresses import address

register = template.Library()
register.simple_tag(address)
