"""What is known of where a file comes from, besides its path."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a list, a bucket or a sidecar says of one file; each field may be blank."""

    etag: str = ""
    """S3's name for the bytes under a key: the same key and ETag are the same bytes."""
    page: str = ""
    """Address of the page that it stood on."""
    site: str = ""
    """What the site is called, such as weibo."""
    author: str = ""
    """Who posted it, as the site names them."""
    posted_at: datetime | None = None
    """When, by the site."""
    licence_note: str = ""
    """Its own licence or basis, where it has another than its source."""
    note: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


NOTHING_KNOWN = Origin()
