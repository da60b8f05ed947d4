"""Contested pictures over HTTP: those that wait, some at a time, and the ruling on one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from curation.analysis.face_box import face_box
from curation.analysis.models import Face
from curation.consensus.cases import Case, cases_of
from curation.consensus.settle import settle
from curation.consensus.withdraw_ruling import withdraw_ruling
from curation.hints.selectors import with_faces
from curation.images.access import access_image_by_id
from curation.images.derived import Derived
from curation.images.models import Image
from curation.manual.models import ManualReason
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.releases.worth import Waiting, waiting_by_worth
from curation.subjects.access import PicturesHidden, access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act, Subject
from frontend.addresses import address
from frontend.api.errors import REFUSALS
from frontend.api.person_view import PersonView
from frontend.api.shown import (
    REASONS,
    FaceOut,
    LookAlikeOut,
    ManualReasonOut,
    PortraitOut,
    pictures_of,
)
from frontend.numbers import LARGEST_NUMBER, number_in
from frontend.pictures.addresses import PictureAddresses

AT_ONCE = 12
"""Cases that come ahead in one answer."""


class SaidOut(serializers.Serializer[Any]):
    """What somebody said of a picture: a vote or a ruling."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=REASONS))


class CaseVoteOut(serializers.Serializer[Any]):
    volunteer = serializers.CharField(source="vote.volunteer")
    verdict = serializers.ChoiceField(source="vote.verdict", choices=Verdict.choices)
    reasons = serializers.ListField(
        source="vote.reasons", child=serializers.ChoiceField(choices=REASONS)
    )
    before = SaidOut(
        allow_null=True,
        help_text="What they had said before they were told what others think, if it differs.",
    )


class CaseRulingOut(SaidOut):
    note = serializers.CharField(allow_blank=True)
    ruled_by = serializers.SerializerMethodField()

    def get_ruled_by(self, ruling: Any) -> str:
        return str(ruling.ruled_by or "—")


class CaseOut(serializers.Serializer[Any]):
    """A picture before its judge, with all that the judge may see of it."""

    image_id = serializers.IntegerField(source="image.pk")
    number = serializers.IntegerField(source="image.number")
    name = serializers.CharField(source="image.name")
    width = serializers.IntegerField(source="image.width")
    height = serializers.IntegerField(source="image.height")
    url = serializers.SerializerMethodField()
    preview_url = serializers.SerializerMethodField()
    faces = serializers.SerializerMethodField()
    is_blind = serializers.BooleanField(
        source="blindfold.hides_votes", help_text="Your own vote comes first; nothing is told."
    )
    outcome = serializers.SerializerMethodField()
    votes = CaseVoteOut(many=True)
    ruling = serializers.SerializerMethodField()

    def get_url(self, case: Case) -> str:
        return address("image", case.image)

    def get_preview_url(self, case: Case) -> str:
        return pictures_of(self).picture(case.image.sha256, Derived.PREVIEW)

    @extend_schema_field(FaceOut(many=True))
    def get_faces(self, case: Case) -> Any:
        return FaceOut(self.context["faces"].get(case.image.pk, []), many=True).data

    @extend_schema_field(serializers.CharField())
    def get_outcome(self, case: Case) -> str:
        return "" if case.blindfold.hides_votes else case.decision.outcome.value

    @extend_schema_field(CaseRulingOut(allow_null=True))
    def get_ruling(self, case: Case) -> Any:
        ruling = case.decision.ruling
        return None if ruling is None or case.blindfold.hides_votes else CaseRulingOut(ruling).data


class CasesOut(serializers.Serializer[Any]):
    """The next cases, and how many wait in all."""

    num_waiting = serializers.IntegerField()
    cases = CaseOut(many=True)


class RoomOut(CasesOut):
    """All that the page on which cases are settled begins with."""

    reasons = ManualReasonOut(many=True, help_text="Those that rejections may name now.")
    titles = serializers.DictField(child=serializers.CharField())
    portraits = PortraitOut(many=True)
    look_alikes = LookAlikeOut(many=True)


class RulingIn(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=[Verdict.KEEP, Verdict.REJECT])
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=REASONS), default=list, max_length=20
    )
    note = serializers.CharField(default="", allow_blank=True, max_length=1000)
    overrules = serializers.BooleanField(
        default=False, help_text="Whether an earlier ruling was on the screen."
    )
    puts_back = serializers.BooleanField(
        default=False, help_text="Whether it stood before, and a later one is undone by it."
    )


