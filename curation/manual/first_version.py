"""Writes the manual's first version into an empty database, as the migration does."""

from __future__ import annotations

import json
from pathlib import Path

from curation.manual.models import ManualExample, ManualReason, ManualVersion

TEXTS = Path(__file__).with_suffix(".json")
"""The one place where the words of the reasons stand, in both languages."""


def write_first_version(
    versions: type[ManualVersion] = ManualVersion,
    reasons: type[ManualReason] = ManualReason,
    examples: type[ManualExample] = ManualExample,
) -> None:
    """Store what `TEXTS` says; a migration gives the models as they were at its time."""
    texts = json.loads(TEXTS.read_text(encoding="utf-8"))
    version = versions.objects.create(number=texts["number"])
    pictures = [examples(version=version, **row) for row in texts["keep"]]
    for position, row in enumerate(texts["reasons"], start=1):
        shown = row.pop("examples")
        reason = reasons.objects.create(version=version, position=position, **row)
        pictures += [examples(version=version, reason=reason, **each) for each in shown]
    examples.objects.bulk_create(pictures)
