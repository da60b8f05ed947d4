"""Freeze a subject's kept images under the next release number."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from curation import store
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.releases.draft import Draft, bytes_of, draft_of, settled
from curation.releases.errors import NothingToRelease
from curation.releases.models import Release
from curation.releases.selection import ALL, Selection
from curation.releases.stored_facts import facts_of
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject


def freeze_release(
    *,
    subject: Subject,
    actor: User | None,
    selection: Selection = ALL,
    after_some: Callable[[], None] = lambda: None,
    at_the_end: Callable[[Release], None] = lambda _: None,
) -> Release:
    """Freeze what is kept of `subject` now, for ever, under a number of its own.

    All of it, or what the settings of `selection` choose.

    All is put together without a lock, so that voting goes on; the lock is held only while what
    has changed in the meantime is done anew. `after_some` is called many times before, and
    `at_the_end` in the transaction that adds the release.
    After that the facts that pages tell of it are kept; a kill before that costs a page some time.
    When a release already holds exactly this set, that one is returned and nothing is added.
    Raises NotAllowed, ConsentMissing or NothingToRelease.
    """
    require(actor, ORGANISE, subject.project)
    draft = draft_of(subject, selection, after_some=after_some)
    with transaction.atomic():
        release = _freeze(draft, actor)
        at_the_end(release)
    facts_of(release)  # behind no lock: it takes a second or two for 100,000 images
    return release


def nothing_to_release(subject: Subject) -> NothingToRelease:
    """The refusal to freeze an empty set."""
    return NothingToRelease(
        _("No image of %(subject)s is kept yet. Have some judged first.")
        % {"subject": subject.name},
        subject=subject.slug,
    )


def _freeze(draft: Draft, actor: User | None) -> Release:
    subject = draft.subject
    require(actor, ORGANISE, subject.project)
    # The gate locks the subject, so what is read from here on is final, and two people who
    # freeze at once get one release, not two.
    require_consent(subject, Act.CURATE)
    final = settled(draft)
    if not final.standings:
        raise nothing_to_release(subject)
    data = bytes_of(final)
    # Also when nothing is added: a stored manifest that was damaged is whole again by it.
    digest = store.put(data)
    same = Release.objects.filter(subject=subject, manifest_sha256=digest).first()
    if same is not None:
        return same
    last = Release.objects.filter(subject=subject).aggregate(last=Max("number"))["last"]
    release = Release.objects.create(
        subject=subject,
        number=(last or 0) + 1,
        manifest_sha256=digest,
        num_images=len(final.standings),
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
