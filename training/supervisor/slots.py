"""Each place trains one run at a time: two would only slow each other down, or fill its GPU."""

from __future__ import annotations

from django.utils import timezone

from training.runs.models import Place, PlaceKind, Run, RunState


def send_heartbeat(kind: PlaceKind, name: str) -> Place:
    """Note that a supervisor of the place is there."""
    place, _ = Place.objects.update_or_create(
        kind=kind, name=name, defaults={"seen_at": timezone.now()}
    )
    return place


def is_slot_free(place: Place) -> bool:
    """Whether the place has no run at work."""
    at_work = Run.objects.filter(state__in=(RunState.RUNNING, RunState.STOPPING))
    return not at_work.filter(place=place).exists()


def take_slot(run: Run) -> bool:
    """Whether the run's supervisor may start it now; call it in the transaction that moves it.

    Several supervisors of one place wait for each other here, so that of two that saw the slot
    free at the same moment the second finds it taken.
    """
    place = Place.objects.select_for_update(of=("self",)).get(runs=run)
    return run.is_still_mine() and is_slot_free(place)
