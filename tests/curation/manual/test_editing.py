"""An organiser changes their project's manual: each change is a version, and none ever changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model

from curation import store
from curation.errors import InvalidInput, NotAllowed, NotFound, Refused
from curation.manual.access import require_example
from curation.manual.add_example import MOST_EXAMPLES, add_example
from curation.manual.draft import ManualChanged
from curation.manual.edit_reason import TEXTS, edit_reason
from curation.manual.models import ManualExample, ManualReason, ManualVersion
from curation.manual.order_reasons import order_reasons
from curation.manual.reasons import Reason
from curation.manual.remove_example import remove_example
from curation.manual.selectors import (
    changed_reasons,
    current_manual,
    current_reasons,
    current_version,
    reason_titles,
)
from curation.projects.models import ActionLog, Project, User
from curation.subjects.access import PicturesHidden
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from curation.subjects.served_copy import UnusablePicture
from curation.subjects.withdraw_consent import withdraw_consent
from tests.conftest import picture_bytes

pytestmark = pytest.mark.django_db


def words(of: Project, reason: Reason, **changes: str) -> dict[str, str]:
    """The reason's words as they are, but for `changes`."""
    row = next(each for each in current_manual(of).reasons.all() if each.code == reason)
    return {text: getattr(row, text) for text in TEXTS} | changes


def show(of: Subject, by: User | None, **changes: Any) -> ManualVersion:
    """Add a picture of the subject as one to reject because it is covered."""
    given: dict[str, Any] = {
        "project": of.project,
        "seen": current_version(of.project),
        "reason": Reason.COVERED,
        "is_good": False,
        "subject": of,
        "data": picture_bytes(3),
        "name": "mask.png",
        "caption_zh": "戴着口罩",
        "caption_en": "With a mask",
        "actor": by,
    }
    return add_example(**given | changes)


def shown(of: Project, reason: Reason) -> list[str]:
    """The captions of the reason's examples that may be shown."""
    rows = current_manual(of).reasons_in_use  # type: ignore[attr-defined]  # prefetched
    return [each.caption_en for row in rows if row.code == reason for each in row.examples_shown]


def everything(version: ManualVersion) -> list[dict[str, Any]]:
    """All that a version says."""

    def row(of: Model) -> dict[str, Any]:
        return {each.attname: getattr(of, each.attname) for each in of._meta.concrete_fields}

    rows: list[Model] = [version, *version.reasons.all(), *version.examples.all()]
    return [row(each) for each in rows]


def test_a_changed_word_is_a_new_version_and_the_old_one_stays_as_it_was(
    project: Project, organiser: User
) -> None:
    before = everything(current_manual(project))
    texts = words(project, Reason.COVERED, definition_zh=" 口罩、手。 ", title_en="hidden")
    version = edit_reason(
        project=project, seen=1, reason=Reason.COVERED, texts=texts, actor=organiser
    )
    assert version is not None
    assert (version.number, version.project, version.made_by) == (2, project, organiser)
    assert words(project, Reason.COVERED)["definition_zh"] == "口罩、手。"
    assert reason_titles(project)[Reason.COVERED] == "hidden"
    assert everything(ManualVersion.objects.get(project=None)) == before
    assert len(everything(version)) == len(before), "all others came along"
    line = ActionLog.objects.get()
    assert (line.action, line.target) == ("manual.edit_reason", "Fans of nobody / 2")
    assert line.details == {"reason": "covered", "changed": ["title_en", "definition_zh"]}


def test_nothing_new_saves_nothing(project: Project, organiser: User) -> None:
    same = words(project, Reason.DRAWN)
    assert not edit_reason(
        project=project, seen=1, reason=Reason.DRAWN, texts=same, actor=organiser
    )
    as_they_are = {Reason(each.code): each.position or 0 for each in current_reasons(project)}
    assert not order_reasons(project=project, seen=1, numbers=as_they_are, actor=organiser)
    assert (current_version(project), ActionLog.objects.count()) == (1, 0)


def test_an_organiser_chooses_which_reasons_are_used_and_their_numbers(
    project: Project, organiser: User
) -> None:
    used = [Reason.DRAWN, Reason.BLURRY, Reason.COVERED]
    numbers = dict(zip(used, (1, 2, 9), strict=True))
    order_reasons(project=project, seen=1, numbers=numbers, actor=organiser)
    rows = current_reasons(project)
    assert [(each.code, each.position) for each in rows] == list(numbers.items())
    titles = reason_titles(project)
    assert list(titles)[:3] == used
    assert set(titles) == set(Reason), "earlier votes name the others still"
    all_of_them = {reason: number for number, reason in enumerate(Reason, start=1)}
    order_reasons(project=project, seen=2, numbers=all_of_them, actor=organiser)
    assert len(current_reasons(project)) == 7, "an unused reason's words were kept"
    wrongs: list[dict[Reason, int]] = [{}, {Reason.DRAWN: 1, Reason.BLURRY: 1}]
    for wrong in wrongs:
        with pytest.raises(InvalidInput):
            order_reasons(project=project, seen=3, numbers=wrong, actor=organiser)


def test_two_organisers_do_not_overwrite_each_other(project: Project, organiser: User) -> None:
    texts = words(project, Reason.BLURRY, summary_zh="看不清")
    edit_reason(project=project, seen=1, reason=Reason.BLURRY, texts=texts, actor=organiser)
    with pytest.raises(ManualChanged):
        order_reasons(project=project, seen=1, numbers={Reason.DRAWN: 1}, actor=organiser)
    with pytest.raises(ManualChanged):
        edit_reason(
            project=project,
            seen=1,
            reason=Reason.DRAWN,
            texts=words(project, Reason.DRAWN, title_en="painted"),
            actor=organiser,
        )
    assert current_version(project) == 2


