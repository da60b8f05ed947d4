"""The facts of a release, made when it is frozen and kept beside it."""

from __future__ import annotations

from pydantic import ValidationError

from curation.releases.errors import ManifestDamaged
from curation.releases.facts import Facts, facts_from
from curation.releases.manifest import decode
from curation.releases.models import Release, ReleaseFacts
from curation.releases.selectors import manifest_bytes, manifest_of, releases_of


def facts_of(release: Release) -> Facts:
    """What its manifest says of the release, in short: one query, whatever its size.

    Where that is not kept yet, as after a kill, it is made and kept now. While the manifest of the
    release before is damaged it is made without the difference, and not kept.
    Raises ManifestDamaged when it has to be made, and the release's own manifest is damaged.
    """
    return _kept(ReleaseFacts.objects.filter(release=release).first()) or _made(release)


def read_facts(release: Release, *, before: Release | None) -> Facts:
    """The facts as the manifests of the release and of the one before it say them.

    Raises ManifestDamaged when either is damaged.
    """
    data = manifest_bytes(release)
    older = (before.number, manifest_of(before)) if before else None
    return facts_from(decode(data), manifest_bytes=len(data), before=older)


def is_told_truly(release: Release, *, before: Release | None) -> bool:
    """Whether what is kept is what the manifests say, as far as both can be read."""
    kept = _kept(getattr(release, "kept_facts", None))
    try:
        return kept is None or kept == read_facts(release, before=before)
    except ManifestDamaged:
        return True


def _kept(row: ReleaseFacts | None) -> Facts | None:
    """The facts in a row; None where there is none, or another version of Winnow wrote it."""
    try:
        return Facts.model_validate(row.content) if row else None
    except ValidationError:
        return None


def _made(release: Release) -> Facts:
    before = releases_of(release.subject).filter(number__lt=release.number).first()
    try:
        facts = read_facts(release, before=before)
    except ManifestDamaged:
        return read_facts(release, before=None)
    ReleaseFacts.objects.update_or_create(
        release=release, defaults={"content": facts.model_dump(mode="json")}
    )
    return facts
