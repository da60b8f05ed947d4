"""A slip that was saved anew is put to all kinds of files: no picture gets another's vote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from django.utils import timezone

from curation.batches.models import Assignment, Batch, BatchItem
from curation.images.models import Image
from curation.manual.verdicts import Verdict
from curation.packs.names import LATER_FOLDER, UNSURE_FOLDER
from curation.packs.preview import Preview
from curation.packs.slip_anew import slip_anew
from curation.packs.sort_out import Odd
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from curation.votes.take_back_vote import take_back_vote
from tests.stories.batches import KEEP, crowd, cut, hand_out, items_of, vote
from tests.stories.offline import SLIP, looked_into, move, pictures_in, taken, zipped

NUM = 8
NUM_STORIES = 40


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    batch = cut(subject, make_image, num=NUM, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    return tmp_path / "sent.zip"


def anew(batch: Batch, person: User) -> bytes:
    lease = Assignment.objects.get(batch=batch, volunteer=person)
    return slip_anew(batch=batch, lease=lease, person=person)


def understood(preview: Preview) -> dict[int, str]:
    """By image, what would be cast; `gone` where it would be rejected as deleted."""
    read = preview.understood
    images = dict(BatchItem.objects.values_list("pk", "image"))
    said = {images[read.taken[number]]: str(each.verdict) for number, each in read.said.items()}
    return said | {images[read.taken[number]]: "gone" for number in read.gone}


def odd(preview: Preview) -> set[Odd]:
    return {report.odd for report in preview.sorted_out.reports}


def test_with_files_that_nobody_changed_it_does_what_the_lost_one_would_have_done(
    batch: Batch, volunteer: User, sent: Path
) -> None:
    pack = taken(batch, volunteer)
    del pack["00002.png"]
    move(pack, "00003.png", f"{UNSURE_FOLDER}/00003.png")
    with_its_own = understood(looked_into(zipped(pack, sent), batch, volunteer))
    pack[SLIP] = anew(batch, volunteer)
    preview = looked_into(zipped(pack, sent), batch, volunteer)
    assert understood(preview) == with_its_own
    assert len(with_its_own) == NUM
    assert odd(preview) == set()


def test_in_the_pack_of_another_batch_it_says_nothing(
    batch: Batch, volunteer: User, organiser: User, make_image: Callable[..., Image], sent: Path
) -> None:
    other = cut(batch.subject, make_image, num=NUM + 2, by=organiser)
    hand_out(other, volunteer, by=organiser)
    pack = taken(other, volunteer, top="ada-batch-2/")
    del pack["00002.png"]
    pack[SLIP] = anew(batch, volunteer)
    preview = looked_into(zipped(pack, sent), batch, volunteer)
    assert understood(preview) == {}
    assert odd(preview) == {Odd.UNPROVED}
    for path in pictures_in(pack):
        del pack[path]
    assert understood(looked_into(zipped(pack, sent), batch, volunteer)) == {}, "no file is proved"


def test_what_was_no_part_of_the_pack_is_not_taken_for_deleted(
    batch: Batch, volunteer: User, organiser: User, project: Project, sent: Path
) -> None:
    mine, theirs, *_rest = items_of(batch)
    vote(volunteer, mine, KEEP)
    others = crowd(project, 2)
    hand_out(batch, *others, by=organiser)
    for other in others:
        vote(other, theirs, KEEP)
    pack = taken(batch, volunteer)
    assert len(pictures_in(pack)) == NUM - 2
    take_back_vote(item_id=mine.pk, volunteer=volunteer, client_key=uuid4())
    take_back_vote(item_id=theirs.pk, volunteer=others[0], client_key=uuid4())
    pack[SLIP] = anew(batch, volunteer)
    said = understood(looked_into(zipped(pack, sent), batch, volunteer))
    assert set(said.values()) == {Verdict.KEEP}
    assert len(said) == NUM - 2


def test_it_stays_anew_when_every_file_is_proved(batch: Batch, volunteer: User, sent: Path) -> None:
    """Stray files of other packs lie there too: they claim no picture's number."""
    pack = taken(batch, volunteer)
    pack["old/00001.png"] = b"of an older pack"
    pack["00002.jpeg"] = b"of another one"
    pack["00099.png"] = b"of a third"
    pack[SLIP] = anew(batch, volunteer)
    preview = looked_into(zipped(pack, sent), batch, volunteer)
    assert {(each.odd, each.path) for each in preview.sorted_out.reports} == {
        (Odd.UNPROVED, "old/00001.png"),
        (Odd.UNPROVED, "00002.jpeg"),
        (Odd.UNPROVED, "00099.png"),
    }
    others = [item.image_id for item in items_of(batch)[2:]]
    assert understood(preview) == dict.fromkeys(others, str(Verdict.KEEP))


