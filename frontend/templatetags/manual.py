"""For pages on what changed in the manual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def label_among(text: str, labels: Mapping[str, Any]) -> str:
    """What people call that column of a reason's words."""
    return str(labels[text])
