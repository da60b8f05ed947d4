"""Look whether all that the database names is there, and is what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from config.safekeeping.layout import stored_objects
from config.safekeeping.verify_runs import faults_of_runs
from curation import store
from curation.files import leftovers
from curation.images.models import Image
from curation.releases.errors import ManifestDamaged
from curation.releases.models import Release
from curation.releases.selectors import manifest_of
from curation.releases.stored_facts import is_told_truly
from curation.subjects.models import Consent, LookAlike, Portrait

AT_ONCE = 2000
"""Rows that are held in memory at a time."""


@dataclass
class Verification:
    """Hashes everything, one object after the other, and each only once."""

    report: Callable[[str], None]
    num_objects: int = 0
    _whole: set[bytes] = field(default_factory=set)
    _named: set[bytes] = field(default_factory=set)
    """Those with a fault, by the digests that rows and manifests name."""

    def faults(self) -> Iterator[str]:
        """A sentence for everything that is torn or missing, by subject and number."""
        yield from self._pictures()
        yield from self._papers()
        yield from self._releases()
        yield from self._strays()
        yield from faults_of_runs()

    def _pictures(self) -> Iterator[str]:
        images = Image.objects.filter(purged_at=None).select_related("subject__project")
        for image in images.order_by("pk").iterator(chunk_size=AT_ONCE):
            where = f"{image.subject.project.slug} / {image.subject.slug} / image {image.number}"
            yield from self._fault(image.sha256, f"{where}: the original")
            if image.bare_sha256:
                yield from self._fault(image.bare_sha256, f"{where}: the copy without metadata")

    def _papers(self) -> Iterator[str]:
        for model, name, column in (
            (Portrait, "portrait", "sha256"),
            (LookAlike, "look-alike", "sha256"),
            (Consent, "evidence of consent", "evidence_sha256"),
        ):
            rows = model._default_manager.select_related("subject__project").order_by("pk")
            for row in rows.iterator(chunk_size=AT_ONCE):
                if digest := getattr(row, column):
                    where = f"{row.subject.project.slug} / {row.subject.slug}"
                    yield from self._fault(digest, f"{where} / {name} {row.pk}: its file")

    def _releases(self) -> Iterator[str]:
        releases = Release.objects.select_related("subject__project", "kept_facts")
        before = None
        for release in releases.order_by("subject_id", "number"):
            subject = release.subject
            where = f"{subject.project.slug} / {subject.slug} / release {release.number}"
            yield from self._manifest(release, where)
            is_first = before is None or before.subject_id != release.subject_id
            if not is_told_truly(release, before=None if is_first else before):
                yield (
                    f"{where}: what is kept of its manifest is not what the manifest says; delete "
                    f"row {release.pk} of releases_releasefacts, and it is read anew"
                )
            before = release

    def _manifest(self, release: Release, where: str) -> Iterator[str]:
        name = bytes.fromhex(release.manifest_sha256)
        try:
            manifest = manifest_of(release)
        except ManifestDamaged:
            self._named.add(name)
            yield f"{where}: its manifest is damaged or missing"
            return
        self._whole.add(name)
        if len(manifest.entries) != release.num_images:
            yield f"{where}: its manifest does not name {release.num_images} images"
        for entry in manifest.entries:
            yield from self._fault(entry.file_sha256, f"{where}: the file of image {entry.number}")

    def _strays(self) -> Iterator[str]:
        """Objects that nothing names but that are torn, and what killed processes left."""
        root = store.local_root()
        for path in stored_objects(root) if root else ():
            if bytes.fromhex(path.name) not in self._named:
                yield from self._fault(path.name, f"object {path.name}, which nothing names,")
        for path in leftovers(Path(settings.DATA_DIR)):
            yield f"{path} is half written and older than a day; the supervisor removes it"

    def _fault(self, digest: str, what: str) -> Iterator[str]:
        name = bytes.fromhex(digest)
        if name in self._whole:
            return
        self.num_objects += 1
        if self.num_objects % 1000 == 0:
            self.report(f"{self.num_objects} objects so far.")
        if store.is_whole(digest):
            self._whole.add(name)
            return
        self._named.add(name)
        if store.size_of(digest) is None:
            yield f"{what} is missing"
        else:
            yield f"{what} is damaged"
