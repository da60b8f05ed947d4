"""What is said when no page can be made: in both languages, knowing no person and no database.

For the web server, which refuses a request before Django has seen it, and for the moments in which
the database is away.
"""

from __future__ import annotations

import json

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise

API_PREFIX = "/api/"


def trouble(path: str, *, code: str, message: str | Promise) -> tuple[str, bytes]:
    """Content type and body of an answer that says `message` to whoever asked for `path`.

    Programs get the shape of every error of the API, in English; people a page that says it in
    each language of the site.
    """
    if path.startswith(API_PREFIX):
        with translation.override("en"):
            body = {"code": code, "message": str(message), "context": {}}
        return "application/json", json.dumps(body).encode()
    sentences = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            sentences[language] = str(message)
    page = render_to_string("trouble.html", {"sentences": sentences})
    return "text/html; charset=utf-8", page.encode()