def test_a_missing_language_is_refused(project: Project, organiser: User) -> None:
    texts = words(project, Reason.BLURRY, exclusion_en="  ")
    with pytest.raises(InvalidInput):
        edit_reason(project=project, seen=1, reason=Reason.BLURRY, texts=texts, actor=organiser)


def test_only_organisers_change_it(
    subject: Subject, volunteer: User, stranger: User, admin: User
) -> None:
    project = subject.project
    texts = words(project, Reason.BLURRY, title_en="soft")
    acts: list[Callable[[User], object]] = [
        lambda who: edit_reason(
            project=project, seen=1, reason=Reason.BLURRY, texts=texts, actor=who
        ),
        lambda who: order_reasons(project=project, seen=1, numbers={Reason.DRAWN: 1}, actor=who),
        lambda who: show(subject, who),
        lambda who: remove_example(
            project=project, seen=1, example_id=ManualExample.objects.all()[0].pk, actor=who
        ),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act(volunteer)
        with pytest.raises(NotFound):
            act(stranger)
    assert current_version(project) == 1
    acts[0](admin)
    assert current_version(project) == 2


def test_a_picture_of_ones_own_is_shown_small_and_bare_until_it_is_removed(
    subject: Subject, organiser: User, volunteer: User, stranger: User
) -> None:
    project = subject.project
    before = shown(project, Reason.COVERED)
    show(subject, organiser, image_number=7)
    assert shown(project, Reason.COVERED) == [*before, "With a mask"]
    example = ManualExample.objects.get(subject=subject)
    assert example.image_number == 7
    assert store.get(example.sha256)[8:12] == b"WEBP"
    require_example(volunteer, subject.pk, example.sha256)
    with pytest.raises(NotFound):
        require_example(stranger, subject.pk, example.sha256)
    with pytest.raises(NotFound):
        require_example(volunteer, subject.pk, "0" * 64)
    remove_example(project=project, seen=2, example_id=example.pk, actor=organiser)
    assert shown(project, Reason.COVERED) == before
    with pytest.raises(NotFound):
        remove_example(project=project, seen=3, example_id=example.pk, actor=organiser)
    assert [each.action for each in ActionLog.objects.all()] == [
        "manual.remove_example",
        "manual.add_example",
    ]


def test_consent_withdrawn_hides_the_example_at_once(
    subject: Subject, organiser: User, volunteer: User, admin: User
) -> None:
    show(subject, organiser)
    show(subject, organiser, reason=None, is_good=True)
    example = ManualExample.objects.filter(subject=subject)[0]
    withdraw_consent(consent=subject.consents.get(), note="", actor=admin)
    assert "With a mask" not in shown(subject.project, Reason.COVERED)
    kept = current_manual(subject.project).examples_to_keep  # type: ignore[attr-defined]
    assert all(each.picture for each in kept)
    with pytest.raises(PicturesHidden):
        require_example(volunteer, subject.pk, example.sha256)
    with pytest.raises(ConsentMissing):
        show(subject, organiser)


def test_what_cannot_be_an_example_is_refused_and_saves_nothing(
    subject: Subject, organiser: User
) -> None:
    other = Project.objects.create(slug="others", name="Others")
    elsewhere = Subject.objects.create(project=other, slug="zoe", name="Zoe")
    wrong: list[tuple[type[Refused], dict[str, Any]]] = [
        (UnusablePicture, {"data": b"MZ no picture"}),
        (InvalidInput, {"caption_en": " "}),
        (InvalidInput, {"subject": elsewhere}),
        (InvalidInput, {"reason": None}),
    ]
    for refusal, changes in wrong:
        with pytest.raises(refusal):
            show(subject, organiser, **changes)
    assert current_version(subject.project) == 1
    for n in range(MOST_EXAMPLES - 2):
        show(subject, organiser, data=picture_bytes(n))
        with pytest.raises(InvalidInput, match="already"):
            show(subject, organiser, data=picture_bytes(n))
    with pytest.raises(InvalidInput, match="Remove one first"):
        show(subject, organiser, data=picture_bytes(99))


def test_reasons_whose_meaning_changed_are_known_by_the_last_time(
    project: Project, organiser: User
) -> None:
    assert changed_reasons(project) == []

    def change(reason: Reason, **changes: str) -> None:
        texts = words(project, reason, **changes)
        seen = current_version(project)
        edit_reason(project=project, seen=seen, reason=reason, texts=texts, actor=organiser)

    change(Reason.DRAWN, definition_en="Paint.")
    change(Reason.BLURRY, title_en="soft", summary_zh="看不清")
    assert [(each.code, each.version.number) for each in changed_reasons(project)] == [("drawn", 2)]
    change(Reason.COVERED, exclusion_zh="刘海。")
    change(Reason.DRAWN, exclusion_en="Make-up.")
    assert [(each.code, each.version.number) for each in changed_reasons(project)] == [
        ("covered", 4),
        ("drawn", 5),
    ]
    other = Project.objects.create(slug="others", name="Others")
    assert changed_reasons(other) == []
    assert ManualReason.objects.filter(version__number=1).count() == 7
