"""Where the site is, for links that leave it: no request says so in a command or a mail."""

from __future__ import annotations

import os

from django.conf import settings


def site_address() -> str:
    """As people type it, where the installation says; else this machine. No slash at its end."""
    origins: list[str] = settings.CSRF_TRUSTED_ORIGINS
    address = origins[0] if origins else f"http://localhost:{os.environ.get('PORT', '8000')}"
    return address.rstrip("/")
