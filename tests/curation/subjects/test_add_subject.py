"""Organisers add the people whose pictures the project collects."""

from __future__ import annotations

import pytest

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
    project: Project, volunteer: User, stranger: User
) -> None:
    with pytest.raises(NotAllowed):
        add_subject(project=project, name="Bob", actor=volunteer)
    with pytest.raises(NotFound):
        add_subject(project=project, name="Bob", actor=stranger)
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
