"""Fetch an image and check the person's right to its project in one step."""

from __future__ import annotations

from curation.errors import NotFound
from curation.images.models import Image
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.access import access_subject


def access_image(user: User, project_slug: str, subject_slug: str, number: int) -> Image:
    """The subject's image with this number, if `user` organises the project.

    Volunteers see pictures only at the desk, where a lease gives them the right.
    Raises NotFound, NotAllowed.
    """
    subject = access_subject(user, project_slug, subject_slug, ORGANISE)
    image = Image.objects.filter(subject=subject, number=number).first()
    if image is None:
        raise NotFound
    image.subject = subject
    return image


def access_image_by_id(user: User, image_id: int) -> Image:
    """The image, if `user` organises its project. Raises NotFound, NotAllowed."""
    image = Image.objects.select_related("subject__project").filter(pk=image_id).first()
    if image is None:
        raise NotFound
    require(user, ORGANISE, image.subject.project)
    return image
