"""A withdrawal in one process ends the addresses that others gave out, at once."""

from __future__ import annotations

import http.client
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.curation.votes.live_site import ROOT, Client, LiveSite, live_site

pytestmark = pytest.mark.slow

WITHDRAW = """
from curation.projects.models import Membership, User
from curation.subjects.models import Consent
from curation.subjects.withdraw_consent import withdraw_consent
Membership.objects.filter(user__username="otto").update(role="admin")
withdraw_consent(consent=Consent.objects.get(), actor=User.objects.get(username="otto"))
print("withdrawn", flush=True)
"""
WITHIN_SECONDS = 1.5
"""What a machine that does not hear the doorbell takes, with some patience for ours."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LiveSite]:
    with live_site(tmp_path, num_people=1, num_images=2) as site:
        for digest in (f"{1:064x}", f"{2:064x}"):
            folder = tmp_path / "objects" / "derived" / digest[:2] / digest
            folder.mkdir(parents=True)
            (folder / "thumb.webp").write_bytes(b"RIFF a small copy")
        yield site


def thumb_at_the_desk(site: LiveSite) -> str:
    _status, desk = Client(site.port, site.sessions[0]).request(
        "GET", f"/api/v1/batches/{site.batch}/desk"
    )
    return str(desk["items"][0]["thumb_url"])


def status(site: LiveSite, address: str) -> int:
    """What a new connection gets, so that any of the web processes may take it."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    try:
        connection.request("GET", address, headers={"Cookie": f"sessionid={site.sessions[0]}"})
        return connection.getresponse().status
    finally:
        connection.close()


@contextmanager
def being_asked(site: LiveSite, address: str) -> Iterator[None]:
    """Meanwhile a browser keeps asking, so that each process has just read how things stand."""
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.wait(0.05):
            status(site, address)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        is_over.set()
        asking.join()


def test_a_withdrawal_in_another_process_ends_it_at_once(site: LiveSite, tmp_path: Path) -> None:
    address = thumb_at_the_desk(site)
    assert [status(site, address) for _ in range(10)] == [200] * 10
    environment = os.environ | {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", WITHDRAW]
    with (
        being_asked(site, address),
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as other,
    ):
        assert other.stdout
        assert other.stdout.readline() == b"withdrawn\n"
        after = [status(site, address) for _ in range(10)]
    assert after == [404] * 10, "the first ask after it is refused, by every process"


def test_who_does_not_hear_the_doorbell_knows_within_a_second(
    site: LiveSite, tmp_path: Path
) -> None:
    """As on another machine: the rows change, and nobody rings here."""
    address = thumb_at_the_desk(site)
    assert status(site, address) == 200
    database = sqlite3.connect(tmp_path / "winnow.sqlite3", timeout=20)
    with database:
        database.execute(
            "update subjects_consent set withdrawn_at = '2026-01-01', withdrawn_by_id = 1"
        )
        database.execute("update subjects_subject set picture_epoch = picture_epoch + 1")
    database.close()
    changed = time.monotonic()
    while status(site, address) == 200:
        assert time.monotonic() - changed < WITHIN_SECONDS
        time.sleep(0.02)
    time.sleep(max(0.0, changed + WITHIN_SECONDS - time.monotonic()))
    assert [status(site, address) for _ in range(10)] == [404] * 10
