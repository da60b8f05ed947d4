"""Freeze a subject's kept images under the next release number."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from curation import store
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.releases.errors import NothingToRelease
from curation.releases.manifest import digest_of, encode
from curation.releases.models import Release
from curation.releases.selectors import manifest_now
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject


@transaction.atomic
def freeze_release(*, subject: Subject, actor: User | None) -> Release:
    """Freeze what is kept of `subject` now, for ever, under a number of its own.

    When a release already holds exactly this set, that one is returned and nothing is added.
    Raises NotAllowed, ConsentMissing or NothingToRelease.
    """
    require(actor, ORGANISE, subject.project)
    # The gate locks the subject, so two people who freeze at once get one release, not two.
    require_consent(subject, Act.CURATE)
    manifest = manifest_now(subject)
    if not manifest.entries:
        raise NothingToRelease(
            _("No image of %(subject)s is kept yet. Have some judged first.")
            % {"subject": subject.name},
            subject=subject.slug,
        )
    data = encode(manifest)
    same = Release.objects.filter(subject=subject, manifest_sha256=digest_of(data)).first()
    if same is not None:
        return same
    last = Release.objects.filter(subject=subject).aggregate(last=Max("number"))["last"]
    release = Release.objects.create(
        subject=subject,
        number=(last or 0) + 1,
        manifest_sha256=store.put(data),
        num_images=len(manifest.entries),
        frozen_by=actor,
    )
    log.record(
        "release.freeze",
        actor=actor,
        project=subject.project,
        target=release,
        images=release.num_images,
        manifest_sha256=release.manifest_sha256,
    )
    return release
