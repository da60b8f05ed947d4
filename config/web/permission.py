"""Who may send a large body: somebody who is signed in. Asked before the body is read."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections
from django.http import HttpRequest, parse_cookie

from config.web.refused import RefusedRequest, not_signed_in, unavailable

logger = logging.getLogger(__name__)


def refused_to_send(path: str, cookies: str) -> RefusedRequest | None:
    """Why the sender of these cookies may not send files to `path`, or None when they may.

    Whether their role allows it is for the page to say: here it is enough to know who it is.
    """
    close_old_connections()
    try:
        request = HttpRequest()
        key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
        request.session = SessionStore(key if "\x00" not in key else None)
        return None if get_user(request).is_authenticated else not_signed_in(path)
    except Exception:
        logger.exception("nobody can be asked who sends files to %s", path)
        return unavailable(path)
    finally:
        close_old_connections()
