"""Pictures in a bucket come in from a real S3 server: odd keys, and only what is new."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import ActionLog, User
from curation.sources.kinds import bucket as bucket_reader
from curation.sources.kinds.bucket import files_in_bucket
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.models import ImportRun, Provenance
from curation.sources.problems import Unusable
from curation.sources.run_import import run_import
from curation.sources.selectors import import_report
from curation.sources.start_fetch import NotFetchedHere, start_bucket_import
from curation.sources.try_import_again import try_import_again
from curation.subjects.models import Subject
from tests.conftest import picture_bytes
from tests.stories.buckets import NAME, Bucket

ODD_KEYS = (
    *(
        "微博/原图 1.png",
        "a//b.png",
        "../outside.png",
        "/absolute.png",
        "./dot.png",
        "+%20&=?#.png",
    ),
    *("tab\tand\\backslash.png", "\u00e9.png", "e\u0301.png", "...晚安.png"),
    *("\u202eright-to-left.png", "emoji 🐱.png", "slash at end/", f"{'長' * 80}.png"),
)


@pytest.fixture
def bring_in(subject: Subject, organiser: User) -> Callable[..., ImportRun]:
    def bring(prefix: str = "") -> ImportRun:
        run = start_bucket_import(
            subject=subject,
            label="bucket",
            licence_note="fan use",
            bucket=NAME,
            prefix=prefix,
            actor=organiser,
        )
        run_import(import_run_id=run.pk)
        run.refresh_from_db()
        return run

    return bring


def test_odd_keys_come_in_as_they_are_with_their_etags(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun]
) -> None:
    found_bucket.put({key: picture_bytes(seed) for seed, key in enumerate(ODD_KEYS)})
    found_bucket.put({"folder/": b""})
    run = bring_in()
    assert (run.state, run.files_found) == (JobState.DONE, len(ODD_KEYS))
    assert not run.outcomes.exclude(code="").exists()
    listed = found_bucket.client.list_objects_v2(Bucket=NAME)["Contents"]
    etags = {f"s3://{NAME}/{each['Key']}": each["ETag"].strip('"') for each in listed}
    noted = dict(Provenance.objects.values_list("path", "etag"))
    assert noted == {path: etag for path, etag in etags.items() if path != f"s3://{NAME}/folder/"}
    assert Image.objects.get(provenances__path=f"s3://{NAME}/slash at end/").name == "slash at end"


def test_the_next_run_reads_only_what_is_new_or_was_changed(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun]
) -> None:
    found_bucket.put({f"p/{n}.png": picture_bytes(n) for n in range(3)})
    found_bucket.put({"elsewhere/9.png": picture_bytes(9)})
    assert import_report(bring_in("p/")).new == 3
    found_bucket.put({"p/1.png": picture_bytes(11), "p/3.png": picture_bytes(3)})
    found_bucket.read.clear()
    report = import_report(bring_in("p/"))
    assert (report.new, report.known, report.num_refused) == (2, 2, 0)
    assert found_bucket.read == ["p/1.png", "p/3.png"]
    assert import_report(bring_in("p/")).known == 4
    assert found_bucket.read == ["p/1.png", "p/3.png"], "nothing more"
    assert list(Image.objects.order_by("number").values_list("name", flat=True)) == [
        *("0.png", "1.png", "2.png", "1.png", "3.png")
    ]


def test_all_pages_of_keys_are_listed_and_what_is_no_picture_is_named(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_reader, "KEYS_AT_ONCE", 2)
    found_bucket.put({f"{n:04}/": b"" for n in range(9)})
    found_bucket.put({"x.png": picture_bytes(1), "y.png": b""})
    run = bring_in()
    assert run.files_found == 2
    assert import_report(run).new == 1
    assert run.outcomes.filter(code="empty").get().path.endswith("/y.png")


def test_sidecars_of_gallery_dl_in_a_bucket_are_made_use_of(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun]
) -> None:
    found_bucket.put({"1.png": picture_bytes(1), "1.png.json": b'{"category": "weibo"}'})
    run = bring_in()
    assert list(run.outcomes.exclude(code="").values_list("path", "code")) == [
        (f"s3://{NAME}/1.png.json", "metadata_used")
    ]
    place = Provenance.objects.get()
    assert (place.site, len(place.etag)) == ("weibo", 32)


@pytest.mark.parametrize(
    ("bucket", "problem"), [("s3://nowhere/x", "no_bucket"), ("s3://NO/x", "no_bucket")]
)
def test_a_bucket_that_is_not_there_is_named(
    subject: Subject, found_bucket: Bucket, bucket: str, problem: str
) -> None:
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "import_source",
            "--project=fans",
            "--subject=ada",
            "--label=b",
            "--licence-note=x",
            bucket,
            stdout=StringIO(),
            stderr=said,
        )
    assert ImportRun.objects.get().problem == problem
    assert "Check its name" in said.getvalue()


def test_a_server_without_a_key_says_which_settings_hold_it(
    found_bucket: Bucket,
    bring_in: Callable[..., ImportRun],
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path: Path,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    assert bring_in().problem == "no_credentials"
    settings.IMPORT_S3_PROFILE = "pictures"
    assert bring_in().problem == "no_credentials"
    (tmp_path / "credentials").write_text(
        "[pictures]\naws_access_key_id = a\naws_secret_access_key = b\n"
    )
    found_bucket.put({"1.png": picture_bytes(1)})
    run = ImportRun.objects.order_by("pk").first()
    assert run
    assert try_import_again(import_run=run, actor=None)
    run_import(import_run_id=run.pk)
    assert import_report(run).new == 1, "tried again with a key, it goes on"


def test_only_buckets_that_the_installation_names_may_be_read(
    subject: Subject, organiser: User, found_bucket: Bucket
) -> None:
    with pytest.raises(NotFetchedHere, match="IMPORT_S3_BUCKETS"):
        start_bucket_import(
            subject=subject,
            label="b",
            licence_note="x",
            bucket="pictures-of-all-projects",
            prefix="",
            actor=organiser,
        )
    assert not ImportRun.objects.exists()


def test_the_key_is_kept_nowhere(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun], caplog: pytest.LogCaptureFixture
) -> None:
    found_bucket.put({"1.png": picture_bytes(1)})
    run = bring_in()
    rows = [*ImportRun.objects.values(), *ActionLog.objects.values(), *Provenance.objects.values()]
    assert run.state == JobState.DONE
    assert "secret-of-the-test" not in repr(rows) + caplog.text


def test_an_object_that_goes_away_while_it_is_imported_is_named(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun], subject: Subject, organiser: User
) -> None:

    found_bucket.put({"1.png": picture_bytes(1), "2.png": picture_bytes(2)})
    gone, changed = files_in_bucket(f"s3://{NAME}/", {}, Unpacking(Path("/nowhere")))
    found_bucket.client.delete_object(Bucket=NAME, Key="1.png")
    found_bucket.put({"2.png": picture_bytes(3)})
    for file in (gone, changed):
        with pytest.raises(Unusable, match="object_gone"):
            file.read()


def test_while_the_bucket_does_not_answer_the_import_waits(
    found_bucket: Bucket, bring_in: Callable[..., ImportRun], settings: Settings
) -> None:
    settings.IMPORT_S3_ENDPOINT_URL = "http://127.0.0.1:9"
    run = bring_in()
    assert run.state == JobState.WAITING
    assert run.waits_out_trouble
