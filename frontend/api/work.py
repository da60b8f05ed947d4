"""Work without asking: the next batch, out of what is open to everybody."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from curation.votes.take_work import take_work
from frontend.api.desk import NextBatchOut
from frontend.api.errors import REFUSALS
from frontend.api.person_view import PersonView


class WorkIn(serializers.Serializer[Any]):
    beside = serializers.IntegerField(
        allow_null=True,
        default=None,
        help_text="A batch that you come from: its subject's pictures come first.",
    )


class WorkView(PersonView):
    @extend_schema(
        operation_id="take_work", request=WorkIn, responses={200: NextBatchOut, **REFUSALS}
    )
    def post(self, request: Request) -> Response:
        """The batch to go on with: one that you hold and have not finished, else one of
        what is open to you. What you have finished is returned for you."""
        given = WorkIn().run_validation(request.data)
        return Response(NextBatchOut(take_work(person=self.person, beside=given["beside"])).data)
