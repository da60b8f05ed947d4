"""The desk over HTTP: one read, and one command each for casting a vote and taking it back."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from curation.batches.access import access_leased_batch, require_at_work
from curation.batches.models import Assignment, Batch
from curation.batches.weight import weight_of
from curation.gold.models import GoldAnswer
from curation.hints.selectors import with_faces
from curation.images.derived import Derived
from curation.manual.reasons import Reason
from curation.manual.selectors import current_reasons
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.questions.selectors import pinned_to
from curation.subjects.models import Subject
from curation.votes.desk import DeskItem, desk_items
from curation.votes.judge_item import judge_item
from curation.votes.models import Vote
from curation.votes.own_gold import grid_level_of
from curation.votes.plan_gold import plan_gold
from curation.votes.progress import HeldBatch
from curation.votes.standing import standing_of
from curation.votes.take_back_item import take_back_item
from frontend.addresses import address
from frontend.api.errors import REFUSALS
from frontend.api.person_view import PersonView
from frontend.api.picture_field import PictureField
from frontend.api.questions import PinnedQuestionOut
from frontend.api.shown import (
    REASONS,
    FaceOut,
    LookAlikeOut,
    ManualReasonOut,
    PortraitOut,
    pictures_of,
)
from frontend.pictures.addresses import PictureAddresses


class DeskSubjectOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    url = serializers.SerializerMethodField()

    def get_url(self, subject: Subject) -> str:
        return address("subject", subject)


class DeskProjectOut(serializers.Serializer[Any]):
    name = serializers.CharField()


class DeskBatchOut(serializers.Serializer[Any]):
    """A batch and the caller's lease on it."""

    id = serializers.IntegerField(source="batch.pk")
    number = serializers.IntegerField(source="batch.number")
    subject = DeskSubjectOut(source="batch.subject")
    project = DeskProjectOut(source="batch.subject.project")
    leased_until = serializers.DateTimeField(source="lease.leased_until")


class ManualOut(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    reasons = ManualReasonOut(many=True)


class MyVoteOut(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=REASONS))


class DeskItemOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="item_id")
    position = serializers.IntegerField()
    number = serializers.SerializerMethodField(help_text="Null until your vote stands.")
    name = serializers.SerializerMethodField(help_text="Blank until your vote stands.")
    picture = serializers.SerializerMethodField(
        help_text="Names these very bytes; a vote says by it what was on the screen."
    )
    width = serializers.IntegerField(source="image.width")
    height = serializers.IntegerField(source="image.height")
    preview_url = serializers.SerializerMethodField()
    thumb_url = serializers.SerializerMethodField()
    faces = FaceOut(
        many=True, help_text="All that were found, from left to right, for a closer look."
    )
    my_vote = MyVoteOut(source="mine", allow_null=True)
    open = serializers.BooleanField(
        source="is_open", help_text="Whether a vote of yours would be taken."
    )

    def get_number(self, desk_item: DeskItem) -> int | None:
        # A picture of gold may have the number of quite another batch.
        return desk_item.image.number if desk_item.mine else None

    def get_name(self, desk_item: DeskItem) -> str:
        return desk_item.image.name if desk_item.mine else ""

    def get_picture(self, desk_item: DeskItem) -> str:
        return desk_item.image.sha256[:16]

    def get_preview_url(self, desk_item: DeskItem) -> str:
        return pictures_of(self).picture(desk_item.image.sha256, Derived.PREVIEW)

    def get_thumb_url(self, desk_item: DeskItem) -> str:
        return pictures_of(self).picture(desk_item.image.sha256, Derived.THUMB)


class DeskOut(serializers.Serializer[Any]):
    batch = DeskBatchOut()
    manual = ManualOut()
    items = DeskItemOut(many=True)
    questions = PinnedQuestionOut(many=True, help_text="About these items, the oldest first.")
    portraits = PortraitOut(many=True)
    look_alikes = LookAlikeOut(many=True)
    grid_open = serializers.BooleanField(
        help_text="Whether many pictures at once are offered to you."
    )


class NextBatchOut(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="batch.number")
    subject = serializers.CharField(source="batch.subject.name")
    left = serializers.IntegerField(source="num_left")
    url = serializers.SerializerMethodField(help_text="Its desk.")

    def get_url(self, held: HeldBatch) -> str:
        return address("desk", held.batch)


class StandingOut(serializers.Serializer[Any]):
    """How far you are in a batch, and which of yours comes next."""

    leased_until = serializers.DateTimeField(
        source="here.leased_until", help_text="Voting moves it on."
    )
    left = serializers.IntegerField(source="here.num_left")
    third_wanted = serializers.IntegerField(
        source="here.num_third",
        help_text="Pictures you have voted on where a third person is asked.",
    )
    next_batch = NextBatchOut(source="following", allow_null=True)
    is_open = serializers.BooleanField(
        source="is_any_open", help_text="Whether you may take work that is open to everybody."
    )
    rest = serializers.BooleanField(
        source="needs_rest", help_text="Whether a rest would do you good."
    )


