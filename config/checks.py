"""System checks: what would go wrong later is said now, with the cure."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from ctypes.util import find_library
from typing import Any

from django.conf import settings
from django.core.checks import (
    CheckMessage,
    Error,
    Tags,
    Warning,  # noqa: A004, Django's name
    register,
)
from django.db import connections

from curation.vision import weights


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
def data_dir_is_its_owners(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The secret key signs sessions: whoever reads it is an admin. The pictures are private."""
    open_to_others = stat.S_IRWXG | stat.S_IRWXO
    if not settings.DATA_DIR.is_dir() or not settings.DATA_DIR.stat().st_mode & open_to_others:
        return []
    return [
        Warning(
            f"Other users of this machine may look into DATA_DIR {settings.DATA_DIR}.",
            hint=f"chmod -R go= {settings.DATA_DIR}",
            id="winnow.W005",
        )
    ]


@register
def face_models_are_installed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Analysis and training find faces with weights that are no code of ours."""
    try:
        weights.check()
    except weights.WeightsMissing as problem:
        return [Error(str(problem), hint=weights.CURE, id="winnow.E002")]
    return []


@register
def packs_can_be_opened(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """rar, 7z and tar are opened by a library of the system; ordinary zips need none."""
    if find_library("archive"):
        return []
    return [
        Warning(
            "libarchive is not installed: rar, 7z, tar and locked zips cannot be imported.",
            hint="Debian: apt install libarchive13",
            id="winnow.W007",
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


@register(Tags.database)
def postgresql_is_well_used(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Statements are prepared and not compiled; `config.env` says why."""
    found: list[CheckMessage] = []
    for connection in (connections[alias] for alias in databases or ()):
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SHOW jit")
            if cursor.fetchone() != ("off",):
                found.append(
                    Warning(
                        "PostgreSQL compiles statements (jit), which makes pages slower.",
                        hint="Leave `options` out of DATABASE_URL, or add -c jit=off to them.",
                        id="winnow.W003",
                    )
                )
        options = connection.settings_dict["OPTIONS"]
        if not options.get("server_side_binding") or options.get("prepare_threshold") is None:
            found.append(
                Warning(
                    "PostgreSQL plans every statement anew, which makes votes slower.",
                    hint="Leave server_side_binding and prepare_threshold as config.env has them.",
                    id="winnow.W004",
                )
            )
    return found


@register(deploy=True)
def admins_have_a_second_factor(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whoever learns an admin's password has their project, unless more is asked for."""
    if settings.SECOND_FACTOR_FOR_ADMINS:
        return []
    return [
        Warning(
            "Admins and staff get in with a password alone.",
            hint="Set SECOND_FACTOR_FOR_ADMINS=true.",
            id="winnow.W006",
        )
    ]
