"""Reads a pack that came back: its slip and its table of contents, hardly any of its bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from curation.decoding.process import DecoderUnavailable
from curation.errors import Busy
from curation.packs.errors import NoPack, NoSlip
from curation.packs.names import README_NAMES
from curation.packs.slip import LARGEST_SLIP_BYTES, SLIP_NAME, Handed, Slip, is_slip, read
from curation.sources.kinds.left_out import is_system_file
from curation.sources.kinds.members import Member, leads_out
from curation.sources.kinds.names import decode_names
from curation.sources.kinds.zip_file import members_of_zip
from curation.sources.problems import MAX_FILES, Unusable


@dataclass(frozen=True, kw_only=True)
class SentFile:
    """A file of the pack, as it lies there."""

    path: str
    """From the folder in which the slip lies."""
    is_beside: bool
    """Whether it lies outside of that folder."""
    handed: Handed
    """Its size and checksum, as the zip says them."""
    is_sound: bool
    """Whether its bytes can be read, as far as the table tells."""
    read: Callable[[], bytes]
    """Raises Unusable, OSError."""


@dataclass(frozen=True, kw_only=True)
class SentPack:
    slip: Slip
    folder: str
    """What the folder is called in which the slip lies; empty where it lies in none."""
    files: list[SentFile]


def read_pack(path: Path) -> SentPack:
    """The pack in the zip at `path`. No name from it ever touches the file system.

    Whose it is, the caller checks. Raises NoPack, NoSlip, Busy.
    """
    try:
        members = members_of_zip([path], lambda _is_right: None)
    except Unusable as error:
        raise NoPack(
            _("This is not a zip that can be read. Pack the folder as .zip again.")
        ) from error
    files = _files_in(members)
    if len(files) > MAX_FILES:
        raise NoPack(_("There are more than 50,000 files in this zip."))
    slips = [path for path in files if is_slip(_last(path))]
    if not slips:
        raise NoSlip(
            _(
                "The file %(name)s is not in this zip, and without it nobody can tell which "
                "pictures were deleted. Take it from the original pack, or save it anew from this "
                "page, put it beside the pictures and upload again."
            )
            % {"name": SLIP_NAME}
        )
    if len(slips) > 1:
        raise NoSlip(_("There are several packs in this zip. Upload one at a time."))
    slip = _slip_in(files.pop(slips[0]))
    root = slips[0][: -len(_last(slips[0]))]
    return SentPack(
        slip=slip,
        folder=_last(root.rstrip("/")),
        files=[
            _sent(path, member, root) for path, member in files.items() if not _is_ours(path, root)
        ],
    )


def _files_in(members: list[Member]) -> dict[str, Member]:
    """The files that people put there, by their paths."""
    texts = iter(decode_names([each.raw_name for each in members if each.text is None]))
    files: dict[str, Member] = {}
    for member in members:
        path = member.path_from(member.text if member.text is not None else next(texts))
        if path.endswith("/") or is_system_file(path) or _last(path).startswith("._"):
            continue
        while path in files:  # two members of one name: both are shown
            path += " "
        files[path] = member
    return files


def _slip_in(member: Member) -> Slip:
    if member.size > LARGEST_SLIP_BYTES:
        return read(b"")
    try:
        return read(b"".join(member.chunks()) if member.problem is None else b"")
    except DecoderUnavailable as trouble:
        raise Busy from trouble
    except (Unusable, OSError):
        return read(b"")


def _sent(path: str, member: Member, root: str) -> SentFile:
    is_beside = not path.startswith(root) or leads_out(path)
    return SentFile(
        path=path if is_beside else path[len(root) :],
        is_beside=is_beside,
        handed=Handed(member.size, member.checksum or 0),
        is_sound=member.problem is None,
        read=lambda: b"".join(member.chunks()),
    )


def _is_ours(path: str, root: str) -> bool:
    return path in {f"{root}{name}" for name in README_NAMES}


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1]
