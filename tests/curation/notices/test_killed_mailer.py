"""A worker is really killed while it sends a mail: none is lost, and one at most comes twice."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stories.real_site import RealSite, kill_when

NOTICE = ("curation.notices", "Notice", "send_notice_task")
ASK = """
import datetime as dt
from django.utils import timezone
from curation.batches.assign_batch import assign_batch
from curation.batches.cut_batches import cut_batches
from curation.batches.models import Assignment
from curation.notices.models import NoticeWish
from curation.notices.start_notices import start_notices
from curation.notices.wish_notices import wish_notices
from curation.projects.models import Membership, Project, Role, User
from curation.subjects.models import Subject
from tests.curation.votes.seed_live_site import images_of
otto, ada = User.objects.get(username="otto"), Subject.objects.get(slug="ada")
vera = User.objects.create_user("vera")
Membership.objects.create(project=ada.project, user=vera, role=Role.VOLUNTEER)
wish_notices(person=vera, email="vera@example.org", wished=True, language="en")
NoticeWish.objects.update(wished_at=timezone.now() - dt.timedelta(days=3))
images_of(ada, 3)
(batch,) = cut_batches(subject=ada, size=3, actor=otto)
assign_batch(batch=batch, volunteer=vera, actor=otto)
Assignment.objects.update(handed_at=timezone.now() - dt.timedelta(hours=1))
print(start_notices(now=timezone.now()))
"""


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mails; at the moment it is told to, it falls silent and lets its caller wait."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: list[str] = []
        self.silent_at = ""
        self.is_silent = threading.Event()

    @property
    def port(self) -> str:
        return str(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    """One caller. `server.silent_at` is what it gets no answer to: a command, or `taken`."""

    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            command = line.decode().split()[0].upper()
            if command == self.server.silent_at:
                return self._fall_silent()
            if command == "DATA":
                self._say("354 go on")
                self.server.mails.append(self._mail())
                if self.server.silent_at == "taken":
                    return self._fall_silent()
            self._say("250 good")
        return None

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _mail(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        return "".join(lines)

    def _fall_silent(self) -> None:
        self.server.is_silent.set()
        self.rfile.read()  # until the caller is gone


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def site(tmp_path: Path, server: MailServer) -> RealSite:
    """A site that has one mail to send, to Vera."""
    site = RealSite(tmp_path / "var")
    site.set("MAIL_HOST", "127.0.0.1")
    site.set("MAIL_PORT", server.port)
    site.set("MAIL_TLS", "none")
    assert site.python(ASK).strip() == "1"
    return site


def kill_the_worker(site: RealSite, server: MailServer, *, silent_at: str) -> None:
    """kill -9 while it waits for an answer to that, and let another worker have the mail."""
    server.silent_at = silent_at
    server.is_silent.clear()
    kill_when(site.start_worker(), server.is_silent.is_set)
    assert site.one("select state from notices_notice") == "running", "it was killed in the middle"
    site.let_leases_run_out()
    assert site.requeue(*NOTICE) == 1
    server.silent_at = ""


def told_in(site: RealSite) -> tuple[str, int, bool]:
    """The notice's state, how often it was begun, and whether a mail counts as sent."""
    ((state, num_begun, sent_at),) = site.rows(
        "select state, num_begun, sent_at from notices_notice"
    )
    return state, num_begun, sent_at is not None


def recipients(server: MailServer) -> list[str]:
    return [re.findall(r"^To: (.*)\r$", mail, re.MULTILINE)[0] for mail in server.mails]


@pytest.mark.slow
def test_killed_before_the_mail_was_sent_it_is_sent_once(
    site: RealSite, server: MailServer
) -> None:
    kill_the_worker(site, server, silent_at="EHLO")
    assert server.mails == []
    site.finish_work()
    assert recipients(server) == ["vera@example.org"]
    assert told_in(site) == ("done", 0, True)


@pytest.mark.slow
def test_killed_after_it_was_taken_and_before_that_was_written_down_it_comes_twice(
    site: RealSite, server: MailServer
) -> None:
    kill_the_worker(site, server, silent_at="taken")
    assert len(server.mails) == 1
    site.finish_work()
    assert recipients(server) == ["vera@example.org"] * 2
    assert told_in(site) == ("done", 0, True)


@pytest.mark.slow
def test_killed_twice_after_it_was_taken_it_comes_no_third_time(
    site: RealSite, server: MailServer
) -> None:
    for num_mails in (1, 2):
        kill_the_worker(site, server, silent_at="taken")
        assert len(server.mails) == num_mails
    site.finish_work()
    assert len(server.mails) == 2
    assert told_in(site) == ("done", 0, True)
