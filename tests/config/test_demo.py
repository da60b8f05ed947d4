"""The demo loads whole, once, and leaves every kind of work to look at."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from config import demo
from curation.batches.models import Assignment
from curation.consensus.selectors import state_counts
from curation.gold.models import Gold, GoldItem, Kind
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import Project, Role, User
from curation.releases.models import Release
from curation.subjects.models import Subject
from curation.votes.plan_gold import plan_gold
from curation.votes.plan_practice import offers_practice, plan_practice
from curation.votes.progress import batches_held_by


@pytest.mark.slow
def test_a_newcomer_finds_work_done_and_work_to_do(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    passwords = demo.logins(tmp_path)
    demo.load_demo(passwords=passwords, report=print)
    ada = Subject.objects.get(slug="ada")
    counts = state_counts(ada)
    assert counts.kept > 60
    assert counts.rejected > 0
    assert counts.contested > 0
    assert counts.pending > 0
    assert {release.subject.slug for release in Release.objects.all()} == {"ada", "bob"}
    volunteer = User.objects.get(username=Role.VOLUNTEER)
    assert sum(held.num_left for held in batches_held_by(volunteer)) == 2 * demo.BATCH_SIZE
    first = batches_held_by(volunteer)[0].batch
    lease = Assignment.objects.get(batch=first, volunteer=volunteer)
    assert offers_practice(first, lease, volunteer)
    plan_practice(batch=first, lease=lease, person=volunteer)
    plan_gold(batch=first, lease=lease, person=volunteer)
    practised = Gold.objects.filter(image__gold_items__kind=Kind.PRACTICE)
    told = {*practised.values_list("reason_codes", flat=True)}
    assert told == {"", *(reason.value for reason in Reason if reason != Reason.DUPLICATE)}
    assert GoldItem.objects.filter(kind=Kind.HIDDEN).count() >= 5
    assert Image.objects.filter(subject=ada).count() == ada.last_number
    for name, password in passwords.items():
        assert Client().login(username=name, password=password), name
    assert demo.is_loaded()


def test_logins_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    assert demo.logins(tmp_path) == demo.logins(tmp_path)
    assert stat.S_IMODE((tmp_path / "demo-logins.json").stat().st_mode) == 0o600


def test_a_second_start_only_prints_the_logins(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.slug = demo.SLUG
    project.save()
    call_command("load_demo")
    call_command("load_demo")
    assert capsys.readouterr().out.count("organiser") == 2
    assert Project.objects.count() == 1
