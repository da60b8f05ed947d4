"""Addresses of this stage: pages under /, commands and reads under /api/v1/.

The pages that show batches stand in the stages that know how far they are: votes and consensus.
"""

from __future__ import annotations

from django.urls import URLPattern, path

from curation.batches import commands, item_bytes

_BATCHES = "projects/<slug:project>/subjects/<slug:subject>/batches/"
_BATCH = f"{_BATCHES}<int:number>/"

pages: list[URLPattern] = [
    path(f"{_BATCHES}cut/", commands.cut, name="cut_batches"),
    path(f"{_BATCH}assign/", commands.assign, name="assign_batch"),
    path(f"{_BATCH}revoke/", commands.revoke, name="revoke_batch"),
    path(f"{_BATCH}return/", commands.give_back, name="return_batch"),
    path(f"{_BATCH}close/", commands.close, name="close_batch"),
    path(f"{_BATCH}reopen/", commands.reopen, name="reopen_batch"),
    path(f"{_BATCH}items/<int:position>/thumb.webp", item_bytes.thumb, name="item_thumb"),
    path(f"{_BATCH}items/<int:position>/preview.webp", item_bytes.preview, name="item_preview"),
]
api: list[URLPattern] = []
