"""Slow and large clients against the site without a proxy, while an ordinary page is asked for.

    python tests/bench/bench_web.py [--serve "COMMAND with {port}"]

`--serve` measures another server on the same site, as docs/adr/0013-the-web-server.md did.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.config.web import bad_clients as bad  # noqa: E402

OURS = f"{sys.executable} manage.py serve --web 2 --workers 0 --no-supervisor --port {{port}}"
PAGE = "/projects/live/manual/"
NUM = 50
SECONDS = 12


@contextmanager
def served(command: str, data_dir: Path) -> Iterator[int]:
    port = bad.free_port()
    with (data_dir / "web.log").open("ab") as log:
        server = subprocess.Popen(
            shlex.split(command.format(port=port)),
            cwd=ROOT,
            env=os.environ | {"DATA_DIR": str(data_dir)},
            stderr=log,
            stdout=log,
            start_new_session=True,
        )
    try:
        bad.wait_for_page(port)
        time.sleep(2)  # the second process
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def throughput(port: int, cookie: str, *, clients: int = 8, seconds: float = 8) -> str:
    """A signed-in person's home page over kept connections."""
    times: list[float] = []
    ends = time.monotonic() + seconds

    def one() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < ends:
            began = time.monotonic()
            connection.request("GET", PAGE, headers={"Cookie": cookie, "Host": "localhost"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            times.append(time.monotonic() - began)

    threads = [threading.Thread(target=one) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    p95 = sorted(times)[int(len(times) * 0.95)]
    return (
        f"{len(times) / seconds:.0f} pages/s, p50 {1000 * statistics.median(times):.0f} ms, "
        f"p95 {1000 * p95:.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", default=OURS)
    command = parser.parse_args().serve
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        data_dir = Path(folder)
        seeded = subprocess.run(
            [sys.executable, "-m", "tests.config.web.seed_release", "12", "4000000"],
            cwd=ROOT,
            env=os.environ | {"DATA_DIR": folder},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        given = json.loads(seeded.stdout.splitlines()[-1])
        cookie = f"sessionid={given['session']}"
        attacks = {
            "nobody else": lambda _port: nullcontext(),
            f"{NUM} half headers": lambda port: bad.half_headers(port, NUM),
            f"{NUM} senders of a byte a second": lambda port: bad.slow_senders(port, NUM),
            f"{NUM} slow readers of a zip": lambda port: bad.slow_readers(
                port, NUM, given["zip"], cookie=cookie
            ),
        }
        for name, attack in attacks.items():
            with served(command, data_dir) as port, attack(port):
                time.sleep(1)
                asked = bad.ask_again_and_again(port, PAGE, cookie=cookie, for_seconds=SECONDS)
                print(f"{name:34}: {asked}", flush=True)
        with served(command, data_dir) as port:
            print(f"{'8 people at once':34}: {throughput(port, cookie)}")


if __name__ == "__main__":
    main()
