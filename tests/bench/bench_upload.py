"""One large file through the real server, piece by piece, over a line that breaks and kills of it.

    python tests/bench/bench_upload.py [--gb 6] [--breaks 12] [--kills 2]

The file is made sparse, with a mark in every megabyte, so that a piece that is lost, doubled or at
the wrong place is seen. Beside it a page is asked for; the memory of the server's processes is
read ten times a second.
"""

from __future__ import annotations

import argparse
import filecmp
import http.client
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.config.web import bad_clients as bad  # noqa: E402
from tests.stories.real_site import RealSite  # noqa: E402
from tests.stories.tus import PIECE, metadata  # noqa: E402

MEGABYTE = 2**20
PIECE_BYTES = 8 * MEGABYTE

SIGN_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.uploads.open_upload import open_upload
otto = User.objects.get()
session = SessionStore()
session[SESSION_KEY] = str(otto.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = otto.get_session_auth_hash()
session.save()
upload = open_upload(subject=Subject.objects.get(), person=otto)
print(session.session_key, upload.token, otto.pk)
"""


class Served:
    """The site's own server, whose memory is watched."""

    def __init__(self, site: RealSite) -> None:
        self._site = site
        self.port = bad.free_port()
        self.most_memory = 0
        self.is_over = threading.Event()
        self.start()
        threading.Thread(target=self._watch, daemon=True).start()

    def start(self) -> None:
        self.process = self._site.start(
            *("serve", "--port", str(self.port), "--web", "2", "--workers", "1")
        )
        bad.wait_for_page(self.port)

    def kill(self) -> None:
        """kill -9 of all of it at once."""
        family = psutil.Process(self.process.pid)
        for process in [family, *family.children(recursive=True)]:
            process.kill()
        self.process.wait(30)

    def memory(self) -> int:
        """Bytes that its processes hold of their own, all together."""
        try:
            family = psutil.Process(self.process.pid)
            return sum(
                each.memory_full_info().uss for each in [family, *family.children(recursive=True)]
            )
        except psutil.Error:
            return 0

    def _watch(self) -> None:
        while not self.is_over.wait(0.1):
            self.most_memory = max(self.most_memory, self.memory())


class Sender:
    """A client of tus that lives through broken lines and servers that were killed."""

    def __init__(self, port: int, session: str, person: str) -> None:
        self._port = port
        token = "a" * 32
        self._said = {
            "Host": f"localhost:{port}",
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "X-CSRFToken": token,
            "X-Person": person,
            "Tus-Resumable": "1.0.0",
        }
        self.times: list[float] = []

    def announce(self, address: str, path: str, length: int) -> str:
        said = {"Upload-Length": str(length), "Upload-Metadata": metadata(path=path, changed="1")}
        answer = self._ask("POST", address, said)
        assert answer.status == 201, (answer.status, answer.read())
        return urlsplit(answer.headers["Location"]).path

    def received(self, file: str) -> int:
        return int(self._ask("HEAD", file, {}).headers["Upload-Offset"])

    def send(self, file: str, offset: int, data: bytes, *, breaks: bool = False) -> None:
        """A piece. One that breaks is cut off in its middle without a word."""
        began = time.monotonic()
        if breaks:
            self._break_off(file, offset, data)
            return
        said = {"Upload-Offset": str(offset), "Content-Type": PIECE}
        answer = self._ask("PATCH", file, said, data)
        assert answer.status == 204, (answer.status, answer.read())
        self.times.append(time.monotonic() - began)

    def _ask(
        self, method: str, address: str, said: dict[str, str], data: bytes | None = None
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.request(method, address, data, self._said | said)
        return connection.getresponse()

    def _break_off(self, file: str, offset: int, data: bytes) -> None:
        said = self._said | {
            "Upload-Offset": str(offset),
            "Content-Type": PIECE,
            "Content-Length": str(len(data)),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        with socket.create_connection(("127.0.0.1", self._port)) as line:
            line.sendall(f"PATCH {file} HTTP/1.1\r\n{head}\r\n".encode())
            line.sendall(data[: len(data) // 2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gb", type=int, default=6)
    parser.add_argument("--breaks", type=int, default=12)
    parser.add_argument("--kills", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        _measure(Path(folder), given.gb * 2**30, given.breaks, given.kills)


def _measure(folder: Path, length: int, num_breaks: int, num_kills: int) -> None:
    large = folder / "film.mkv"
    with large.open("wb") as file:
        file.truncate(length)
        for at in range(0, length, MEGABYTE):
            file.seek(at)
            file.write(f"megabyte {at // MEGABYTE}".encode())
    site = RealSite(folder / "var")
    site.set("DEBUG", "true")
    session, token, person = site.python(SIGN_IN).split()
    server = Served(site)
    sender = Sender(server.port, session, person)
    time.sleep(5)  # until all its processes are there
    idle = server.memory()
    pages: list[float] = []
    threading.Thread(target=_ask_for_pages, args=(server, pages), daemon=True).start()
    began = time.monotonic()
    file_url = sender.announce(f"/api/v1/uploads/{token}/files", large.name, length)
    with large.open("rb") as file:
        _send_all(file, length, file_url, sender, server, num_breaks, num_kills)
    seconds = time.monotonic() - began
    server.is_over.set()
    (arrived,) = (site.data_dir / "incoming" / token).glob("[0-9]*")
    files = (each for each in site.data_dir.rglob("*") if each.is_file())
    taken = sum(each.stat().st_blocks * 512 for each in files)
    is_same = filecmp.cmp(large, arrived, shallow=False)
    server.kill()
    slowest = sorted(sender.times)[int(len(sender.times) * 0.99)]
    print(
        f"{length / 2**30:.0f} GB in {seconds:.0f} s ({length / seconds / MEGABYTE:.0f} MB/s), "
        f"{len(sender.times)} pieces, p50 {statistics.median(sender.times) * 1000:.0f} ms, "
        f"p99 {slowest * 1000:.0f} ms; {num_breaks} broken lines, {num_kills} kills of the server"
    )
    print(
        f"memory of the server: {idle / MEGABYTE:.0f} MB before, "
        f"{server.most_memory / MEGABYTE:.0f} MB at most"
    )
    verdict = "the same" if is_same else "ANOTHER"
    print(f"disk: {taken / 2**30:.2f} GB in the data folder; the file is {verdict}")
    print(
        f"a page meanwhile: {len(pages)} asked, p50 {statistics.median(pages) * 1000:.0f} ms, "
        f"slowest {max(pages) * 1000:.0f} ms"
    )
    if not is_same:
        sys.exit(1)


def _send_all(
    file: BinaryIO,
    length: int,
    file_url: str,
    sender: Sender,
    server: Served,
    num_breaks: int,
    num_kills: int,
) -> None:
    """Every piece, asking how far it is only after something went wrong."""
    num = -(-length // PIECE_BYTES)
    breaks = {num * (n + 1) // (num_breaks + 1) for n in range(num_breaks)}
    kills = {num * (n + 1) // (num_kills + 1) + 1 for n in range(num_kills)}
    offset = 0
    while offset < length:
        number = offset // PIECE_BYTES
        file.seek(offset)
        data = file.read(PIECE_BYTES)
        if number in breaks:
            breaks.remove(number)
            sender.send(file_url, offset, data, breaks=True)
        elif number in kills:
            kills.remove(number)
            sender.send(file_url, offset, data, breaks=True)
            server.kill()
            server.start()
        else:
            sender.send(file_url, offset, data)
            offset += len(data)
            continue
        assert sender.received(file_url) == offset, "what was acknowledged is there, and no more"


def _ask_for_pages(server: Served, pages: list[float]) -> None:
    while not server.is_over.wait(0.5):
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        try:
            connection.request("GET", "/manual/", headers={"Host": "localhost"})
            connection.getresponse().read()
        except OSError:
            continue  # it was killed just then
        pages.append(time.monotonic() - began)


if __name__ == "__main__":
    main()
