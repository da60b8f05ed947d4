"""Organisers add the people whose pictures the project collects."""

from __future__ import annotations

import pytest
from django.test import Client

from curation.errors import InvalidInput, NotAllowed, NotFound
from curation.projects.models import ActionLog, Project, User
from curation.subjects.add_subject import add_subject
from curation.subjects.edit_subject import edit_subject
from curation.subjects.models import Subject


def test_an_organiser_adds_a_subject(project: Project, organiser: User) -> None:
    subject = add_subject(
        project=project, name=" Bob ", note="A scar over the left brow.", actor=organiser
    )
    assert (subject.slug, subject.name, subject.last_number) == ("bob", "Bob", 0)
    entry = ActionLog.objects.get(action="subject.add")
    assert (entry.actor, entry.target) == (organiser, "Bob")


def test_a_chinese_name_gets_a_plain_address_or_the_one_asked_for(
    project: Project, organiser: User
) -> None:
    assert add_subject(project=project, name="王小明", actor=organiser).slug == "subject"
    assert add_subject(project=project, name="李雷", actor=organiser).slug == "subject-2"
    lucky = add_subject(project=project, name="韩梅梅", slug="hanmeimei", actor=organiser)
    assert lucky.slug == "hanmeimei"


def test_two_subjects_of_one_name_would_be_mixed_up(project: Project, organiser: User) -> None:
    add_subject(project=project, name="Bob", actor=organiser)
    with pytest.raises(InvalidInput, match="already a subject called Bob"):
        add_subject(project=project, name="Bob ", slug="bob-the-other", actor=organiser)
    with pytest.raises(InvalidInput, match="needs a name"):
        add_subject(project=project, name="  ", actor=organiser)
    assert Subject.objects.count() == 1


def test_volunteers_and_strangers_add_nobody(
    project: Project, volunteer: User, stranger: User, client: Client
) -> None:
    with pytest.raises(NotAllowed):
        add_subject(project=project, name="Bob", actor=volunteer)
    with pytest.raises(NotFound):
        add_subject(project=project, name="Bob", actor=stranger)
    client.force_login(volunteer)
    assert client.post("/projects/fans/subjects/new/", {"name": "Bob"}).status_code == 403
    client.force_login(stranger)
    assert client.post("/projects/fans/subjects/new/", {"name": "Bob"}).status_code == 404
    assert not Subject.objects.exists()


def test_a_corrected_name_keeps_the_address(subject: Subject, organiser: User) -> None:
    edit_subject(subject=subject, name="Ada L.", note="", actor=organiser)
    subject.refresh_from_db()
    assert (subject.name, subject.slug) == ("Ada L.", "ada")
    assert ActionLog.objects.get(action="subject.edit").details == {"name_before": "Ada"}
    edit_subject(subject=subject, name="Ada L.", note="", actor=organiser)
    assert ActionLog.objects.filter(action="subject.edit").count() == 1


def test_a_name_cannot_be_taken_from_another(
    project: Project, subject: Subject, organiser: User
) -> None:
    add_subject(project=project, name="Bob", actor=organiser)
    with pytest.raises(InvalidInput, match="already a subject called Bob"):
        edit_subject(subject=subject, name="Bob", note="", actor=organiser)


def test_the_pages_do_it(project: Project, organiser: User, client: Client) -> None:
    client.force_login(organiser)
    page = client.post("/projects/fans/subjects/new/", {"name": "Bob"})
    assert page.headers["Location"] == "/projects/fans/subjects/bob/settings/"
    page = client.get(page.headers["Location"])
    assert "No consent in force" in page.content.decode()
    again = client.post("/projects/fans/subjects/new/", {"name": "Bob", "note": "tall"})
    assert "already a subject called Bob" in again.content.decode()
    assert "tall" in again.content.decode(), "what was typed is still there"
    page = client.post(
        "/projects/fans/subjects/bob/settings/", {"name": "", "note": "short"}, follow=True
    )
    assert "This field is required" in page.content.decode()
    client.post("/projects/fans/subjects/bob/settings/", {"name": "Bob B.", "note": "short"})
    assert Subject.objects.get().name == "Bob B."


def test_members_see_the_project_and_its_subjects(
    project: Project, subject: Subject, volunteer: User, organiser: User, client: Client
) -> None:
    client.force_login(volunteer)
    page = client.get("/projects/fans/").content.decode()
    assert "Ada" in page
    assert "/projects/fans/subjects/ada/" not in page, "the room is the organiser's"
    assert "/projects/fans/subjects/new/" not in page
    client.force_login(organiser)
    page = client.get("/projects/fans/").content.decode()
    assert 'href="/projects/fans/subjects/ada/"' in page
    assert "/projects/fans/subjects/new/" in page
