"""Where pictures come from: sources, imports, and each place that a picture was found in."""

from __future__ import annotations

from curation.sources.models.imports import FAR_AWAY, ImportRun, Source, SourceKind
from curation.sources.models.outcomes import FileOutcome, Outcome
from curation.sources.models.places import (
    MAX_AUTHOR_LENGTH,
    MAX_ETAG_LENGTH,
    MAX_SITE_LENGTH,
    FetchedWhole,
    Film,
    Provenance,
)

__all__ = (
    "FAR_AWAY",
    "MAX_AUTHOR_LENGTH",
    "MAX_ETAG_LENGTH",
    "MAX_SITE_LENGTH",
    "FetchedWhole",
    "FileOutcome",
    "Film",
    "ImportRun",
    "Outcome",
    "Provenance",
    "Source",
    "SourceKind",
)
