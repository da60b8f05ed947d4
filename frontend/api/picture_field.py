"""How an act on the desk says which picture was on the screen."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class PictureField(serializers.RegexField):
    """The picture that was on the screen, as the desk named it; blank in votes of old pages."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^[0-9a-f]{16}$", allow_blank=True, **kwargs)
