"""The listing says in SQL what the rules say in Python, for whoever looks, in every order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import Count

from config.scale.make import Scale, make_scale_data
from curation.consensus.blind import blindfolds_of
from curation.consensus.selectors import decisions_on
from curation.consensus.settle import settle
from curation.duplicates.mark_distinct import mark_distinct
from curation.duplicates.models import NearPair
from curation.gold.mark_gold import mark_gold
from curation.grid.by_source import num_by_source
from curation.grid.filters import FILTERS
from curation.grid.listing import EVERY, Listing, Place
from curation.grid.rows import Row, rows_of
from curation.grid.sorts import FACTS, NUMBER, SORTS
from curation.grid.states import DECIDED, State
from curation.images.models import Image, Measures
from curation.images.spreads import SPREADS
from curation.manual.edit_reason import TEXTS, edit_reason
from curation.manual.models import ManualReason
from curation.manual.reasons import Reason
from curation.manual.selectors import changed_reasons, current_reasons
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.sources.models import Provenance, Source
from curation.subjects.models import Subject
from curation.vision.hints import SUSPECTED
from curation.votes.models import Vote
from curation.votes.voting_rule import votes_wanted

pytestmark = pytest.mark.django_db

NUM_IMAGES = 500


@pytest.fixture
def crowded() -> Subject:
    """A subject to whose pictures everything has happened, some of it ahead of the machine."""
    # Of this seed something comes of every kind, on every database.
    make_scale_data(Scale(images=NUM_IMAGES, judged=0.6, seed=3), report=lambda _: None)
    subject = Subject.objects.get(project__slug="scale")
    Image.objects.filter(subject=subject, number__in=(7, 8)).update(purged_at="2026-01-01T00:00Z")
    blank = dict.fromkeys(FACTS)
    Measures.objects.filter(number__gt=NUM_IMAGES - 5).update(**blank, suspected="")
    # An organiser names another reason than those who voted, and settles what nobody voted on.
    blurry = Vote.objects.filter(reason_codes__contains=Reason.BLURRY, image__ruling=None)
    admin = User.objects.get(username="scale-admin")
    for image, reason in (
        (Image.objects.filter(votes__in=blurry).order_by("number")[0], Reason.DRAWN),
        (Image.objects.filter(votes=None, ruling=None).order_by("number")[0], Reason.BLURRY),
    ):
        settle(image=image, verdict=Verdict.REJECT, reasons=[reason], actor=admin)
    for verdict, reasons, few in ((Verdict.KEEP, [], 3), (Verdict.REJECT, [Reason.DRAWN], 7)):
        mark_gold(
            subject=subject,
            images=Image.objects.filter(number__in=range(few, NUM_IMAGES, 8)),
            verdict=verdict,
            reasons=reasons,
            to_judge=(),
            actor=admin,
        )
    return subject


def viewer_called(who: str) -> User:
    """The admin, who was handed nothing, or somebody who is yet to judge some pictures."""
    if who == "admin":
        return User.objects.get(username="scale-admin")
    images = Image.objects.filter(subject__project__slug="scale", purged_at=None)
    for person in User.objects.filter(username__startswith="scale-").exclude(
        username="scale-admin"
    ):
        if sum(each.hides_hints for each in blindfolds_of(person, images).values()) > 20:
            return person
    raise AssertionError("everybody has judged everything")


def walked(listing: Listing) -> list[int]:
    """The numbers of the listing, window by window."""
    places = listing.places()
    ids: list[int] = []
    ends = [*places.places[1:], None][: len(places.places)]
    for start, end in zip(places.places, ends, strict=True):
        window = listing.window(start, end)
        assert len(window) == min(EVERY, places.total - len(ids))
        ids += window
    assert len(ids) == places.total == len(listing.ids())
    assert set(ids) == set(listing.ids())
    numbers = dict(Image.objects.filter(pk__in=ids).values_list("pk", "number"))
    return [numbers[pk] for pk in ids]


def all_rows(subject: Subject, viewer: User) -> list[Row]:
    images = Image.objects.filter(subject=subject, purged_at=None).order_by("number")
    return rows_of(viewer, list(images.values_list("pk", flat=True)))


def in_order(rows: list[Row], sort: str, *, is_descending: bool) -> list[int]:
    if sort == "number":
        return sorted((row.number for row in rows), reverse=is_descending)
    sign = -1 if is_descending else 1

    def key(row: Row) -> tuple[bool, float, int]:
        value = row.facts[sort]
        return value is None, 0 if value is None else sign * value, row.number

    return [row.number for row in sorted(rows, key=key)]


@pytest.mark.parametrize("who", ["admin", "judge"])
@pytest.mark.parametrize("is_descending", [False, True])
def test_every_order_is_the_one_that_the_viewer_may_see(
    crowded: Subject, *, who: str, is_descending: bool
) -> None:
    viewer = viewer_called(who)
    rows = all_rows(crowded, viewer)
    assert len(rows) == NUM_IMAGES - 2
    for sort in SORTS.values():
        if sort.column:  # it has a test of its own
            continue
        listing = Listing(
            subject=crowded, viewer=viewer, sort=sort, is_descending=is_descending, chosen={}
        )
        expected = in_order(rows, sort.key, is_descending=is_descending)
        assert walked(listing) == expected, sort
        for position in (0, EVERY, len(expected) - 1):
            assert listing.position_of(expected[position]) == position
        assert listing.position_of(7) is None


def changed_blurry(subject: Subject) -> ManualReason:
    """What blurry means since all votes were given, changed by the first who asks."""
    project = subject.project
    if not changed_reasons(project):
        blurry = current_reasons(project)[2]
        texts = {text: getattr(blurry, text) for text in TEXTS} | {"exclusion_en": "Soft light."}
        edit_reason(project=project, seen=1, reason=Reason.BLURRY, texts=texts, actor=None)
    return changed_reasons(project)[0]


def fits(subject: Subject, viewer: User) -> dict[str, dict[str, Callable[[Row], bool]]]:
    """What each choice of each filter means, said of one row."""
    decisions = {each.number: each for each in decisions_on(Image.objects.filter(subject=subject))}
    source = Source.objects.filter(subject=subject)[1]
    found = set(Provenance.objects.filter(source=source).values_list("image__number", flat=True))
    votes = Vote.objects.values("volunteer").annotate(num=Count("pk"))
    busiest = votes.order_by("-num", "volunteer")[0]
    person = User.objects.get(pk=busiest["volunteer"])
    theirs = set(Vote.objects.filter(volunteer=person).values_list("image__number", flat=True))

    changed = changed_blurry(subject)
    by_old_text = {
        decision.number
        for decision in decisions_on(
            Image.objects.filter(subject=subject, votes__reason_codes__contains=Reason.BLURRY)
        )
        if votes_wanted(decision.tally) == 0
    }
    assert by_old_text

    images = Image.objects.filter(subject=subject)
    blindfolds = blindfolds_of(viewer, images)
    hidden = {each.number for each in images if blindfolds[each.pk].hides_hints}

    def faces(row: Row) -> float | None:
        return row.facts["num_faces"]

    measures = Measures.objects.filter(subject=subject)
    keys = [spread.key for spread in SPREADS]
    measured = {each["number"]: each for each in measures.values("number", *keys)}

    return {
        "state": {state: lambda row, state=state: row.state is state for state in State},  # type: ignore[misc]
        "source": {str(source.pk): lambda row: row.number in found},
        "faces": {
            # Nobody is told apart from what nobody has looked at: it is hidden and not listed.
            "none": lambda row: faces(row) == 0,
            "one": lambda row: faces(row) == 1,
            "several": lambda row: (faces(row) or 0) > 1,
        },
        **{
            spread.key: {
                name: lambda row, spread=spread, name=name: (  # type: ignore[misc]
                    row.number not in hidden
                    and spread.name_of(measured[row.number][spread.key]) == name
                )
                for name in spread.names
            }
            for spread in SPREADS
        },
        "suspected": {
            "any": lambda row: row.suspected is not None,
            "none": lambda row: row.suspected is None and row.facts["suspicion"] is not None,
            **{name: lambda row, name=name: row.suspected == name for name in SUSPECTED},  # type: ignore[misc]
        },
        "reason": {
            reason: lambda row, reason=reason: (
                row.state is State.REJECTED  # type: ignore[misc]
                and reason in decisions[row.number].reasons
            )
            for reason in (Reason.BLURRY, Reason.DRAWN)
        },
        "gold": {
            "yes": lambda row: row.gold is not None,
            # What is hidden is neither.
            "no": lambda row: row.gold is None and row.number not in hidden,
        },
        "old_text": {
            str(changed.pk): lambda row: row.number in by_old_text,
        },
        "person": {
            str(person.pk): lambda row: row.state in DECIDED and row.number in theirs,
        },
    }


@pytest.mark.parametrize("who", ["admin", "judge"])
def test_every_filter_finds_what_the_viewer_may_know(crowded: Subject, who: str) -> None:
    viewer = viewer_called(who)
    rows = all_rows(crowded, viewer)
    meanings = fits(crowded, viewer)
    assert set(meanings) | {"duplicates"} == set(FILTERS)
    for key, by_value in meanings.items():
        for value, means in by_value.items():
            expected = [row for row in rows if means(row)]
            listing = Listing(subject=crowded, viewer=viewer, chosen={key: value})
            assert walked(listing) == in_order(expected, "number", is_descending=False), (
                key,
                value,
            )
            assert expected, f"nothing to try {key}={value} with"


def paired(subject: Subject, first: int, second: int) -> None:
    """The machine has found the two nearly the same."""
    NearPair.objects.create(
        subject=subject,
        first=Image.objects.get(subject=subject, number=first),
        second=Image.objects.get(subject=subject, number=second),
        hash_bits=2,
        likeness=0.99,
        version=1,
    )


def test_duplicates_stand_together_until_people_say_that_they_are_distinct(
    crowded: Subject,
) -> None:
    viewer = viewer_called("admin")
    for first, second in ((30, 300), (30, 400), (300, 400), (20, 450), (40, 41)):
        paired(crowded, first, second)
    mark_distinct(subject=crowded, numbers=[40, 41], actor=None)
    listing = Listing(subject=crowded, viewer=viewer, sort=SORTS["duplicates"], chosen={})
    groups = [20, 450, 30, 300, 400]
    assert walked(listing)[:7] == [*groups, 1, 2]
    some = Listing(subject=crowded, viewer=viewer, chosen={"duplicates": "some"})
    assert walked(some) == sorted(groups)
    none = Listing(subject=crowded, viewer=viewer, chosen={"duplicates": "none"})
    assert set(walked(none)) == set(walked(listing)) - set(groups)


def test_that_a_picture_is_like_one_that_is_hidden_is_a_hint_on_both(crowded: Subject) -> None:
    viewer = viewer_called("judge")
    images = Image.objects.filter(subject=crowded, purged_at=None).order_by("number")
    blindfolds = blindfolds_of(viewer, images)
    hidden = next(each.number for each in images if blindfolds[each.pk].hides_hints)
    shown = [each.number for each in images if not blindfolds[each.pk].hides_hints][:3]
    paired(crowded, *sorted((hidden, shown[0])))
    paired(crowded, *sorted(shown[1:]))
    listing = Listing(subject=crowded, viewer=viewer, sort=SORTS["duplicates"], chosen={})
    assert walked(listing)[:2] == shown[1:]
    some = Listing(subject=crowded, viewer=viewer, chosen={"duplicates": "some"})
    assert walked(some) == shown[1:]


def test_filters_join(crowded: Subject) -> None:
    viewer = viewer_called("admin")
    listing = Listing(
        subject=crowded,
        viewer=viewer,
        sort=SORTS["yaw"],
        chosen={"state": "rejected", "reason": "blurry", "faces": "one"},
    )
    rows = [
        row
        for row in all_rows(crowded, viewer)
        if fits(crowded, viewer)["reason"][Reason.BLURRY](row) and row.facts["num_faces"] == 1
    ]
    assert walked(listing) == in_order(rows, "yaw", is_descending=False)


def test_what_nobody_looked_at_is_told_apart(crowded: Subject) -> None:
    for who in ("admin", "judge"):
        listing = Listing(subject=crowded, viewer=viewer_called(who), chosen={"faces": "unseen"})
        assert walked(listing) == list(range(NUM_IMAGES - 4, NUM_IMAGES + 1))


def test_an_empty_list_has_no_places(crowded: Subject) -> None:
    Image.objects.filter(subject=crowded).update(purged_at="2026-01-01T00:00Z")
    listing = Listing(subject=crowded, viewer=viewer_called("admin"), chosen={})
    assert listing.places().total == 0
    assert listing.places().places == ()
    assert listing.window(None, None) == []


def test_a_place_holds_while_the_list_changes(crowded: Subject) -> None:
    """A window ends where the next begins, so no picture is shown twice when one goes."""
    viewer = viewer_called("admin")
    listing = Listing(subject=crowded, viewer=viewer, sort=NUMBER, chosen={})
    first, second, *_ = listing.places().places
    assert (first, second) == (Place(1, 1), Place(203, 203))
    Image.objects.filter(subject=crowded, number=20).update(purged_at="2026-01-01T00:00Z")
    window = listing.window(first, second)
    assert len(window) == EVERY - 1
    assert not set(window) & set(listing.window(second, None))


def test_no_reason_is_part_of_another() -> None:
    """A filter finds a reason in the stored list by its letters."""
    assert not [(a, b) for a in Reason for b in Reason if a is not b and a.value in b.value]


@pytest.mark.parametrize("who", ["admin", "judge"])
def test_pictures_are_counted_by_ranges_as_the_filters_choose_them(
    crowded: Subject, who: str
) -> None:
    viewer = viewer_called(who)
    kept = Listing(subject=crowded, viewer=viewer, chosen={"state": State.KEPT})
    counts = kept.num_by_ranges(SPREADS)
    assert counts.sum() == len(kept.ids()) > 0
    for n, spread in enumerate(SPREADS):
        for place, name in enumerate(spread.names):
            chosen = {"state": State.KEPT.value, spread.key: name}
            listed = Listing(subject=crowded, viewer=viewer, chosen=chosen).ids()
            assert counts.take(place, axis=n).sum() == len(listed)
    by_source = num_by_source(crowded, viewer, State.KEPT)
    assert len(by_source) == 3
    for source, num in by_source.items():
        chosen = {"state": State.KEPT.value, "source": str(source)}
        assert num == len(Listing(subject=crowded, viewer=viewer, chosen=chosen).ids())
