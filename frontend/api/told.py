"""What the machine and others think of a picture, told at the desk after one's own vote."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from curation.consensus.verdicts import Verdicts
from curation.hints.tell import Telling, tell
from curation.manual.selectors import reason_titles
from frontend.api.errors import REFUSALS
from frontend.api.person_view import PersonView
from frontend.api.shown import REASONS
from frontend.hint_words import sentences, suspicion_titles


class MachineOut(serializers.Serializer[Any]):
    suspects = serializers.CharField(allow_blank=True, help_text="Blank where it would keep it.")
    why = serializers.ListField(child=serializers.CharField(), help_text="A sentence each.")


class NamedOut(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=REASONS)
    count = serializers.IntegerField()


class OthersOut(serializers.Serializer[Any]):
    """How many others said what, never who."""

    keep = serializers.IntegerField()
    reject = serializers.IntegerField()
    unsure = serializers.IntegerField()
    reasons = NamedOut(many=True)


class DecidedOut(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=["kept", "rejected"])
    ruled_for = serializers.ListField(
        child=serializers.ChoiceField(choices=REASONS),
        allow_null=True,
        help_text="The organiser's reasons, where the decision is theirs.",
    )
    others = OthersOut(allow_null=True, help_text="Null while votes are wanted still.")


class ToldOut(serializers.Serializer[Any]):
    """What there is to tell of one picture."""

    machine = MachineOut(allow_null=True, help_text="Null while it knows nothing.")
    decided = DecidedOut(allow_null=True, help_text="Null while the picture is not decided.")


class ToldView(PersonView):
    @extend_schema(operation_id="told", request=None, responses={200: ToldOut, **REFUSALS})
    def post(self, request: Request, item_id: int) -> Response:
        """What the machine and others think of an item that you have voted on.

        That you were told is kept: a change of your vote afterwards is known as such.
        """
        telling = tell(item_id=item_id, volunteer=self.person)
        told = {"machine": _machine(telling), "decided": _decided(telling.verdicts)}
        return Response(ToldOut(told).data)


def _machine(telling: Telling) -> dict[str, Any] | None:
    """What it suspects in words. A better copy is named only where it may be known of."""
    if telling.suspicion is None:
        return None
    names = suspicion_titles(reason_titles(telling.image.subject.project))
    why = sentences(telling.suspicion.traits)
    if "better_copy" in why and telling.better:
        why["better_copy"] += f" {telling.better.number:05}"
    elif "better_copy" in why:
        del why["better_copy"]
    return {"suspects": names.get(telling.suspicion.reason, ""), "why": list(why.values())}


def _decided(verdicts: Verdicts | None) -> dict[str, Any] | None:
    if verdicts is None:
        return None
    others = verdicts.others and {
        "keep": verdicts.others.keep,
        "reject": verdicts.others.reject,
        "unsure": verdicts.others.unsure,
        "reasons": [{"code": code, "count": num} for code, num in verdicts.reasons.items()],
    }
    return {
        "outcome": verdicts.outcome.value,
        "ruled_for": verdicts.ruling.reasons if verdicts.ruling else None,
        "others": others,
    }
