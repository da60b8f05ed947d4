"""The desk over HTTP: one read, and one command each for casting a vote and taking it back."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from curation.batches.access import access_leased_batch
from curation.batches.models import Assignment, Batch
from curation.manual.models import ManualReason
from curation.manual.reasons import Reason
from curation.manual.selectors import current_reasons
from curation.projects.signed_in import signed_in
from curation.subjects.models import Subject
from curation.votes.cast_vote import cast_vote
from curation.votes.desk import DeskItem, desk_items
from curation.votes.models import Verdict, Vote
from curation.votes.progress import HeldBatch
from curation.votes.standing import standing_of
from curation.votes.take_back_vote import take_back_vote
from frontend.api.errors import ErrorOut

REASONS = [reason.value for reason in Reason]


class PortraitOut(serializers.Serializer[Any]):
    url = serializers.CharField()
    caption = serializers.CharField(allow_blank=True)


class LookAlikeOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    how_to_tell = serializers.CharField()
    portraits = PortraitOut(many=True)


class DeskSubjectOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    url = serializers.CharField()


class DeskProjectOut(serializers.Serializer[Any]):
    name = serializers.CharField()


class DeskBatchOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    subject = DeskSubjectOut()
    project = DeskProjectOut()
    leased_until = serializers.DateTimeField()


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
    id = serializers.IntegerField()
    position = serializers.IntegerField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    preview_url = serializers.CharField()
    thumb_url = serializers.CharField()
    my_vote = MyVoteOut(allow_null=True)
    open = serializers.BooleanField(help_text="Whether a vote of yours would be taken.")


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
        return reverse("desk", kwargs=_where(held.batch))


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


class VoteIn(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=REASONS), default=list, max_length=20
    )
    client_key = serializers.UUIDField(
        help_text="Made by the client for this one act; sent again, it changes nothing."
    )


class VoteOut(serializers.Serializer[Any]):
    """Your vote as it stands; without a verdict when you took it back in the meantime."""

    item_id = serializers.IntegerField()
    verdict = serializers.ChoiceField(choices=Verdict.choices, allow_null=True)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=REASONS))
    cast_at = serializers.DateTimeField(allow_null=True)


_REFUSALS = {400: ErrorOut, 401: ErrorOut, 403: ErrorOut, 404: ErrorOut, 409: ErrorOut}


class DeskView(APIView):
    @extend_schema(operation_id="desk", responses={200: DeskOut, **_REFUSALS})
    def get(self, request: Request, batch_id: int) -> Response:
        """Everything the desk shows of a batch, to whoever holds a live lease on it."""
        person = signed_in(request)
        batch, lease = access_leased_batch(person, batch_id)
        subject = batch.subject
        base = reverse("batch", kwargs=_where(batch))
        desk = {
            "batch": _batch(batch, lease),
            "manual": _manual(current_reasons()),
            "items": [_item(each, base) for each in desk_items(batch, person)],
            "portraits": _portraits(subject),
            "look_alikes": _look_alikes(subject),
        }
        return Response(DeskOut(desk).data)


class StandingView(APIView):
    @extend_schema(operation_id="standing", responses={200: StandingOut, **_REFUSALS})
    def get(self, request: Request, batch_id: int) -> Response:
        """How far you are in a batch you hold, for the end of the desk."""
        person = signed_in(request)
        batch, _lease = access_leased_batch(person, batch_id)
        return Response(StandingOut(standing_of(person, batch)).data)


class VoteView(APIView):
    @extend_schema(operation_id="cast_vote", request=VoteIn, responses={200: VoteOut, **_REFUSALS})
    def put(self, request: Request, item_id: int) -> Response:
        """Cast a vote on an item, or change it. Safe to send again with the same key."""
        body = VoteIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        vote = cast_vote(
            item_id=item_id,
            volunteer=signed_in(request),
            verdict=Verdict(given["verdict"]),
            reasons=[Reason(code) for code in given["reasons"]],
            client_key=given["client_key"],
        )
        return Response(VoteOut(_vote(item_id, vote)).data)

    @extend_schema(
        operation_id="take_back_vote",
        parameters=[OpenApiParameter("client_key", OpenApiTypes.UUID, required=True)],
        responses={204: None, **_REFUSALS},
    )
    def delete(self, request: Request, item_id: int) -> Response:
        """Take your vote on an item back. Safe to send again with the same key."""
        key = serializers.UUIDField().run_validation(request.query_params.get("client_key"))
        take_back_vote(item_id=item_id, volunteer=signed_in(request), client_key=key)
        return Response(status=204)


def _where(batch: Batch) -> dict[str, Any]:
    """What the addresses of a batch's pages are made of."""
    subject = batch.subject
    return {"project": subject.project.slug, "subject": subject.slug, "number": batch.number}


def _batch(batch: Batch, lease: Assignment) -> dict[str, Any]:
    subject = batch.subject
    kwargs = {"project": subject.project.slug, "subject": subject.slug}
    return {
        "id": batch.pk,
        "number": batch.number,
        "subject": {
            "name": subject.name,
            "note": subject.note,
            "url": reverse("subject", kwargs=kwargs),
        },
        "project": {"name": subject.project.name},
        "leased_until": lease.leased_until,
    }


def _manual(reasons: list[ManualReason]) -> dict[str, Any]:
    return {"version": reasons[0].version.number, "reasons": reasons}


def _item(desk_item: DeskItem, base: str) -> dict[str, Any]:
    item, mine = desk_item.item, desk_item.mine
    return {
        "id": item.pk,
        "position": item.position,
        "number": item.image.number,
        "name": item.image.name,
        "width": item.image.width,
        "height": item.image.height,
        "preview_url": f"{base}items/{item.position}/preview.webp",
        "thumb_url": f"{base}items/{item.position}/thumb.webp",
        "my_vote": mine and {"verdict": mine.verdict, "reasons": mine.reasons},
        "open": desk_item.is_open,
    }


def _vote(item_id: int, vote: Vote | None) -> dict[str, Any]:
    if vote is None:
        return {"item_id": item_id, "verdict": None, "reasons": [], "cast_at": None}
    return {
        "item_id": item_id,
        "verdict": vote.verdict,
        "reasons": vote.reasons,
        "cast_at": vote.cast_at,
    }


def _portraits(subject: Subject) -> list[dict[str, str]]:
    where = {"project": subject.project.slug, "subject": subject.slug}
    return [
        {
            "url": reverse("portrait", kwargs={**where, "portrait_id": portrait.pk}),
            "caption": portrait.caption,
        }
        for portrait in subject.portraits.all()
    ]


def _look_alikes(subject: Subject) -> list[dict[str, Any]]:
    where = {"project": subject.project.slug, "subject": subject.slug}
    look_alikes = []
    for each in subject.look_alikes.all():
        url = reverse("look_alike", kwargs={**where, "look_alike_id": each.pk})
        pictures = [{"url": url, "caption": each.name}] if each.sha256 else []
        look_alikes.append(
            {"name": each.name, "how_to_tell": each.how_to_tell, "portraits": pictures}
        )
    return look_alikes
