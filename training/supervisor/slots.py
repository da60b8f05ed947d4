"""Each machine trains one run at a time: two would only slow each other down, or fill its GPU."""

from __future__ import annotations

from django.utils import timezone

from training.runs.models import Machine, Run, RunState


def machine_of(supervisor: str) -> str:
    """The machine in a supervisor's name, `machine/which`."""
    return supervisor.rpartition("/")[0]


def say_at_work(machine: str) -> None:
    """Note that a supervisor of the machine is there."""
    Machine.objects.update_or_create(name=machine, defaults={"seen_at": timezone.now()})


def is_slot_free(machine: str) -> bool:
    """Whether the machine has no run at work."""
    at_work = Run.objects.filter(state__in=(RunState.RUNNING, RunState.STOPPING))
    return not at_work.filter(supervisor__startswith=f"{machine}/").exists()


def take_slot(run: Run) -> bool:
    """Whether the run's supervisor may start it now; call it in the transaction that moves it.

    Several supervisors of one machine wait for each other here, so that of two that saw the slot
    free at the same moment the second finds it taken.
    """
    machine = machine_of(run.supervisor)
    Machine.objects.select_for_update().get(name=machine)
    is_held = Run.objects.filter(pk=run.pk, supervisor=run.supervisor).exists()
    return is_held and is_slot_free(machine)
