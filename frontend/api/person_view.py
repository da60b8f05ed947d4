"""The one beginning of every view of the API: it knows who asks."""

from __future__ import annotations

from rest_framework.views import APIView

from curation.projects.models import User
from frontend.person import signed_in


class PersonView(APIView):
    """A view for people who are signed in; all others are refused before it begins."""

    @property
    def person(self) -> User:
        return signed_in(self.request)
