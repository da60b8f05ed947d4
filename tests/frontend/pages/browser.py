"""What a browser sends, file names exactly as browsers write them, and what a page costs."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"


def send_files(
    client: Client, url: str, fields: dict[str, str], files: list[tuple[str, bytes]]
) -> HttpResponse:
    """Send the upload form with files under their names, folders and all."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, data in files:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts.append(head.encode() + data + b"\r\n")
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    answer: Any = client.generic(
        "POST", url, body, content_type=f"multipart/form-data; boundary={BOUNDARY}"
    )
    return answer  # type: ignore[no-any-return]


def num_queries(client: Client, path: str) -> int:
    """The queries that it takes to answer with the page."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
