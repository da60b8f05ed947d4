"""The one beginning of every view of the API: it knows who asks."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from curation.projects.models import User
from frontend.person import require_named_person, signed_in

PERSON_HEADER = "X-Person"
"""Names the person whose page asks; pages of ours send it with every request."""


class PersonView(APIView):
    """A view for people who are signed in; all others are refused before it begins.

    Raises OtherPerson when the request names somebody else than who is signed in.
    """

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require_named_person(self.person, request.headers.get(PERSON_HEADER, ""))

    @property
    def person(self) -> User:
        return signed_in(self.request)
