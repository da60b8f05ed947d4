"""What the story of a lost machine does inside the site; run as a program.

    DATA_DIR=… python -m tests.config.safekeeping.go_on fill|resume

`fill` makes a project with a picture, a release of each of two people, and a run that is stopped
half way. `resume` lets that run go on to its end and prints the step that it went on from.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time

import django


def fill() -> None:
    from django.core.management import call_command  # noqa: PLC0415, after setup

    from curation import store  # noqa: PLC0415
    from curation.consensus.settle import settle  # noqa: PLC0415
    from curation.images.add_images import Measured, NewImage, add_images  # noqa: PLC0415
    from curation.images.bare_copies import bare_of, keep_bare  # noqa: PLC0415
    from curation.manual.verdicts import Verdict  # noqa: PLC0415
    from curation.projects.models import Membership, Project, Role, User  # noqa: PLC0415
    from curation.releases.freeze_release import freeze_release  # noqa: PLC0415
    from curation.subjects.models import Consent, Subject  # noqa: PLC0415
    from tests.conftest import picture_bytes  # noqa: PLC0415
    from tests.stories.runs import set_pace  # noqa: PLC0415
    from training.runs.create_run import create_run  # noqa: PLC0415
    from training.runs.run_folder import folder_of, last_step  # noqa: PLC0415
    from training.runs.stop_run import stop_run  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    project = Project.objects.create(slug="fans", name="Fans")
    anna = User.objects.create_user("anna", password="anna")
    Membership.objects.create(project=project, user=anna, role=Role.ADMIN)
    releases = []
    for seed, name in enumerate(("Ada", "Bob")):
        subject = Subject.objects.create(project=project, slug=name.lower(), name=name)
        Consent.objects.create(
            subject=subject,
            basis="invented_person",
            covers_curate=True,
            covers_train=True,
            signed_by="nobody",
            evidence_sha256=store.put(b"evidence"),
            evidence_name="evidence.txt",
            valid_from=dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1),
            recorded_by=anna,
        )
        data = picture_bytes(seed)
        digest, bare = store.put(data), keep_bare(bare_of(data))
        measured = Measured(digest, len(data), 48, 40, "PNG", bare)
        (image,) = add_images(subject=subject, new=[NewImage("图 1.png", measured)])
        settle(image=image, verdict=Verdict.KEEP, actor=anna)
        releases.append(freeze_release(subject=subject, actor=anna))
    run = create_run(
        project=project,
        release_a=releases[0],
        release_b=releases[1],
        model="original",
        steps=60,
        batch_size=8,
        actor=anna,
    )
    folder_of(run).mkdir(parents=True)
    set_pace(run, seconds_per_step=0.05)
    _tick_until(lambda: last_step(run) >= 10)
    stop_run(run=run, actor=anna)
    _tick_until(lambda: _state() == "stopped")


def resume() -> None:
    from curation.releases.models import ReleaseFacts  # noqa: PLC0415, after setup
    from training.runs.models import Run  # noqa: PLC0415
    from training.runs.resume_run import resume_run  # noqa: PLC0415
    from training.runs.run_folder import last_step  # noqa: PLC0415

    if ReleaseFacts.objects.count() != 2:
        raise SystemExit("what pages tell of the two releases did not come back")
    run = Run.objects.get()
    went_on_from = last_step(run)
    resume_run(run=run, actor=run.created_by)
    _tick_until(lambda: _state() == "finished")
    print(went_on_from)  # noqa: T201, the answer


def _state() -> str:
    from training.runs.models import Run  # noqa: PLC0415

    return str(Run.objects.get().state)


def _tick_until(done: object) -> None:
    from tests.stories.runs import QuickLauncher  # noqa: PLC0415
    from training.supervisor.supervise import Supervisor  # noqa: PLC0415

    supervisor = Supervisor(QuickLauncher())
    deadline = time.monotonic() + 90
    while not done():  # type: ignore[operator]
        supervisor.tick()
        if time.monotonic() > deadline:
            raise SystemExit(f"the run is {_state()}")
        time.sleep(0.05)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    {"fill": fill, "resume": resume}[sys.argv[1]]()
