"""The desk over HTTP: one read, and one command each for casting a vote and taking it back."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.text import capfirst
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from curation.batches.access import access_leased_batch, require_at_work
from curation.images.derived import Derived
from curation.manual.models import ManualReason
from curation.manual.reasons import Reason
from curation.manual.selectors import current_reasons
from curation.subjects.models import LookAlike, Portrait, Subject
from curation.votes.cast_vote import cast_vote
from curation.votes.desk import DeskItem, desk_items
from curation.votes.models import Verdict, Vote
from curation.votes.progress import HeldBatch
from curation.votes.standing import standing_of
from curation.votes.take_back_vote import take_back_vote
from frontend.addresses import address
from frontend.api.errors import ErrorOut
from frontend.api.person_view import PersonView
from frontend.pictures.addresses import PictureAddresses

REASONS = [reason.value for reason in Reason]


def _pictures(serializer: serializers.BaseSerializer[Any]) -> PictureAddresses:
    """How the desk that is being put together says where its pictures are."""
    addresses: PictureAddresses = serializer.context["pictures"]
    return addresses


class PortraitOut(serializers.Serializer[Any]):
    url = serializers.SerializerMethodField()
    caption = serializers.CharField(allow_blank=True)

    def get_url(self, portrait: Portrait) -> str:
        return _pictures(self).face(portrait.sha256)


class LookAlikePictureOut(serializers.Serializer[Any]):
    url = serializers.SerializerMethodField()
    caption = serializers.CharField(source="name")

    def get_url(self, look_alike: LookAlike) -> str:
        return _pictures(self).face(look_alike.sha256)


class LookAlikeOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    how_to_tell = serializers.CharField()
    portraits = serializers.SerializerMethodField(help_text="One picture, or none.")

    @extend_schema_field(PortraitOut(many=True))
    def get_portraits(self, look_alike: LookAlike) -> Any:
        pictures = [look_alike] if look_alike.sha256 else []
        return LookAlikePictureOut(pictures, many=True, context=self.context).data


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


class ManualReasonOut(serializers.Serializer[Any]):
    """A reason to reject a picture, in the language of whoever asks."""

    code = serializers.ChoiceField(choices=REASONS)
    number = serializers.IntegerField(source="position", help_text="The key that casts it.")
    title = serializers.SerializerMethodField()
    summary = serializers.CharField(help_text="When to choose it, in one sentence.")
    definition = serializers.CharField(help_text="What counts.")
    exclusion = serializers.CharField(help_text="What does not count.")

    def get_title(self, reason: ManualReason) -> str:
        return capfirst(reason.title)


class ManualOut(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    reasons = ManualReasonOut(many=True)


class MyVoteOut(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=REASONS))


class DeskItemOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="item.pk")
    position = serializers.IntegerField(source="item.position")
    number = serializers.IntegerField(source="item.image.number")
    name = serializers.CharField(source="item.image.name")
    picture = serializers.SerializerMethodField(
        help_text="Names these very bytes; a vote says by it what was on the screen."
    )
    width = serializers.IntegerField(source="item.image.width")
    height = serializers.IntegerField(source="item.image.height")
    preview_url = serializers.SerializerMethodField()
    thumb_url = serializers.SerializerMethodField()
    my_vote = MyVoteOut(source="mine", allow_null=True)
    open = serializers.BooleanField(
        source="is_open", help_text="Whether a vote of yours would be taken."
    )

    def get_picture(self, desk_item: DeskItem) -> str:
        return desk_item.item.image.sha256[:16]

    def get_preview_url(self, desk_item: DeskItem) -> str:
        return _pictures(self).picture(desk_item.item.image.sha256, Derived.PREVIEW)

    def get_thumb_url(self, desk_item: DeskItem) -> str:
        return _pictures(self).picture(desk_item.item.image.sha256, Derived.THUMB)


class DeskOut(serializers.Serializer[Any]):
    batch = DeskBatchOut()
    manual = ManualOut()
    items = DeskItemOut(many=True)
    portraits = PortraitOut(many=True)
    look_alikes = LookAlikeOut(many=True)


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


class PictureField(serializers.RegexField):
    """The picture that was on the screen, as the desk named it; blank in votes of old pages."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^[0-9a-f]{16}$", allow_blank=True, **kwargs)


