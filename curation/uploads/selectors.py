"""Reads of this stage: what a person was sending."""

from __future__ import annotations

from dataclasses import dataclass

from curation.projects.models import User
from curation.subjects.models import Subject
from curation.uploads.models import ArrivingFile, OpenUpload


@dataclass(frozen=True, kw_only=True)
class LeftOver:
    """What is there of an upload that was broken off."""

    upload: OpenUpload
    num_files: int
    num_whole: int


def left_over(subject: Subject, person: User) -> LeftOver | None:
    """What the person was sending for the subject and did not import; two queries at most."""
    upload = OpenUpload.objects.filter(subject=subject, person=person).first()
    if upload is None:
        return None
    files = files_of(upload)
    if not files:
        return None
    num_whole = sum(file.is_whole for file in files)
    return LeftOver(upload=upload, num_files=len(files), num_whole=num_whole)


def files_of(upload: OpenUpload) -> list[ArrivingFile]:
    """The files of the upload in the order in which they were announced; one query."""
    files = list(upload.files.order_by("pk"))
    for file in files:
        file.upload = upload  # rather than a query for each, to know where it lies
    return files
