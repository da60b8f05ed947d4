"""Pictures, before anything else: no session, no person and no language is read for them."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from curation import store
from curation.images.derived import Derived
from curation.subjects.picture_epoch import EPOCHS
from frontend.pictures.addresses import FACE_FILE, PREFIX, token_in
from frontend.pictures.leaving import leave
from frontend.pictures.token import Shown, Token


class PictureMiddleware:
    """Answers for a picture whose address still opens, without a query.

    All others go on to the page `picture`, which checks in full: addresses from before the last
    withdrawal, those that are too old, and copies that nobody has made yet.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PREFIX) and request.method in {"GET", "HEAD"}:
            try:
                answer = _at_once(request)
            except FileNotFoundError:
                answer = None
            if answer is not None:
                return answer
        return self.get_response(request)


def _at_once(request: HttpRequest) -> HttpResponseBase | None:
    """The picture, or None when that takes a full check. Raises FileNotFoundError."""
    text, _slash, file = request.path_info.removeprefix(PREFIX).partition("/")
    token = token_in(request, text)
    if token is None or not _still_opens(token):
        return None
    if token.shown is Shown.PICTURE and file in set(Derived):
        key, version = store.derived_key(token.sha256, file), f"{token.sha256}-{file}"
    elif token.shown in {Shown.FACE, Shown.EXAMPLE} and file == FACE_FILE:
        key, version = store.object_key(token.sha256), token.sha256
    else:
        return None
    return leave(request, key=key, version=version)


def _still_opens(token: Token) -> bool:
    if time.time() >= token.expires:
        return False
    epochs = EPOCHS.of(token.subject_id, token.person_id)
    return (token.subject_epoch, token.person_epoch) == epochs