def test_with_nothing_left_to_wait_for_it_is_still_anew(
    batch: Batch, volunteer: User, sent: Path
) -> None:
    pack = taken(batch, volunteer)
    for item in items_of(batch):
        vote(volunteer, item, KEEP)
    pack[SLIP] = anew(batch, volunteer)
    preview = looked_into(zipped(pack, sent), batch, volunteer)
    assert understood(preview) == {}
    assert odd(preview) == {Odd.UNPROVED}


def test_whatever_was_purged_deleted_moved_saved_or_renamed_no_picture_gets_the_vote_of_another(
    batch: Batch, volunteer: User, sent: Path
) -> None:
    whole = taken(batch, volunteer)
    images = [item.image for item in items_of(batch)]
    num_understood = 0
    for seed in range(NUM_STORIES):
        dice = Random(seed)
        purged = dice.sample(images, dice.choice([0, 1, 3]))
        Image.objects.filter(pk__in=[each.pk for each in purged]).update(purged_at=timezone.now())
        pack = dict(whole)
        meant = {
            image.pk: judged_by_hand(pack, f"{place:05}.png", dice)
            for place, image in enumerate(images, start=1)
        }
        mixed_up(pack, dice)
        pack[SLIP] = anew(batch, volunteer)
        said = understood(looked_into(zipped(pack, sent), batch, volunteer))
        assert said.items() <= meant.items(), f"story {seed}"
        num_understood += len(said)
        Image.objects.update(purged_at=None)
    assert num_understood > NUM_STORIES, "and it is of some use"


def mixed_up(pack: dict[str, bytes], dice: Random) -> None:
    """Files get numbers that are not theirs. By it nobody means anything."""
    paths = [path for path in pictures_in(pack) if path.startswith("0")]
    if len(paths) < 2:
        return
    one, other = dice.sample(paths, 2)
    match dice.choice(["nothing", "swapped", "another's number", "copied", "stray"]):
        case "swapped":
            pack[one], pack[other] = pack[other], pack[one]
        case "another's number":
            pack[other] = pack.pop(one)
        case "copied":
            pack[f"{UNSURE_FOLDER}/{one}"] = pack[one]
        case "stray":
            for path in paths:
                pack[f"old/{path}"] = pack[path] + b"of an older pack"


def judged_by_hand(pack: dict[str, bytes], path: str, dice: Random) -> str:
    """Somebody does something with a file; what they mean by it."""
    if dice.random() < 0.1:
        pack[path] += b"saved anew by a phone"
    match dice.choice(["stays", "stays", "deleted", "unsure", "later", "renamed"]):
        case "deleted":
            del pack[path]
            return "gone"
        case "unsure":
            move(pack, path, f"{UNSURE_FOLDER}/{path}")
            return str(Verdict.UNSURE)
        case "later":
            move(pack, path, f"{LATER_FOLDER}/{path}")
            return ""
        case "renamed":
            move(pack, path, path.replace(".png", ".jpeg"))
    return str(Verdict.KEEP)
