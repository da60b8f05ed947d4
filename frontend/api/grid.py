"""The grid over HTTP: what is listed, window by window. What is done with it: `grid_acts.py`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from curation.errors import NotFound
from curation.grid.filters import FILTERS
from curation.grid.listing import EVERY, Listing, Place
from curation.grid.rows import Row, rows_of
from curation.grid.sorts import FACTS, NUMBER, SORTS
from curation.grid.states import State
from curation.manual.verdicts import Verdict
from curation.projects.permissions import ORGANISE
from curation.subjects.access import access_pictures
from curation.subjects.models import Subject
from curation.vision.hints import SUSPECTED
from frontend.api.errors import ErrorOut
from frontend.api.person_view import PersonView
from frontend.api.shown import REASONS
from frontend.numbers import LARGEST_NUMBER
from frontend.pictures.addresses import PictureAddresses

STATES = [state.value for state in State]
SORT_KEYS = list(SORTS)
SUSPICIONS = list(SUSPECTED)
SUSPICIONS_TO_CHOOSE = list(FILTERS["suspected"].choices or ())
ANSWERS = [Verdict.KEEP.value, Verdict.REJECT.value]


class NumberField(serializers.IntegerField):
    """A picture's number, or a row's id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_NUMBER, **kwargs)


@extend_schema_field(OpenApiTypes.STR)
class PlaceField(serializers.Field[Place, str, str, Any]):
    """Where a window begins: the value by which it is sorted and the number, as "0.25~42"."""

    def to_internal_value(self, data: str) -> Place:
        value, _tilde, number = data.partition("~")
        try:
            place = Place(float(value) if value else None, int(number))
        except ValueError:
            raise serializers.ValidationError(_("This is no place in a list.")) from None
        if not 0 < place.number <= LARGEST_NUMBER or not math.isfinite(place.value or 0):
            raise serializers.ValidationError(_("This is no place in a list."))
        return place

    def to_representation(self, value: Place) -> str:
        return f"{'' if value.value is None else repr(value.value)}~{value.number}"


def _filter_fields() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """A field for each filter; left out, it leaves all."""
    return {
        key: NumberField(required=False)
        if each.choices is None
        else serializers.ChoiceField(choices=each.choices, required=False)
        for key, each in FILTERS.items()
    }


class ListingIn(serializers.Serializer[Any]):
    """What to list, and in which order."""

    sort = serializers.ChoiceField(choices=SORT_KEYS, default=NUMBER.key)
    descending = serializers.BooleanField(default=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**super().get_fields(), **_filter_fields()}


class WindowIn(ListingIn):
    start = PlaceField(required=False, help_text="The window's first place; the list's, if none.")
    end = PlaceField(required=False, help_text="The first place of the window after it.")


class PositionIn(ListingIn):
    number = NumberField()


class PlacesOut(serializers.Serializer[Any]):
    total = serializers.IntegerField(help_text="How many pictures are listed.")
    every = serializers.SerializerMethodField(help_text="How many pictures a window has.")
    places = serializers.ListField(
        child=PlaceField(), help_text="The place of each window's first picture."
    )

    def get_every(self, places: object) -> int:
        return EVERY


class FactsOut(serializers.Serializer[Any]):
    """What the machine saw; null where it saw none, or the reader is to judge the picture first."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {key: serializers.FloatField(allow_null=True) for key in FACTS}


class AnswerOut(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=ANSWERS)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=REASONS))


class GridImageOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    folder = serializers.SerializerMethodField(
        help_text="Where its smaller copies are: thumb.webp and preview.webp below it."
    )
    state = serializers.ChoiceField(choices=STATES)
    batch = serializers.IntegerField(allow_null=True)
    facts = FactsOut()
    suspected = serializers.ChoiceField(
        choices=SUSPICIONS,
        allow_null=True,
        help_text="The reason to reject it that the machine would name first, as a hint.",
    )
    gold = AnswerOut(allow_null=True, help_text="The known answer, where it is gold.")

    def get_folder(self, row: Row) -> str:
        addresses: PictureAddresses = self.context["pictures"]
        return addresses.folder(row.sha256)


class WindowOut(serializers.Serializer[Any]):
    images = GridImageOut(many=True)


class PositionOut(serializers.Serializer[Any]):
    position = serializers.IntegerField(help_text="How many pictures are before it.")


REFUSALS = {400: ErrorOut, 401: ErrorOut, 403: ErrorOut, 404: ErrorOut}


class GridView(PersonView):
    def subject_of(self, project_slug: str, subject_slug: str) -> Subject:
        return access_pictures(self.person, project_slug, subject_slug, ORGANISE)

    def listing(self, subject: Subject, given: Mapping[str, Any]) -> Listing:
        return Listing(
            subject=subject,
            viewer=self.person,
            sort=SORTS[given["sort"]],
            is_descending=given["descending"],
            chosen={key: str(given[key]) for key in FILTERS if key in given},
        )


class GridPlacesView(GridView):
    @extend_schema(
        operation_id="grid_places", parameters=[ListingIn], responses={200: PlacesOut, **REFUSALS}
    )
    def get(self, request: Request, project_slug: str, subject_slug: str) -> Response:
        """How many pictures are listed, and where each window of them begins."""
        subject = self.subject_of(project_slug, subject_slug)
        given = ListingIn().run_validation(request.query_params)
        return Response(PlacesOut(self.listing(subject, given).places()).data)


class GridWindowView(GridView):
    @extend_schema(
        operation_id="grid_window",
        parameters=[
            ListingIn,
            OpenApiParameter("start", OpenApiTypes.STR, description="The window's first place."),
            OpenApiParameter("end", OpenApiTypes.STR, description="The next window's."),
        ],
        responses={200: WindowOut, **REFUSALS},
    )
    def get(self, request: Request, project_slug: str, subject_slug: str) -> Response:
        """The pictures of one window, in order."""
        subject = self.subject_of(project_slug, subject_slug)
        given = WindowIn().run_validation(request.query_params)
        ids = self.listing(subject, given).window(given.get("start"), given.get("end"))
        rows = rows_of(self.person, ids)
        pictures = PictureAddresses(request, self.person, subject)
        return Response(WindowOut({"images": rows}, context={"pictures": pictures}).data)


class GridPositionView(GridView):
    @extend_schema(
        operation_id="grid_position",
        parameters=[PositionIn],
        responses={200: PositionOut, **REFUSALS},
    )
    def get(self, request: Request, project_slug: str, subject_slug: str) -> Response:
        """Where in the list the picture with a number stands."""
        subject = self.subject_of(project_slug, subject_slug)
        given = PositionIn().run_validation(request.query_params)
        position = self.listing(subject, given).position_of(given["number"])
        if position is None:
            raise NotFound(
                _("Picture %(number)05d is not in this list.") % {"number": given["number"]}
            )
        return Response({"position": position})
