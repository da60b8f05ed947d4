"""What a run's page shows live, and the buttons on it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from curation.projects.models import User
from curation.projects.permissions import ADMINISTER, ORGANISE
from frontend.addresses import address
from frontend.api.errors import ErrorOut
from frontend.api.person_view import PersonView
from training.engine.run.folder import SIDES
from training.runs.access import access_run
from training.runs.models import Run, RunState
from training.runs.refresh_preview import refresh_preview
from training.runs.resume_run import resume_run
from training.runs.run_folder import folder_of
from training.runs.run_now import RunNow, run_now
from training.runs.save_now import save_now
from training.runs.stop_run import stop_run
from training.runs.telemetry import read_losses


class RunCanOut(serializers.Serializer[Any]):
    stop = serializers.BooleanField()
    resume = serializers.BooleanField()
    save = serializers.BooleanField()  # type: ignore[assignment]  # DRF's own method name
    preview = serializers.BooleanField()


class PreparingOut(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=SIDES)
    done = serializers.IntegerField()
    total = serializers.IntegerField()


class CheckpointOut(serializers.Serializer[Any]):
    step = serializers.IntegerField()
    at = serializers.DateTimeField(source="saved_at")


class RunEventOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=RunState.choices)
    cause = serializers.CharField(help_text="In the reader's language.")
    actor = serializers.CharField(allow_null=True)
    step = serializers.IntegerField(
        allow_null=True, help_text="The checkpoint that a trainer went on from."
    )
    note = serializers.CharField(help_text="Details in the trainer's own words; may be blank.")


class RunOut(serializers.Serializer[Any]):
    """A run as it stands at this moment."""

    id = serializers.IntegerField(source="run.pk")
    number = serializers.IntegerField(source="run.number")
    state = serializers.ChoiceField(source="run.state", choices=RunState.choices)
    model = serializers.CharField(source="run.model")
    steps = serializers.IntegerField(source="run.steps")
    batch_size = serializers.IntegerField(source="run.batch_size")
    step = serializers.IntegerField()
    device = serializers.CharField()
    examples_per_second = serializers.FloatField(allow_null=True)
    preparing = PreparingOut(allow_null=True)
    position = serializers.IntegerField(allow_null=True)
    is_active = serializers.BooleanField()
    is_supervised = serializers.BooleanField()
    can = RunCanOut()
    preview_url = serializers.SerializerMethodField()
    preview_step = serializers.IntegerField(allow_null=True)
    checkpoints = CheckpointOut(many=True)
    problem = serializers.CharField(allow_null=True)
    problem_details = serializers.CharField(source="run.problem")
    events = RunEventOut(many=True)

    def get_preview_url(self, now: RunNow) -> str | None:
        if now.preview_step is None:
            return None
        # The step makes it another address, so that the browser fetches the new picture.
        return f"{address('run_preview', now.run)}?step={now.preview_step}"


class LossOut(serializers.Serializer[Any]):
    step = serializers.IntegerField()
    a = serializers.FloatField()
    b = serializers.FloatField()


class LossesOut(serializers.Serializer[Any]):
    losses = LossOut(many=True)


class LossesIn(serializers.Serializer[Any]):
    after = serializers.IntegerField(min_value=0, default=0)


_REFUSALS = {401: ErrorOut, 403: ErrorOut, 404: ErrorOut}
_COMMAND_REFUSALS = {**_REFUSALS, 409: ErrorOut}


class RunView(PersonView):
    @extend_schema(operation_id="read_run", responses={200: RunOut, **_REFUSALS})
    def get(self, request: Request, run_id: int) -> Response:
        """How the run stands at this moment."""
        return _now(self.person, access_run(self.person, run_id, ORGANISE))


class LossesView(PersonView):
    @extend_schema(
        operation_id="read_losses",
        parameters=[OpenApiParameter("after", OpenApiTypes.INT, description="Only later steps.")],
        responses={200: LossesOut, 400: ErrorOut, **_REFUSALS},
    )
    def get(self, request: Request, run_id: int) -> Response:
        """The run's losses after a step, at most 2,000 points."""
        run = access_run(self.person, run_id, ORGANISE)
        asked = LossesIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        losses = read_losses(folder_of(run), after=asked.validated_data["after"])
        return Response(LossesOut({"losses": losses}).data)


class StopView(PersonView):
    @extend_schema(
        operation_id="stop_run", request=None, responses={202: RunOut, **_COMMAND_REFUSALS}
    )
    def post(self, request: Request, run_id: int) -> Response:
        """Save a checkpoint and stop."""
        run = stop_run(run=access_run(self.person, run_id, ADMINISTER), actor=self.person)
        return _now(self.person, run, status=202)


class ResumeView(PersonView):
    @extend_schema(
        operation_id="resume_run", request=None, responses={202: RunOut, **_COMMAND_REFUSALS}
    )
    def post(self, request: Request, run_id: int) -> Response:
        """Go on from the last checkpoint."""
        run = resume_run(run=access_run(self.person, run_id, ADMINISTER), actor=self.person)
        return _now(self.person, run, status=202)


class SaveView(PersonView):
    @extend_schema(
        operation_id="save_now", request=None, responses={202: RunOut, **_COMMAND_REFUSALS}
    )
    def post(self, request: Request, run_id: int) -> Response:
        """Save a checkpoint now and go on."""
        run = access_run(self.person, run_id, ADMINISTER)
        save_now(run=run, actor=self.person)
        return _now(self.person, run, status=202)


class PreviewView(PersonView):
    @extend_schema(
        operation_id="refresh_preview", request=None, responses={202: RunOut, **_COMMAND_REFUSALS}
    )
    def post(self, request: Request, run_id: int) -> Response:
        """Draw a new preview now and go on."""
        run = access_run(self.person, run_id, ADMINISTER)
        refresh_preview(run=run)
        return _now(self.person, run, status=202)


def _now(person: User, run: Run, *, status: int = 200) -> Response:
    may_act = person.has_perm(ADMINISTER, run.project)
    return Response(RunOut(run_now(run, may_act=may_act)).data, status=status)