class CasesView(PersonView):
    @extend_schema(
        operation_id="cases",
        parameters=[OpenApiParameter("after", OpenApiTypes.INT)],
        responses={200: CasesOut, **REFUSALS},
    )
    def get(self, request: Request, project_slug: str, subject_slug: str) -> Response:
        """The contested pictures that come behind `after`, some at a time: most worth first."""
        subject = access_subject(self.person, project_slug, subject_slug, ORGANISE)
        if not is_covered(subject, Act.CURATE):
            raise PicturesHidden
        after = number_in(request.query_params.get("after", ""))
        waiting = waiting_by_worth(subject, self.person, beside=possible(after))
        numbers = [number for number in waiting.behind if number != after]
        cases = next_cases(subject, numbers, viewer=self.person)
        return Response(
            CasesOut(
                {"num_waiting": len(waiting.numbers), "cases": cases},
                context=_context(request, self.person, subject, cases),
            ).data
        )


class RulingView(PersonView):
    @extend_schema(
        operation_id="settle", request=RulingIn, responses={200: CaseRulingOut, **REFUSALS}
    )
    def put(self, request: Request, image_id: int) -> Response:
        """Have the last word on a picture. Safe to send again."""
        given = RulingIn().run_validation(request.data)
        ruling = settle(
            image=access_image_by_id(self.person, image_id),
            verdict=Verdict(given["verdict"]),
            reasons=[Reason(code) for code in given["reasons"]],
            note=given["note"],
            actor=self.person,
            unless_by_others=not given["overrules"],
            is_put_back=given["puts_back"],
        )
        return Response(CaseRulingOut(ruling).data)

    @extend_schema(
        operation_id="withdraw_ruling",
        parameters=[OpenApiParameter("overrules", OpenApiTypes.BOOL)],
        responses={204: None, **REFUSALS},
    )
    def delete(self, request: Request, image_id: int) -> Response:
        """Let the votes decide about the picture again; somebody else's only with `overrules`."""
        withdraw_ruling(
            image=access_image_by_id(self.person, image_id),
            actor=self.person,
            unless_by_others=request.query_params.get("overrules") != "true",
        )
        return Response(status=204)


def room_for(
    request: HttpRequest,
    person: User,
    subject: Subject,
    *,
    cases: Sequence[Case],
    num_waiting: int,
    reasons: Sequence[ManualReason],
    titles: Mapping[Reason, str],
) -> dict[str, Any]:
    """What RoomOut describes, from what its page has read already."""
    room = {
        "num_waiting": num_waiting,
        "cases": cases,
        "reasons": reasons,
        "titles": {reason.value: title for reason, title in titles.items()},
        "portraits": with_faces(subject.portraits.all()),
        "look_alikes": with_faces(subject.look_alikes.all()),
    }
    return dict(RoomOut(room, context=_context(request, person, subject, cases)).data)


def in_turn(shown: int, waiting: Waiting) -> list[int]:
    """The number that is shown, those that wait behind it, and then those before it."""
    return [shown, *(n for n in waiting.behind if n != shown), *waiting.before]


def possible(number: int | None) -> int | None:
    """The number, if an image can have it."""
    return number if number is not None and number <= LARGEST_NUMBER else None


def next_cases(subject: Subject, numbers: Sequence[int], *, viewer: User) -> list[Case]:
    """The first of these pictures, in the order of `numbers`."""
    first = [number for number in numbers[:AT_ONCE] if number <= LARGEST_NUMBER]
    images = Image.objects.filter(subject=subject, number__in=first, purged_at=None)
    by_number = {image.number: image for image in images}
    for image in by_number.values():
        image.subject = subject
    return cases_of([by_number[n] for n in first if n in by_number], viewer=viewer)


def _context(
    request: HttpRequest, person: User, subject: Subject, cases: Sequence[Case]
) -> dict[str, Any]:
    """Where the pictures are, and in them the faces, from left to right."""
    images = {case.image.pk: case.image for case in cases}
    faces = defaultdict(list)
    found = Face.objects.filter(analysis__image__in=images).order_by("left", "top")
    for face in found.select_related("analysis"):
        image = images[face.analysis.image_id]
        box = (face.left, face.top, face.right, face.bottom)
        faces[image.pk].append(face_box(box, width=image.width, height=image.height))
    return {"pictures": PictureAddresses(request, person, subject), "faces": faces}
