"""The form that adds a subject."""

from __future__ import annotations

from django.test import Client

from curation.projects.models import Project, User
from curation.subjects.models import Subject


def test_the_form_is_closed_to_volunteers_and_hidden_from_strangers(
    project: Project, volunteer: User, stranger: User, client: Client
) -> None:
    client.force_login(volunteer)
    assert client.post("/projects/fans/subjects/new/", {"name": "Bob"}).status_code == 403
    client.force_login(stranger)
    assert client.post("/projects/fans/subjects/new/", {"name": "Bob"}).status_code == 404
    assert not Subject.objects.exists()


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
