"""The pages of runs: the list, the form, and the run itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from curation.projects.models import Project, User
from curation.releases.models import Release
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from training.engine.run.events import EVENTS_FILE, Reporter
from training.runs.models import Run, RunState
from training.runs.run_folder import folder_of

MakeRun = Callable[..., Run]
LIST, NEW, ONE = "/projects/fans/runs/", "/projects/fans/runs/new/", "/projects/fans/runs/1/"


def form(releases: tuple[Release, Release], **changed: Any) -> dict[str, Any]:
    a, b = releases
    given = {"release_a": a.pk, "release_b": b.pk, "model": "original", "steps": 200}
    return {**given, "batch_size": 8, **changed}


@pytest.fixture
def as_admin(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def test_an_admin_asks_for_a_run_and_lands_on_its_page(
    as_admin: Client, releases: tuple[Release, Release]
) -> None:
    assert "Ada · release 1 · 1 images" in as_admin.get(NEW).content.decode()
    answer = as_admin.post(NEW, form(releases), follow=True)
    assert answer.redirect_chain == [(ONE, 302)]
    run = Run.objects.get()
    assert (run.release_a, run.steps, run.batch_size) == (releases[0], 200, 8)


def test_one_person_twice_is_explained_on_the_form(
    as_admin: Client, releases: tuple[Release, Release]
) -> None:
    answer = as_admin.post(NEW, form((releases[0], releases[0])))
    assert "two different people" in answer.content.decode()
    assert not Run.objects.exists()


def test_missing_consent_is_explained_on_the_form(
    as_admin: Client, releases: tuple[Release, Release], subject: Subject, admin: User
) -> None:
    withdraw_consent(consent=subject.consents.get(), actor=admin)
    answer = as_admin.post(NEW, form(releases))
    assert "No consent in force for Ada" in answer.content.decode()
    assert not Run.objects.exists()


def test_only_releases_with_consent_to_train_can_be_chosen(
    as_admin: Client, releases: tuple[Release, Release], subject: Subject, admin: User
) -> None:
    assert "disabled" not in as_admin.get(NEW).content.decode()
    consent = subject.consents.get()
    withdraw_consent(consent=consent, actor=admin)
    page = as_admin.get(NEW).content.decode()
    label = "Ada · release 1 – consent does not cover training"
    assert page.count(f'<option value="{releases[0].pk}" disabled>{label}') == 2
    assert "Consent to training is not in force for two people" in page


def test_a_stopped_run_is_as_far_on_its_page_as_in_the_list(
    as_admin: Client, make_run: MakeRun
) -> None:
    """It goes on from its last checkpoint, whatever was told after that."""
    run = make_run()
    Run.objects.update(state=RunState.STOPPED)
    checkpoints = folder_of(run) / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "last.json").write_text('{"step": 20}')
    reporter = Reporter(folder_of(run) / EVENTS_FILE)
    reporter.report("loss", step=27, a=0.1, b=0.1, examples_per_second=1.0)
    reporter.close()
    assert "20 / 30" in as_admin.get(LIST).content.decode()
    assert as_admin.get(f"/api/v1/runs/{run.pk}").json()["step"] == 20


def test_releases_of_other_projects_cannot_be_chosen(
    client: Client, releases: tuple[Release, Release], stranger: User
) -> None:
    other = Project.objects.get(slug="others")
    other.memberships.update(role="admin")
    client.force_login(stranger)
    answer = client.post("/projects/others/runs/new/", form(releases))
    assert answer.status_code == 200
    assert not Run.objects.exists()


def test_without_two_people_the_form_says_what_is_missing(
    as_admin: Client, subject: Subject, release_of: Callable[[Subject], Release]
) -> None:
    release_of(subject)
    assert "Two people are needed" in as_admin.get(NEW).content.decode()


def test_the_page_says_what_it_is_trained_on(as_admin: Client, make_run: MakeRun) -> None:
    run = make_run()
    page = as_admin.get(ONE).content.decode()
    assert run.manifest_a_sha256 in page
    assert run.manifest_b_sha256 in page
    assert 'id="run-now"' in page


def test_an_organiser_may_look_but_not_start(
    client: Client, make_run: MakeRun, organiser: User
) -> None:
    make_run()
    client.force_login(organiser)
    page = client.get(LIST).content.decode()
    assert "Run 1" in page
    assert NEW not in page
    assert client.get(ONE).status_code == 200
    assert client.get(NEW).status_code == 403


@pytest.mark.parametrize("address", [LIST, NEW, ONE])
def test_volunteers_and_strangers_see_no_runs(
    client: Client, make_run: MakeRun, volunteer: User, stranger: User, address: str
) -> None:
    make_run()
    assert client.get(address).status_code == 302
    client.force_login(volunteer)
    assert client.get(address).status_code == 403
    client.force_login(stranger)
    assert client.get(address).status_code == 404


def test_the_list_refreshes_itself_only_while_something_goes_on(
    as_admin: Client, make_run: MakeRun
) -> None:
    make_run()
    assert "data-live" in as_admin.get(LIST).content.decode()
    Run.objects.update(state=RunState.FINISHED)
    assert "data-live" not in as_admin.get(LIST).content.decode()


@pytest.mark.parametrize("num_runs", [1, 20])
def test_the_list_costs_the_same_queries_whatever_its_length(
    as_admin: Client,
    make_run: MakeRun,
    num_runs: int,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for _ in range(num_runs):
        make_run()
    with django_assert_num_queries(7):  # type: ignore[attr-defined]
        assert as_admin.get(LIST).status_code == 200