class VoteIn(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=REASONS), default=list, max_length=20
    )
    client_key = serializers.UUIDField(
        help_text="Made by the client for this one act; sent again, it changes nothing."
    )
    picture = PictureField(default="", help_text="The picture that was on the screen.")


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


_REFUSALS = {400: ErrorOut, 401: ErrorOut, 403: ErrorOut, 404: ErrorOut, 409: ErrorOut}


class DeskView(PersonView):
    @extend_schema(operation_id="desk", responses={200: DeskOut, **_REFUSALS})
    def get(self, request: Request, batch_id: int) -> Response:
        """Everything the desk shows of a batch, to whoever holds a live lease on it."""
        batch, lease = access_leased_batch(self.person, batch_id)
        reasons = current_reasons()
        desk = {
            "batch": {"batch": batch, "lease": lease},
            "manual": {"version": reasons[0].version.number, "reasons": reasons},
            "items": desk_items(batch, self.person),
            "portraits": batch.subject.portraits.all(),
            "look_alikes": batch.subject.look_alikes.all(),
        }
        pictures = PictureAddresses(request, self.person, batch.subject, until=lease.leased_until)
        return Response(DeskOut(desk, context={"pictures": pictures}).data)


class LeaseView(PersonView):
    @extend_schema(operation_id="lease", responses={204: None, **_REFUSALS})
    def get(self, request: Request, batch_id: int) -> Response:
        """Whether the pictures of a batch may still be on your screen; open desks keep asking."""
        require_at_work(self.person, batch_id)
        return Response(status=204)


class StandingView(PersonView):
    @extend_schema(operation_id="standing", responses={200: StandingOut, **_REFUSALS})
    def get(self, request: Request, batch_id: int) -> Response:
        """How far you are in a batch you hold, for the end of the desk."""
        batch, _lease = access_leased_batch(self.person, batch_id)
        return Response(StandingOut(standing_of(self.person, batch)).data)


class VoteView(PersonView):
    @extend_schema(operation_id="cast_vote", request=VoteIn, responses={200: VoteOut, **_REFUSALS})
    def put(self, request: Request, item_id: int) -> Response:
        """Cast a vote on an item, or change it. Safe to send again with the same key."""
        given = _vote_in().run_validation(request.data)
        vote = cast_vote(
            item_id=item_id,
            volunteer=self.person,
            verdict=Verdict(given["verdict"]),
            reasons=[Reason(code) for code in given["reasons"]],
            client_key=given["client_key"],
            picture=given["picture"],
        )
        return Response(_vote(item_id, vote))

    @extend_schema(
        operation_id="take_back_vote",
        parameters=[
            OpenApiParameter("client_key", OpenApiTypes.UUID, required=True),
            OpenApiParameter("picture", OpenApiTypes.STR),
        ],
        responses={204: None, **_REFUSALS},
    )
    def delete(self, request: Request, item_id: int) -> Response:
        """Take your vote on an item back. Safe to send again with the same key."""
        key = serializers.UUIDField().run_validation(request.query_params.get("client_key"))
        picture = PictureField().run_validation(request.query_params.get("picture", ""))
        take_back_vote(item_id=item_id, volunteer=self.person, client_key=key, picture=picture)
        return Response(status=204)


def _vote(item_id: int, vote: Vote | None) -> dict[str, Any]:
    """What VoteOut describes. The serializer itself would be a tenth of the CPU of a vote."""
    if vote is None:
        return {"item_id": item_id, "verdict": None, "reasons": [], "cast_at": None}
    return {
        "item_id": item_id,
        "verdict": vote.verdict,
        "reasons": vote.reasons,
        "cast_at": vote.cast_at,
    }
