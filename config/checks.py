"""System checks: what would go wrong later is said now, with the cure."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004, Django's name


@register
def data_dir_is_writable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Pictures, runs and secrets need a folder that we may write to."""
    if settings.DATA_DIR.is_dir() and os.access(settings.DATA_DIR, os.W_OK):
        return []
    return [
        Error(
            f"DATA_DIR {settings.DATA_DIR} is not a folder that this user may write to.",
            hint="Create it, or set DATA_DIR to another folder.",
            id="winnow.E001",
        )
    ]


@register
def face_models_are_installed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Analysis and training find faces with the models of `face_recognition_models`."""
    if importlib.util.find_spec("face_recognition_models"):
        return []
    return [
        Error(
            "The face models are not installed.",
            hint="pip install -r requirements.txt",
            id="winnow.E002",
        )
    ]


@register
def front_end_is_built(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Pages load their styles and islands from frontend/dist."""
    if settings.DJANGO_VITE["default"]["manifest_path"].is_file():
        return []
    return [
        Warning(
            "The front end is not built, so pages will fail.",
            hint="make frontend",
            id="winnow.W001",
        )
    ]


@register(deploy=True)
def sqlite_is_for_small_groups(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """SQLite is safe here, but one machine is its limit."""
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        return []
    return [
        Warning(
            "The database is SQLite, which holds for one machine and a small group.",
            hint="For more, set DATABASE_URL=postgres://…",
            id="winnow.W002",
        )
    ]
