"""Fetch an upload and check the person's right to it in one step: it is its sender's alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from curation.errors import NotFound
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import Subject
from curation.uploads.models import ArrivingFile, OpenUpload


class UploadGone(NotFound):
    """It was begun to be imported, discarded, or left alone for too long."""

    code = "upload_gone"

    def __init__(self) -> None:
        super().__init__(_("This upload is no longer there. Choose the files again."))


def access_subject_of_uploads(user: User, subject_id: int) -> Subject:
    """The subject, if `user` organises its project. Raises NotFound, NotAllowed."""
    subject = Subject.objects.select_related("project").filter(pk=subject_id).first()
    if subject is None:
        raise NotFound
    require(user, ORGANISE, subject.project)
    return subject


def access_upload(user: User, token: str) -> OpenUpload:
    """The upload, if `user` opened it and still organises the project.

    Raises UploadGone, NotFound, NotAllowed.
    """
    uploads = OpenUpload.objects.select_related("subject__project")
    upload = uploads.filter(token=token, person=user).first()
    if upload is None:
        raise UploadGone
    require(user, ORGANISE, upload.subject.project)
    return upload


def access_arriving_file(user: User, token: str, file_id: int) -> ArrivingFile:
    """A file of the upload, if `user` opened that and still organises the project.

    Raises UploadGone, NotFound, NotAllowed.
    """
    files = ArrivingFile.objects.select_related("upload__subject__project")
    file = files.filter(pk=file_id, upload__token=token, upload__person=user).first()
    if file is None:
        raise UploadGone
    require(user, ORGANISE, file.upload.subject.project)
    return file
