"""A picture under an address that opens no more by itself: it is checked in full who asks.

So an open page goes on showing pictures for as long as its person may look, however old it is.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from curation import store
from curation.errors import NotFound
from curation.gold.access import access_shown_picture
from curation.http import private_bytes
from curation.images.derived import Derived
from curation.images.serve import serve_derived
from curation.manual.access import require_example
from curation.projects.models import User
from curation.subjects.access import require_face
from frontend.person import page
from frontend.pictures.addresses import FACE_FILE, token_in
from frontend.pictures.token import Shown


@page("GET")
def picture(request: HttpRequest, person: User, token: str, file: str) -> HttpResponseBase:
    """A smaller copy of an image, or a face, to whoever may see it now."""
    told = token_in(request, token)
    if told is None or told.person_id != person.pk:
        raise NotFound
    if told.shown is Shown.PICTURE and file in set(Derived):
        image = access_shown_picture(person, told.subject_id, told.sha256)
        return serve_derived(image, Derived(file), request)
    if told.shown is not Shown.PICTURE and file == FACE_FILE:
        require = require_face if told.shown is Shown.FACE else require_example
        require(person, told.subject_id, told.sha256)
        return private_bytes(
            request,
            version=told.sha256,
            read=lambda: store.get(told.sha256),
            content_type="image/webp",
        )
    raise NotFound
