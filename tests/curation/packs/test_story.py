"""A batch is taken along, judged with the files alone, brought back, and its votes are cast."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from curation.batches.access import access_leased_batch
from curation.batches.errors import BatchClosed, LeaseExpired, NotAssigned
from curation.batches.models import Batch
from curation.batches.return_batch import return_batch
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.selectors import current_reasons
from curation.packs.cast_pack import Cast, cast_pack
from curation.packs.errors import NoPack, NoSlip, NothingToTake, OtherPack, PreviewEnded
from curation.packs.names import LATER_FOLDER, UNSURE_FOLDER, folder_name
from curation.packs.preview import Preview
from curation.packs.sort_out import Odd
from curation.packs.take_pack import items_to_take, new_slip, slip_file, take_pack
from curation.packs.understood import sealed
from curation.projects.models import ActionLog, Project, User
from curation.store import local_path
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Consent, Subject
from curation.votes.models import Vote, VoteEvent
from curation.votes.take_back_vote import take_back_vote
from tests.stories.batches import (
    KEEP,
    REJECT,
    UNSURE,
    crowd,
    cut,
    expire,
    hand_out,
    items_of,
    vote,
)
from tests.stories.offline import SLIP, looked_into, move, pictures_in, taken, zipped


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    batch = cut(subject, make_image, num=8, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    return tmp_path / "sent.zip"


def cast(preview: Preview, batch: Batch, person: User, **said: object) -> Cast:
    given = {"gone_because": Reason.BLURRY} | said
    return cast_pack(
        batch=batch,
        person=person,
        understood=sealed(preview.understood, person),
        **given,  # type: ignore[arg-type]
    )


def votes(person: User) -> dict[int, tuple[str, str]]:
    rows = Vote.objects.filter(volunteer=person)
    return {
        number: (verdict, reasons)
        for number, verdict, reasons in rows.values_list("image__number", "verdict", "reason_codes")
    }


def reported(preview: Preview) -> set[tuple[Odd, str]]:
    return {(report.odd, report.path) for report in preview.sorted_out.reports}


def test_what_stays_is_kept_and_what_is_gone_or_moved_is_rejected(
    batch: Batch, volunteer: User, project: Project, sent: Path
) -> None:
    pack = taken(batch, volunteer)
    assert pictures_in(pack) == [f"0000{n}.png" for n in range(1, 9)]
    covered = next(each for each in current_reasons(project) if each.code == Reason.COVERED)
    assert f"{folder_name(covered)}/" in pack
    del pack["00002.png"]
    move(pack, "00003.png", f"{folder_name(covered)}/00003.png")
    move(pack, "00004.png", f"{covered.title_zh}/00004.jpg")
    move(pack, "00005.png", f"{covered.title_en.upper()}/5.JPEG")
    move(pack, "00006.png", f"{UNSURE_FOLDER}/00006.png")
    move(pack, "00007.png", f"{LATER_FOLDER}/00007.png")
    move(pack, "00008.png", "8")
    preview = looked_into(zipped(pack, sent), batch, volunteer)
    assert preview.sorted_out.reports == ()
    assert preview.sorted_out.gone == (2,)
    assert not votes(volunteer), "nothing is cast before it was looked over"
    done = cast(preview, batch, volunteer)
    assert done.num_cast == 7
    assert votes(volunteer) == {
        1: (KEEP, ""),
        2: (REJECT, Reason.BLURRY),
        3: (REJECT, Reason.COVERED),
        4: (REJECT, Reason.COVERED),
        5: (REJECT, Reason.COVERED),
        6: (UNSURE, ""),
        8: (KEEP, ""),
    }
    assert set(ActionLog.objects.values_list("action", flat=True)) >= {"pack.take", "pack.cast"}


def test_what_is_gone_may_be_left_for_the_desk(batch: Batch, volunteer: User, sent: Path) -> None:
    pack = taken(batch, volunteer)
    del pack["00001.png"]
    preview = looked_into(zipped(pack, sent), batch, volunteer)
    assert cast(preview, batch, volunteer, gone_because=None).num_cast == 7
    assert 1 not in votes(volunteer)


def test_the_same_pack_twice_casts_once(batch: Batch, volunteer: User, sent: Path) -> None:
    pack = taken(batch, volunteer)
    del pack["00001.png"]
    preview = looked_into(zipped(pack, sent), batch, volunteer)
    assert cast(preview, batch, volunteer).num_cast == 8
    for _ in range(2):  # the same form again, then the same pack anew
        done = cast(preview, batch, volunteer)
        assert (done.num_cast, done.num_already) == (0, 8)
        preview = looked_into(sent, batch, volunteer)
    assert VoteEvent.objects.count() == 8


def test_a_vote_cast_on_the_site_meanwhile_stays_unless_it_is_ticked(
    batch: Batch, volunteer: User, sent: Path
) -> None:
    pack = taken(batch, volunteer)
    del pack["00003.png"]
    items = items_of(batch)
    for item in items[:3]:
        vote(volunteer, item, UNSURE)
    preview = looked_into(zipped(pack, sent), batch, volunteer)
    assert [line.number for line in preview.ballots.differing] == [1, 2]
    assert [line.number for line in preview.gone.differing] == [3]
    done = cast(preview, batch, volunteer, overwrite=[2, 3])
    assert (done.num_cast, done.num_left) == (7, 1)
    assert votes(volunteer)[1] == (UNSURE, "")
    assert votes(volunteer)[2] == (KEEP, "")
    assert votes(volunteer)[3] == (REJECT, Reason.BLURRY)
    # Judged otherwise once more, and the pack once more taken to be right.
    vote(volunteer, items[1], UNSURE)
    cast(looked_into(sent, batch, volunteer), batch, volunteer, overwrite=[2])
    assert votes(volunteer)[2] == (KEEP, "")


def test_a_vote_that_was_taken_back_is_cast_again_by_the_same_pack(
    batch: Batch, volunteer: User, sent: Path
) -> None:
    zipped(taken(batch, volunteer), sent)
    for num_cast in (8, 1):
        done = cast(looked_into(sent, batch, volunteer), batch, volunteer)
        assert done.num_cast == num_cast
        assert len(votes(volunteer)) == 8
        take_back_vote(item_id=items_of(batch)[0].pk, volunteer=volunteer, client_key=uuid4())


def test_what_others_have_filled_up_meanwhile_is_told_and_takes_no_vote(
    batch: Batch, volunteer: User, organiser: User, project: Project, sent: Path
) -> None:
    pack = taken(batch, volunteer)
    others = crowd(project, 2)
    hand_out(batch, *others, by=organiser)
    for other in others:
        vote(other, items_of(batch)[0], KEEP)
    preview = looked_into(zipped(pack, sent), batch, volunteer)
    assert [line.number for line in preview.ballots.filled_up] == [1]
    done = cast(preview, batch, volunteer)
    assert (done.num_cast, done.num_filled_up) == (7, 1)
    assert pictures_in(taken(batch, others[0]))[0] == "00002.png", "what is judged stays here"


def test_odd_files_are_reported_and_nothing_is_guessed_of_their_pictures(
    batch: Batch, volunteer: User, sent: Path
) -> None:
    pack = taken(batch, volunteer)
    one, two = pack["00001.png"], pack["00002.png"]
    pack["00001.png"], pack["00002.png"] = two, one  # swapped
    move(pack, "00003.png", "nice one.png")  # its number is lost
    move(pack, "00004.png", "好看/00004.png")  # no reason
    pack["不确定/00005.png"] = pack["00005.png"]  # in two places
    pack["00006 (1).png"] = pack["00006.png"]  # a copy beside it
    move(pack, "00007.png", "00007 - 副本.png")  # only a copy is left
    pack["00099.png"] = b"of another batch"
    pack["sea.jpg"] = b"of nobody"
    preview = looked_into(zipped(pack, sent), batch, volunteer)
    assert reported(preview) == {
        (Odd.OTHER_NUMBER, "00001.png"),
        (Odd.OTHER_NUMBER, "00002.png"),
        (Odd.OTHER_NUMBER, "nice one.png"),
        (Odd.UNKNOWN_FOLDER, "好看/00004.png"),
        (Odd.TWICE, "00005.png"),
        (Odd.TWICE, "不确定/00005.png"),
        (Odd.COPY, "00006 (1).png"),
        (Odd.COPY, "00007 - 副本.png"),
        (Odd.FOREIGN, "00099.png"),
        (Odd.FOREIGN, "sea.jpg"),
    }
    assert preview.sorted_out.gone == ()
    assert cast(preview, batch, volunteer).num_cast == 2
    assert set(votes(volunteer)) == {6, 8}


def test_a_slip_that_was_moved_among_the_rejected_turns_nothing_round(
    batch: Batch, volunteer: User, project: Project, sent: Path
) -> None:
    covered = next(each for each in current_reasons(project) if each.code == Reason.COVERED)
    pack = taken(batch, volunteer)
    first, second, *_rest = pictures_in(pack)
    for folder in (folder_name(covered), covered.title_en, UNSURE_FOLDER, LATER_FOLDER):
        moved = dict(pack)
        move(moved, first, f"{folder}/{first}")
        move(moved, SLIP, f"{folder}/{SLIP}")
        with pytest.raises(NoSlip, match="called as a reason"):
            looked_into(zipped(moved, sent), batch, volunteer)
    move(pack, first, f"nice/{first}")
    move(pack, SLIP, f"nice/{SLIP}")
    del pack[second]
    understood = looked_into(zipped(pack, sent), batch, volunteer).understood
    assert len(understood.said) == 1
    assert len(understood.gone) == 1, "pictures that lie beside the slip's folder are not gone"


def test_it_comes_back_from_a_mac_from_windows_and_in_another_folder(
    batch: Batch, volunteer: User, project: Project, sent: Path
) -> None:
    covered = next(each for each in current_reasons(project) if each.code == Reason.COVERED)
    pack = taken(batch, volunteer)
    pack = {f"下载/my pack/{path}": data for path, data in pack.items()}
    pack["__MACOSX/下载/my pack/._00001.png"] = b"\0\5\x16\7"
    pack["下载/my pack/.DS_Store"] = b"Bud1"
    pack["下载/my pack/Thumbs.db"] = b"\xd0\xcf"
    move(pack, "下载/my pack/00001.png", f"下载/my pack/{covered.title_zh}/00001.png")
    zipped(pack, sent, top="")
    _as_old_windows_writes_names(sent)
    preview = looked_into(sent, batch, volunteer)
    assert reported(preview) == set()
    assert preview.sorted_out.gone == ()
    cast(preview, batch, volunteer)
    assert votes(volunteer)[1] == (REJECT, Reason.COVERED)


def _as_old_windows_writes_names(path: Path) -> None:
    """All names in GBK, of which the zip does not tell."""
    with zipfile.ZipFile(path) as archive:
        files = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files:
            info = _Gbk(name)
            archive.writestr(info, data)


class _Gbk(zipfile.ZipInfo):
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802, zipfile's
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def test_a_pack_without_its_slip_of_another_person_or_batch_is_refused(
    batch: Batch,
    volunteer: User,
    organiser: User,
    project: Project,
    make_image: Callable[..., Image],
    sent: Path,
) -> None:
    pack = taken(batch, volunteer)
    (other,) = crowd(project, 1)
    second = cut(batch.subject, make_image, num=1, by=organiser)
    hand_out(batch, other, by=organiser)
    hand_out(second, volunteer, by=organiser)
    with pytest.raises(OtherPack):
        looked_into(zipped(pack, sent), batch, other)
    with pytest.raises(OtherPack):
        looked_into(sent, second, volunteer)
    with pytest.raises(NoSlip, match="several"):
        looked_into(zipped(pack | {f"again/{SLIP}": pack[SLIP]}, sent), batch, volunteer)
    forged = pack | {SLIP: pack[SLIP].replace(b'"seal": "', b'"seal": "x')}
    with pytest.raises(NoSlip):
        looked_into(zipped(forged, sent), batch, volunteer)
    slip = pack.pop(SLIP)
    with pytest.raises(NoSlip):
        looked_into(zipped(pack, sent), batch, volunteer)
    held, lease = access_leased_batch(volunteer, batch.pk)
    items = items_to_take(held, lease, volunteer)
    anew = slip_file(new_slip(held, lease, items, is_anew=True), batch, volunteer)
    assert looked_into(zipped(pack | {SLIP: anew}, sent), batch, volunteer).understood.said
    assert slip
    sent.write_bytes(b"no zip")
    with pytest.raises(NoPack):
        looked_into(sent, batch, volunteer)


def test_without_lease_batch_or_consent_nothing_leaves_and_nothing_is_cast(
    batch: Batch, volunteer: User, organiser: User, sent: Path
) -> None:
    preview = looked_into(zipped(taken(batch, volunteer), sent), batch, volunteer)
    pieces = take_pack(batch=batch, person=volunteer)
    assert next(pieces)

    def refused(error: type[Exception]) -> None:
        with pytest.raises(error):
            take_pack(batch=batch, person=volunteer)
        with pytest.raises(error):
            cast(preview, batch, volunteer)

    Consent.objects.update(covers_curate=False)
    refused(ConsentMissing)
    Consent.objects.update(covers_curate=True)
    expire(batch, volunteer)
    refused(LeaseExpired)
    hand_out(batch, volunteer, by=organiser)
    return_batch(batch=batch, actor=volunteer)
    refused(NotAssigned)
    hand_out(batch, volunteer, by=organiser)
    Batch.objects.update(closed_at="2026-01-01T00:00Z")
    refused(BatchClosed)
    assert not votes(volunteer)


def test_a_withdrawal_breaks_off_a_pack_that_is_on_its_way(
    batch: Batch, volunteer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.packs.take_pack.SECONDS_BETWEEN_QUESTIONS", 0.0)
    monkeypatch.setattr("curation.packs.take_pack.close_old_connections", lambda: None)
    pieces = take_pack(batch=batch, person=volunteer)
    assert next(pieces)
    Consent.objects.update(covers_curate=False)
    with pytest.raises(ConsentMissing):
        next(pieces)


def test_what_was_sealed_for_one_person_opens_for_no_other(
    batch: Batch, volunteer: User, organiser: User, project: Project, sent: Path
) -> None:
    preview = looked_into(zipped(taken(batch, volunteer), sent), batch, volunteer)
    (other,) = crowd(project, 1)
    hand_out(batch, other, by=organiser)
    text = sealed(preview.understood, volunteer)
    for person, sent_back in ((other, text), (volunteer, text[:-2] + "xx"), (volunteer, "")):
        with pytest.raises(PreviewEnded):
            cast_pack(batch=batch, person=person, understood=sent_back, gone_because=None)


def test_nothing_is_taken_when_all_is_judged_or_a_picture_is_missing(
    batch: Batch, volunteer: User
) -> None:
    from curation.packs.errors import PictureMissing  # noqa: PLC0415, one story's

    image = items_of(batch)[0].image
    path = local_path(image.bare_sha256)
    assert path
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(PictureMissing):
        take_pack(batch=batch, person=volunteer)
    path.write_bytes(whole)
    for item in items_of(batch):
        vote(volunteer, item, KEEP)
    with pytest.raises(NothingToTake):
        take_pack(batch=batch, person=volunteer)
