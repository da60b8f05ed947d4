"""The grid over HTTP: what is done with the pictures that a person chose in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from curation.batches.cut_batches import DEFAULT_SIZE, LARGEST_SIZE, cut_batches
from curation.batches.models import Order
from curation.consensus.blind import images_to_judge
from curation.consensus.settle_many import settle_many
from curation.duplicates.mark_distinct import MOST_AT_ONCE, mark_distinct
from curation.gold.mark_gold import mark_gold
from curation.gold.models import NOTE_LENGTH
from curation.gold.taking import LeftOut, Taken
from curation.gold.unmark_gold import unmark_gold
from curation.grid.selection import MOST, Selection
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.subjects.models import Subject
from frontend.api.errors import ErrorOut
from frontend.api.grid import ANSWERS, REFUSALS, GridView, ListingIn, NumberField
from frontend.api.shown import REASONS


class SelectionIn(ListingIn):
    all = serializers.BooleanField(
        default=False, help_text="Every picture that is listed, but for `numbers`."
    )
    numbers = serializers.ListField(child=NumberField(), default=list, max_length=MOST)
    seen = serializers.IntegerField(
        min_value=0, help_text="How many pictures the person agreed to; refused if it is not so."
    )


class CutIn(SelectionIn):
    size = serializers.IntegerField(min_value=1, max_value=LARGEST_SIZE, default=DEFAULT_SIZE)
    order = serializers.ChoiceField(
        choices=Order.values,
        default=Order.NUMBER.value,
        help_text="In which they are put into batches; never the grid's own.",
    )


class CutOut(serializers.Serializer[Any]):
    batches = serializers.ListField(child=serializers.IntegerField(), help_text="Their numbers.")
    images = serializers.IntegerField(help_text="How many pictures are in them.")


class DistinctIn(serializers.Serializer[Any]):
    numbers = serializers.ListField(child=NumberField(), min_length=2, max_length=MOST_AT_ONCE)


class RejectIn(SelectionIn):
    because = serializers.ChoiceField(choices=REASONS)


class RejectOut(serializers.Serializer[Any]):
    images = serializers.IntegerField(help_text="How many pictures were rejected.")


class GoldIn(SelectionIn):
    verdict = serializers.ChoiceField(choices=ANSWERS)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=REASONS), default=list)
    note = serializers.CharField(
        default="", allow_blank=True, max_length=NOTE_LENGTH, help_text="Why this is the answer."
    )


class LeftOutOut(serializers.Serializer[Any]):
    why = serializers.ChoiceField(choices=[why.value for why in LeftOut])
    numbers = serializers.ListField(child=serializers.IntegerField())


class TakenOut(serializers.Serializer[Any]):
    images = serializers.SerializerMethodField(help_text="How many pictures it was done with.")
    left_out = serializers.SerializerMethodField(help_text="The others, and why.")

    def get_images(self, taken: Taken) -> int:
        return len(taken.numbers)

    @extend_schema_field(LeftOutOut(many=True))
    def get_left_out(self, taken: Taken) -> list[dict[str, Any]]:
        return [{"why": why.value, "numbers": numbers} for why, numbers in taken.left_out.items()]


ACT_REFUSALS = {**REFUSALS, 409: ErrorOut}


class _ActView(GridView):
    def _selection(self, subject: Subject, given: Mapping[str, Any]) -> Selection:
        return Selection(
            listing=self.listing(subject, given),
            is_all=given["all"],
            numbers=frozenset(given["numbers"]),
            num_seen=given["seen"],
        )


class GridCutView(_ActView):
    @extend_schema(operation_id="grid_cut", request=CutIn, responses={200: CutOut, **ACT_REFUSALS})
    def post(self, request: Request, project_slug: str, subject_slug: str) -> Response:
        """Put the chosen pictures that are in no batch into new ones."""
        subject = self.subject_of(project_slug, subject_slug)
        given = CutIn().run_validation(request.data)
        with transaction.atomic():
            chosen = self._selection(subject, given).images()
            batches = cut_batches(
                subject=subject,
                size=given["size"],
                order=Order(given["order"]),
                actor=self.person,
                chosen=chosen,
            )
            images = sum(batch.items.count() for batch in batches)
        return Response({"batches": [batch.number for batch in batches], "images": images})


class GridRejectView(_ActView):
    @extend_schema(
        operation_id="grid_reject", request=RejectIn, responses={200: RejectOut, **ACT_REFUSALS}
    )
    def post(self, request: Request, project_slug: str, subject_slug: str) -> Response:
        """Reject the chosen pictures as an organiser, whatever the votes say."""
        subject = self.subject_of(project_slug, subject_slug)
        given = RejectIn().run_validation(request.data)
        with transaction.atomic():
            num = settle_many(
                subject=subject,
                images=self._selection(subject, given).images(),
                verdict=Verdict.REJECT,
                reasons=[Reason(given["because"])],
                actor=self.person,
            )
        return Response({"images": num})


class GridMarkGoldView(_ActView):
    @extend_schema(
        operation_id="grid_mark_gold",
        request=GoldIn,
        responses={200: TakenOut, **ACT_REFUSALS},
    )
    def post(self, request: Request, project_slug: str, subject_slug: str) -> Response:
        """Make the chosen pictures gold with this answer, but for those to judge oneself."""
        subject = self.subject_of(project_slug, subject_slug)
        given = GoldIn().run_validation(request.data)
        with transaction.atomic():
            taken = mark_gold(
                subject=subject,
                images=self._selection(subject, given).images(),
                verdict=Verdict(given["verdict"]),
                reasons=[Reason(each) for each in given["reasons"]],
                note=given["note"],
                to_judge=images_to_judge(self.person, subject),
                actor=self.person,
            )
        return Response(TakenOut(taken).data)


class GridUnmarkGoldView(_ActView):
    @extend_schema(
        operation_id="grid_unmark_gold",
        request=SelectionIn,
        responses={200: TakenOut, **ACT_REFUSALS},
    )
    def post(self, request: Request, project_slug: str, subject_slug: str) -> Response:
        """Have the chosen pictures be gold no more, but for those to judge oneself."""
        subject = self.subject_of(project_slug, subject_slug)
        given = SelectionIn().run_validation(request.data)
        with transaction.atomic():
            taken = unmark_gold(
                subject=subject,
                images=self._selection(subject, given).images(),
                to_judge=images_to_judge(self.person, subject),
                actor=self.person,
            )
        return Response(TakenOut(taken).data)


class GridDistinctView(_ActView):
    @extend_schema(
        operation_id="grid_distinct", request=DistinctIn, responses={204: None, **REFUSALS}
    )
    def post(self, request: Request, project_slug: str, subject_slug: str) -> Response:
        """Remember that these pictures are all distinct, whatever the machine thinks."""
        subject = self.subject_of(project_slug, subject_slug)
        given = DistinctIn().run_validation(request.data)
        mark_distinct(subject=subject, numbers=given["numbers"], actor=self.person)
        return Response(status=204)