class WeightOut(serializers.Serializer[Any]):
    """What the pictures of a batch weigh, estimated from some of them."""

    pictures = serializers.IntegerField(source="num_pictures")
    bytes = serializers.IntegerField(source="num_bytes")


class VoteIn(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=REASONS), default=list, max_length=20
    )
    client_key = serializers.UUIDField(
        help_text="Made by the client for this one act; sent again, it changes nothing."
    )
    picture = PictureField(default="", help_text="The picture that was on the screen.")
    manual = serializers.IntegerField(
        required=False, help_text="The version of the manual that the desk showed."
    )


class VoteOut(serializers.Serializer[Any]):
    """Your vote as it stands; without a verdict when you took it back in the meantime."""

    item_id = serializers.IntegerField()
    verdict = serializers.ChoiceField(choices=Verdict.choices, allow_null=True)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=REASONS))
    cast_at = serializers.DateTimeField(allow_null=True)


@cache
def _vote_in() -> VoteIn:
    """One for the whole process: checking keeps nothing, and making its fields anew costs more."""
    return VoteIn()


def desk_for(request: HttpRequest, person: User, batch: Batch, lease: Assignment) -> dict[str, Any]:
    """What DeskOut describes, for whom `access_leased_batch` has let in."""
    plan_gold(batch=batch, lease=lease, person=person)
    reasons = current_reasons(batch.subject.project)
    items = desk_items(batch, person)
    desk = {
        "batch": {"batch": batch, "lease": lease},
        "manual": {"version": reasons[0].version.number, "reasons": reasons},
        "items": items,
        "questions": pinned_to({each.image.pk: each.item_id for each in items}, person),
        "portraits": with_faces(batch.subject.portraits.all()),
        "look_alikes": with_faces(batch.subject.look_alikes.all()),
        "grid_open": grid_level_of(person, batch.subject.project).is_open,
    }
    pictures = PictureAddresses(request, person, batch.subject, until=lease.leased_until)
    return dict(DeskOut(desk, context={"pictures": pictures}).data)


class DeskView(PersonView):
    @extend_schema(operation_id="desk", responses={200: DeskOut, **REFUSALS})
    def get(self, request: Request, batch_id: int) -> Response:
        """Everything the desk shows of a batch, to whoever holds a live lease on it."""
        batch, lease = access_leased_batch(self.person, batch_id)
        return Response(desk_for(request, self.person, batch, lease))


class LeaseView(PersonView):
    @extend_schema(operation_id="lease", responses={204: None, **REFUSALS})
    def get(self, request: Request, batch_id: int) -> Response:
        """Whether the pictures of a batch may still be on your screen; open desks keep asking."""
        require_at_work(self.person, batch_id)
        return Response(status=204)


class WeightView(PersonView):
    @extend_schema(operation_id="weight", responses={200: WeightOut, **REFUSALS})
    def get(self, request: Request, batch_id: int) -> Response:
        """About how much it takes to keep a batch's pictures on a device, before anybody does."""
        batch, _lease = access_leased_batch(self.person, batch_id)
        return Response(WeightOut(weight_of(batch)).data)


class StandingView(PersonView):
    @extend_schema(operation_id="standing", responses={200: StandingOut, **REFUSALS})
    def get(self, request: Request, batch_id: int) -> Response:
        """How far you are in a batch you hold, for the end of the desk."""
        batch, _lease = access_leased_batch(self.person, batch_id)
        return Response(StandingOut(standing_of(self.person, batch)).data)


class VoteView(PersonView):
    @extend_schema(operation_id="cast_vote", request=VoteIn, responses={200: VoteOut, **REFUSALS})
    def put(self, request: Request, item_id: int) -> Response:
        """Cast a vote on an item, or change it. Safe to send again with the same key."""
        given = _vote_in().run_validation(request.data)
        vote = judge_item(
            item_id=item_id,
            volunteer=self.person,
            verdict=Verdict(given["verdict"]),
            reasons=[Reason(code) for code in given["reasons"]],
            client_key=given["client_key"],
            picture=given["picture"],
            manual=given.get("manual"),
        )
        return Response(_vote(item_id, vote))

    @extend_schema(
        operation_id="take_back_vote",
        parameters=[
            OpenApiParameter("client_key", OpenApiTypes.UUID, required=True),
            OpenApiParameter("picture", OpenApiTypes.STR),
        ],
        responses={204: None, **REFUSALS},
    )
    def delete(self, request: Request, item_id: int) -> Response:
        """Take your vote on an item back. Safe to send again with the same key."""
        key = serializers.UUIDField().run_validation(request.query_params.get("client_key"))
        picture = PictureField().run_validation(request.query_params.get("picture", ""))
        take_back_item(item_id=item_id, volunteer=self.person, client_key=key, picture=picture)
        return Response(status=204)


def _vote(item_id: int, vote: Vote | GoldAnswer | None) -> dict[str, Any]:
    """What VoteOut describes. The serializer itself would be a tenth of the CPU of a vote."""
    if vote is None:
        return {"item_id": item_id, "verdict": None, "reasons": [], "cast_at": None}
    return {
        "item_id": item_id,
        "verdict": vote.verdict,
        "reasons": vote.reasons,
        "cast_at": vote.cast_at,
    }
