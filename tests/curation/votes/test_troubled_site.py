"""People vote while the machine is in trouble: what they were told is what is stored."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.bench.databases import postgresql
from tests.curation.votes.live_site import LiveSite, live_site
from tests.curation.votes.over_votes import over_votes
from tests.curation.votes.stubborn_voters import HISTORY, STORED, Diary, acknowledged, voting
from tests.stories.troubles import read_only, small_disk

pytestmark = pytest.mark.slow

NUM_PEOPLE, NUM_IMAGES = 4, 80
SECONDS_OF_TROUBLE = 2.0

Trouble = Callable[[LiveSite, Path], None]


def kill_every_part(site: LiveSite, data_dir: Path) -> None:
    """kill -9 of web processes, workers and the supervisor, one after the other."""
    parts = site.parts()
    assert len(parts) == 5, [part.cmdline() for part in parts]  # two web, two lanes, supervisor
    for part in parts:
        with suppress(psutil.NoSuchProcess):
            part.send_signal(signal.SIGKILL)
        time.sleep(SECONDS_OF_TROUBLE / len(parts))


def lock_the_database(site: LiveSite, data_dir: Path) -> None:
    """Somebody else writes and does not end."""
    other = sqlite3.connect(data_dir / "winnow.sqlite3", timeout=20, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    time.sleep(SECONDS_OF_TROUBLE)
    other.rollback()
    other.close()


def fill_the_disk(site: LiveSite, data_dir: Path) -> None:
    """Something else writes until there is no room."""
    other = data_dir / "other"
    until = time.monotonic() + SECONDS_OF_TROUBLE
    with other.open("ab", buffering=0) as file:
        while time.monotonic() < until:
            with suppress(OSError):
                file.write(b"x" * max(shutil.disk_usage(data_dir).free, 1))
            time.sleep(0.02)
    other.unlink()


def let_nobody_write_to_the_store(site: LiveSite, data_dir: Path) -> None:
    with read_only(data_dir / "objects"):
        time.sleep(SECONDS_OF_TROUBLE)


@contextmanager
def plain(data_dir: Path) -> Iterator[None]:
    data_dir.mkdir()
    yield


@contextmanager
def on_a_small_disk(data_dir: Path) -> Iterator[None]:
    with small_disk(data_dir, megabytes=48):
        yield


@contextmanager
def with_a_store_of_its_own(data_dir: Path) -> Iterator[None]:
    with small_disk(data_dir / "objects", megabytes=16):
        yield


def compare(diaries: list[Diary], stored: list[Any], history: list[Any]) -> None:
    assert set(stored) == acknowledged(diaries)
    assert len(stored) == len(history) > NUM_IMAGES
    assert over_votes(history) == 0


@pytest.mark.parametrize(
    ("trouble", "machine", "workers"),
    [
        (kill_every_part, plain, 1),
        (lock_the_database, plain, 0),
        (fill_the_disk, on_a_small_disk, 0),
        (let_nobody_write_to_the_store, with_a_store_of_its_own, 0),
    ],
)
def test_what_people_were_told_is_what_is_stored(
    tmp_path: Path, trouble: Trouble, machine: Any, workers: int
) -> None:
    data_dir = tmp_path / "var"
    diaries = [Diary() for _ in range(NUM_PEOPLE)]
    with (
        machine(data_dir),
        live_site(data_dir, num_people=NUM_PEOPLE, num_images=NUM_IMAGES, workers=workers) as site,
    ):
        with voting(site, diaries) as voters:
            trouble(site, data_dir)
            was_hard = trouble is let_nobody_write_to_the_store or any(
                voter.is_alive() for voter in voters
            )
        database = sqlite3.connect(data_dir / "winnow.sqlite3", timeout=20)
        stored = database.execute(STORED).fetchall()
        history = database.execute(HISTORY).fetchall()
        database.close()
    compare(diaries, stored, history)
    assert was_hard, "they were done before the trouble was over"
    if trouble in {kill_every_part, fill_the_disk}:
        assert sum(diary.num_resent for diary in diaries) > 0, "nobody noticed"


def cut_again_and_again(url: str, until: threading.Event) -> int:
    """End all of the site's connections some times a second; how many were ended."""
    num = 0
    with psycopg.connect(url, autocommit=True) as other:
        while not until.wait(0.2):
            num += len(
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ).fetchall()
            )
    return num


def test_with_connections_cut_again_and_again_too(tmp_path: Path) -> None:
    diaries = [Diary() for _ in range(NUM_PEOPLE)]
    done = threading.Event()
    cut: list[int] = []
    with postgresql() as url:
        if not url:
            pytest.skip("no PostgreSQL answers")
        with live_site(
            tmp_path, num_people=NUM_PEOPLE, num_images=NUM_IMAGES, database_url=url
        ) as site:
            cutter = threading.Thread(target=lambda: cut.append(cut_again_and_again(url, done)))
            with voting(site, diaries):
                cutter.start()
                time.sleep(SECONDS_OF_TROUBLE)
                done.set()
                cutter.join()
            with psycopg.connect(url) as database:
                stored = database.execute(STORED).fetchall()
                history = database.execute(HISTORY).fetchall()
    compare(diaries, stored, history)
    assert cut[0] > 0
    assert sum(diary.num_resent for diary in diaries) > 0, "nobody noticed"
