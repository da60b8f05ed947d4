"""A client of tus 1.0 as the protocol's text describes it, over Django's test client."""

from __future__ import annotations

import base64
from typing import Any

from django.test import Client

PIECE = "application/offset+octet-stream"


def metadata(**said: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())


def open_one(client: Client, subject_id: int, **said: int) -> dict[str, Any]:
    """Begin an upload, or go on with it."""
    address = f"/api/v1/subjects/{subject_id}/uploads"
    answer: Any = client.post(address, said, content_type="application/json")
    assert answer.status_code == 200, answer.content
    opened: dict[str, Any] = answer.json()
    return opened


def announce(client: Client, opened: dict[str, Any], path: str, length: int, **more: Any) -> Any:
    """Say that a file of that name and length comes; `data` is its first piece."""
    data = more.pop("data", None)
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(length),
        "Upload-Metadata": metadata(path=path, changed=more.pop("changed", "1")),
        **more.pop("headers", {}),
    }
    sent = {} if data is None else {"data": data, "content_type": PIECE}
    return client.generic("POST", opened["files_url"], headers=headers, **sent)


def send(client: Client, url: str, offset: int, data: bytes, **headers: str) -> Any:
    """Send a piece that begins there."""
    said = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), **headers}
    return client.patch(url, data, content_type=PIECE, headers=said)


def received(client: Client, url: str) -> int:
    """How much the server says that it has."""
    answer = client.head(url, headers={"Tus-Resumable": "1.0.0"})
    assert answer.status_code == 200
    return int(answer["Upload-Offset"])


def send_whole(client: Client, opened: dict[str, Any], path: str, data: bytes) -> str:
    """Send a whole file in one request; its address."""
    answer = announce(client, opened, path, len(data), data=data)
    assert answer.status_code == 201, answer.content
    assert answer["Upload-Offset"] == str(len(data))
    return str(answer["Location"])
