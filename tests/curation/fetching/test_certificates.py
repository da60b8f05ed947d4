"""The connection goes to an address, and its certificate is checked against the name."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from curation.fetching.failures import FetchFailed
from curation.fetching.fetcher import Fetcher, Manners
from curation.fetching.request import Body


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"bytes")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of a site called localhost, signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = tmp_path / "site.pem"
    file.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def fetch(folder: Path, url: str) -> bytes:
    fetcher = Fetcher(
        folder=folder / "hosts",
        while_waiting=lambda: None,
        manners=Manners(seconds_apart=0, loopback_too=True),
    )
    body = Body(100)
    fetcher.fetch(url, body)
    return bytes(body.data)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path, port: int) -> None:
    with pytest.raises(FetchFailed, match="bad_certificate"):
        fetch(tmp_path, f"https://localhost:{port}/1.jpg")


def test_a_certificate_counts_for_its_name_alone(
    tmp_path: Path, port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert fetch(tmp_path, f"https://localhost:{port}/1.jpg") == b"bytes"
    with pytest.raises(FetchFailed, match="bad_certificate"):
        fetch(tmp_path, f"https://127.0.0.1:{port}/1.jpg")
