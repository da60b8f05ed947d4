"""Near duplicates at the desk: which there are, and that some are none after all."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from curation.batches.access import access_leased_batch
from curation.images.derived import Derived
from curation.images.models import Image
from curation.votes.near import near_in
from curation.votes.say_distinct import MOST_AT_ONCE, say_distinct
from curation.votes.take_back_distinct import take_back_distinct
from frontend.api.errors import REFUSALS
from frontend.api.person_view import PersonView
from frontend.api.shown import pictures_of
from frontend.pictures.addresses import PictureAddresses


class TwinOut(serializers.Serializer[Any]):
    """A picture beyond the batch that is nearly the same as one in it."""

    item_id = serializers.SerializerMethodField(help_text="The one in the batch.")
    number = serializers.SerializerMethodField()
    thumb_url = serializers.SerializerMethodField()
    preview_url = serializers.SerializerMethodField()

    def get_item_id(self, twin: tuple[int, Image]) -> int:
        return twin[0]

    def get_number(self, twin: tuple[int, Image]) -> int:
        return twin[1].number

    def get_thumb_url(self, twin: tuple[int, Image]) -> str:
        return pictures_of(self).picture(twin[1].sha256, Derived.THUMB)

    def get_preview_url(self, twin: tuple[int, Image]) -> str:
        return pictures_of(self).picture(twin[1].sha256, Derived.PREVIEW)


class NearOut(serializers.Serializer[Any]):
    """What looks nearly the same, and nothing of what anybody said of it."""

    pairs = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="Items of the batch.",
    )
    twins = TwinOut(many=True)


class NearView(PersonView):
    @extend_schema(operation_id="near", responses={200: NearOut, **REFUSALS})
    def get(self, request: Request, batch_id: int) -> Response:
        """Which pictures of a batch you hold are nearly the same, and as which others."""
        batch, lease = access_leased_batch(self.person, batch_id)
        near = near_in(batch, self.person)
        pictures = PictureAddresses(request, self.person, batch.subject, until=lease.leased_until)
        return Response(NearOut(near, context={"pictures": pictures}).data)


class PairsIn(serializers.Serializer[Any]):
    pairs = serializers.ListField(
        child=serializers.RegexField(r"^[1-9][0-9]{0,17}-[1-9][0-9]{0,17}$"),
        min_length=1,
        max_length=MOST_AT_ONCE * (MOST_AT_ONCE - 1) // 2,
        help_text="Two items each, as `101-102`.",
    )

    def validate_pairs(self, pairs: list[str]) -> list[tuple[int, int]]:
        return [(int(one), int(other)) for one, other in (pair.split("-") for pair in pairs)]


class DistinctView(PersonView):
    @extend_schema(operation_id="say_distinct", request=PairsIn, responses={204: None, **REFUSALS})
    def post(self, request: Request, batch_id: int) -> Response:
        """Say that in a batch you hold the two of each pair are distinct. Safe to send again."""
        given = PairsIn().run_validation(request.data)
        say_distinct(batch_id=batch_id, pairs=given["pairs"], volunteer=self.person)
        return Response(status=204)

    @extend_schema(
        operation_id="take_back_distinct",
        parameters=[PairsIn],
        responses={204: None, **REFUSALS},
    )
    def delete(self, request: Request, batch_id: int) -> Response:
        """Take back that you said so of these pairs, and of no others. Safe to send again."""
        given = PairsIn().run_validation(request.query_params)
        take_back_distinct(batch_id=batch_id, pairs=given["pairs"], volunteer=self.person)
        return Response(status=204)
