"""A bucket on an S3 server that runs for one test and notes which objects it hands out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread
from typing import Any
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

import pytest
from boto3.session import Session
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from pytest_django import Settings
from werkzeug.serving import make_server

NAME = "found"


@dataclass
class Bucket:
    """What somebody else fills, and we import from."""

    client: Any
    read: list[str]
    """Keys of the objects that were handed out, in order."""

    def put(self, contents: dict[str, bytes]) -> None:
        for key, data in contents.items():
            self.client.put_object(Bucket=NAME, Key=key, Body=data)


@pytest.fixture
def found_bucket(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """An empty bucket that may be imported from, with its key in the environment."""
    moto, read = DomainDispatcherApplication(create_backend_app), []

    def noting(environ: dict[str, Any], start_response: Any) -> Any:
        _, _, key = environ["PATH_INFO"].removeprefix("/").partition("/")
        is_listing = "list-type" in parse_qs(environ["QUERY_STRING"])
        if environ["REQUEST_METHOD"] == "GET" and key and not is_listing:
            read.append(key)
        return moto(environ, start_response)

    server = make_server("127.0.0.1", 0, noting, threaded=True)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    endpoint = f"http://127.0.0.1:{server.port}"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "secret-of-the-test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    settings.IMPORT_S3_BUCKETS = (NAME,)
    settings.IMPORT_S3_ENDPOINT_URL = endpoint
    client = Session().client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket=NAME)
    yield Bucket(client, read)
    urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    server.shutdown()
    server.server_close()
