"""What pages tell of a release is what its manifest says, whatever happened before and since."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation import store
from curation.consensus.settle import settle
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.releases import facts as facts_module
from curation.releases.ask_for_release import ask_for_release
from curation.releases.errors import ManifestDamaged, NothingToRelease
from curation.releases.facts import Facts, packed, unpacked
from curation.releases.freeze_release import freeze_release
from curation.releases.models import Release, ReleaseFacts
from curation.releases.run_freezing import run_freezing
from curation.releases.selectors import manifest_bytes
from curation.releases.stored_facts import facts_of, is_told_truly
from curation.subjects.models import Subject

KeptImage = Callable[..., Image]
LIST = "/projects/fans/subjects/ada/releases/"
FIRST_FORMAT = "winnow-release/1"


@given(st.sets(st.integers(0, 3000)))
def test_numbers_come_back_as_they_were_packed(numbers: set[int]) -> None:
    assert unpacked(packed(tuple(sorted(numbers)))) == tuple(sorted(numbers))


def kept_of(release: Release) -> Facts:
    """What lies in the database."""
    return Facts.model_validate(ReleaseFacts.objects.get(release=release).content)


def told_by(data: bytes, before: bytes | None) -> dict[str, Any]:
    """The same read from the bytes of the manifests by nothing of ours."""
    header, *lines = [json.loads(line) for line in data.splitlines()]
    old_header, *old_lines = [json.loads(line) for line in (before or b"{}").splitlines()]
    now, then = ({line["number"]: line for line in some} for some in (lines, old_lines))
    if old_header.get("format") == FIRST_FORMAT:
        for line in old_lines:
            line |= {"file_sha256": line["sha256"], "file_bytes": line["bytes"]}
    return {
        "length": len(data),
        "rule": header["rule"],
        "size": sum(line["file_bytes"] for line in lines),
        "numbers": [line["number"] for line in lines],
        "sources": Counter(" + ".join(line["sources"]) for line in lines),
        "since": before
        and (
            len(now.keys() - then.keys()),
            sorted(then.keys() - now.keys()),
            len([number for number in now.keys() & then.keys() if now[number] != then[number]]),
            header["rule"] != old_header["rule"],
        ),
    }


def told(facts: Facts) -> dict[str, Any]:
    since = facts.since
    return {
        "length": facts.manifest_bytes,
        "rule": facts.rule,
        "size": facts.size_bytes,
        "numbers": list(facts.numbers),
        "sources": Counter({row.label: row.num_images for row in facts.summary}),
        "since": since
        and (since.num_added, list(since.removed), since.num_changed, since.rule_changed),
    }


def all_are_told_truly(subject: Subject) -> bool:
    before: Release | None = None
    for release in Release.objects.filter(subject=subject).order_by("number"):
        older = manifest_bytes(before) if before else None
        assert told(kept_of(release)) == told_by(manifest_bytes(release), older)
        assert facts_of(release) == kept_of(release)
        assert is_told_truly(release, before=before)
        before = release
    return True


ACTS = ("keep", "reject", "find again", "add", "purge", "freeze")


@pytest.mark.django_db
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2)), max_size=9))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_kept_is_what_the_manifests_say(
    subject: Subject,
    organiser: User,
    kept_image: KeptImage,
    found_in: Callable[[Image, str], None],
    acts: list[tuple[str, int]],
) -> None:
    with transaction.atomic():
        images = [kept_image(), kept_image("scan", "weibo"), kept_image("scan")]
        for num, (act, which) in enumerate([*acts, ("freeze", 0)]):
            image = images[which]
            image.refresh_from_db()
            match act:
                case "keep" if image.purged_at is None:
                    settle(image=image, verdict=Verdict.KEEP, actor=organiser)
                case "reject" if image.purged_at is None:
                    no = [Reason.DRAWN]
                    settle(image=image, verdict=Verdict.REJECT, reasons=no, actor=organiser)
                case "find again":
                    found_in(image, f"later {num}")
                case "add":
                    kept_image("upload")
                case "purge":
                    Image.objects.filter(pk=image.pk).update(purged_at=timezone.now())
                case "freeze":
                    try:
                        freeze_release(subject=subject, actor=organiser)
                    except NothingToRelease:
                        continue
                    assert all_are_told_truly(subject)
        transaction.set_rollback(True)


@pytest.fixture
def first(subject: Subject, organiser: User, kept_image: KeptImage) -> Release:
    kept_image()
    kept_image("scan")
    return freeze_release(subject=subject, actor=organiser)


@pytest.fixture
def freeze_more(subject: Subject, organiser: User, kept_image: KeptImage) -> Callable[[], Release]:
    """Freezes a release with one image more and one fewer."""

    def freeze() -> Release:
        kept_image("upload")
        gone = Image.objects.filter(ruling__verdict=Verdict.KEEP).order_by("number")[0]
        settle(image=gone, verdict=Verdict.REJECT, reasons=[Reason.DRAWN], actor=organiser)
        return freeze_release(subject=subject, actor=organiser)

    return freeze


@pytest.fixture
def as_organiser(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client


def page_of(client: Client, number: int) -> str:
    answer = client.get(f"{LIST}{number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def lies_at(objects: Path, release: Release) -> Path:
    digest = release.manifest_sha256
    return objects / "sha256" / digest[:2] / digest


def test_a_release_after_one_of_the_first_format_is_held_against_what_that_said(
    first: Release, freeze_more: Callable[[], Release], subject: Subject
) -> None:
    header, *lines = map(json.loads, manifest_bytes(first).splitlines())
    lines = [
        {name: value for name, value in line.items() if not name.startswith("file_")}
        for line in lines
    ]
    old = [header | {"format": FIRST_FORMAT}, *lines]
    digest = store.put(b"".join(json.dumps(line).encode() + b"\n" for line in old))
    Release.objects.filter(pk=first.pk).update(manifest_sha256=digest)
    second = freeze_more()
    older = store.get(digest)
    assert told(kept_of(second)) == told_by(manifest_bytes(second), older)
    since = kept_of(second).since
    assert since is not None
    assert (since.num_added, since.removed) == (1, (1,))


def test_the_page_reads_no_manifest(
    as_organiser: Client, first: Release, freeze_more: Callable[[], Release], objects: Path
) -> None:
    """Bytes that rotted in place are found by those who read them: downloads, runs, `verify`."""
    second = freeze_more()
    for release in (first, second):
        path = lies_at(objects, release)
        path.write_bytes(b"\0" * path.stat().st_size)
    page = page_of(as_organiser, 2)
    for told_on_it in ("upload", "Since release 1", "00001", "version 1", "release.zip"):
        assert told_on_it in page
    assert "damaged or missing" in as_organiser.get(f"{LIST}2/release.zip").content.decode()
    with pytest.raises(ManifestDamaged):
        manifest_bytes(second)


def test_what_changed_is_told_though_the_manifest_before_is_lost_since(
    as_organiser: Client, first: Release, freeze_more: Callable[[], Release], objects: Path
) -> None:
    freeze_more()
    lies_at(objects, first).unlink()
    assert "Since release 1" in page_of(as_organiser, 2)
    assert "damaged or missing" in page_of(as_organiser, 1)


def test_with_a_damaged_manifest_before_nothing_is_kept_until_that_is_restored(
    as_organiser: Client,
    first: Release,
    freeze_more: Callable[[], Release],
    objects: Path,
    subject: Subject,
) -> None:
    path = lies_at(objects, first)
    whole = path.read_bytes()
    path.write_bytes(b"torn")
    second = freeze_more()
    assert not ReleaseFacts.objects.filter(release=second).exists()
    page = page_of(as_organiser, 2)
    assert "upload" in page
    assert "Since release 1" not in page
    path.write_bytes(whole)
    assert "Since release 1" in page_of(as_organiser, 2)
    assert all_are_told_truly(subject)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_right_after_the_freeze_costs_the_page_some_time_alone(
    as_organiser: Client, subject: Subject, organiser: User, kept_image: KeptImage
) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    kept_image()
    with pytest.raises(Killed):
        freeze_release(
            subject=subject, actor=organiser, at_the_end=lambda _: transaction.on_commit(die)
        )
    assert Release.objects.count() == 1
    assert not ReleaseFacts.objects.exists()
    assert "weibo" in page_of(as_organiser, 1)
    assert all_are_told_truly(subject)


def test_what_another_version_kept_is_read_anew(as_organiser: Client, first: Release) -> None:
    ReleaseFacts.objects.update(content={"colour": "blue"})
    assert "scan" in page_of(as_organiser, 1)
    assert all_are_told_truly(first.subject)


def test_freezing_the_same_again_keeps_what_was_missing(
    first: Release, subject: Subject, organiser: User
) -> None:
    ReleaseFacts.objects.all().delete()
    assert freeze_release(subject=subject, actor=organiser) == first
    assert all_are_told_truly(subject)


def test_a_worker_keeps_them(subject: Subject, organiser: User, kept_image: KeptImage) -> None:
    kept_image()
    run_freezing(freezing_id=ask_for_release(subject=subject, actor=organiser).pk)
    assert all_are_told_truly(subject)


def test_only_what_was_purged_of_the_release_itself_is_gone(
    as_organiser: Client, first: Release, freeze_more: Callable[[], Release]
) -> None:
    """Number 1 is in the first alone, 3 in the second alone."""
    freeze_more()
    Image.objects.filter(number=1).update(purged_at=timezone.now())
    assert "1 picture of this release was purged" in page_of(as_organiser, 1)
    assert "was purged" not in page_of(as_organiser, 2)


def test_of_many_that_are_no_longer_kept_the_first_are_named(
    as_organiser: Client,
    organiser: User,
    first: Release,
    freeze_more: Callable[[], Release],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(facts_module, "REMOVED_LISTED", 1)
    second = Image.objects.get(number=2)
    settle(image=second, verdict=Verdict.REJECT, reasons=[Reason.DRAWN], actor=organiser)
    freeze_more()
    page = page_of(as_organiser, 2)
    assert "00001" in page
    assert "and 1 more; the manifests name them all" in page
