"""Files that come in pieces, over broken lines and restarts: a server of tus 1.0 (tus.io).

Core, creation, creation with upload, checksum, expiration and termination. A piece is a request of
its own of at most `MAX_PIECE_BYTES`, so a client has to be told to send pieces no larger than that.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import timedelta
from email.utils import format_datetime
from typing import IO, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from curation.errors import InvalidInput, Refused
from curation.sources.clear_incoming import STALE_SECONDS
from curation.sources.problems import MAX_SENT_BYTES
from curation.uploads.access import (
    access_arriving_file,
    access_subject_of_uploads,
    access_upload,
)
from curation.uploads.announce_file import announce_file
from curation.uploads.discard import discard_file, discard_upload
from curation.uploads.models import ArrivingFile, OpenUpload
from curation.uploads.open_upload import open_upload
from curation.uploads.receive import receive
from curation.uploads.selectors import files_of
from frontend.api.errors import ErrorOut
from frontend.api.person_view import PersonView
from frontend.numbers import number_in

MAX_PIECE_BYTES = 8 * 1024 * 1024
VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"
CHECKSUMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


class OtherVersion(Refused):
    """The client speaks another version of the protocol."""

    code, status = "other_version", 412


class NoPiece(Refused):
    """The body is not declared to be a piece of a file."""

    code, status = "no_piece", 415


class DamagedPiece(Refused):
    """The checksum is another one; nothing was kept of the piece."""

    code, status = "damaged_piece", 460


class ArrivingFileOut(serializers.Serializer[Any]):
    path = serializers.CharField()
    length = serializers.IntegerField()
    received = serializers.IntegerField()
    changed = serializers.CharField(help_text="As it was announced.")
    url = serializers.SerializerMethodField()

    def get_url(self, file: ArrivingFile) -> str:
        return _address_of(file)


class UploadOut(serializers.Serializer[Any]):
    """What a person is sending for a subject, as far as it has come."""

    token = serializers.CharField()
    files_url = serializers.CharField()
    piece_bytes = serializers.IntegerField(help_text="Send no larger pieces.")
    files = ArrivingFileOut(many=True)


class UploadIn(serializers.Serializer[Any]):
    num_bytes = serializers.IntegerField(min_value=0, default=0, max_value=2**50)


_REFUSALS = {401: ErrorOut, 403: ErrorOut, 404: ErrorOut}


class UploadsView(PersonView):
    @extend_schema(
        operation_id="open_upload",
        request=UploadIn,
        responses={200: UploadOut, 400: ErrorOut, 409: ErrorOut, **_REFUSALS},
    )
    def post(self, request: Request, subject_id: int) -> Response:
        """Begin to send files for a subject, or go on with it: what has arrived is listed."""
        body = UploadIn(data=request.data)
        body.is_valid(raise_exception=True)
        subject = access_subject_of_uploads(self.person, subject_id)
        upload = open_upload(subject=subject, person=self.person, **body.validated_data)
        return Response(_shown(upload))


class UploadView(PersonView):
    @extend_schema(operation_id="discard_upload", responses={204: None, **_REFUSALS})
    def delete(self, request: Request, token: str) -> Response:
        """Throw away all that has arrived."""
        discard_upload(upload=access_upload(self.person, token))
        return Response(status=204)


class PieceParser(BaseParser):
    """Gives the body unread. Whoever asks whether a form was forged has it parsed.

    The bytes must not be kept in the request: that is part of a circle, and waits long with
    hundreds of megabytes for somebody to collect it.
    """

    media_type = PIECE

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, IO[bytes]]:
        return {"piece": stream}


class _TusView(PersonView):
    """What all answers of the protocol have in common."""

    parser_classes = (PieceParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        version = request.headers.get("Tus-Resumable", "")
        if request.method != "OPTIONS" and version != VERSION:
            raise OtherVersion(_("Only version 1.0.0 of tus is spoken here."))

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        if response.status_code == 412:
            response["Tus-Version"] = VERSION
        return response

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """What this server can do."""
        extensions = "creation,creation-with-upload,checksum,expiration,termination"
        said = {
            "Tus-Version": VERSION,
            "Tus-Max-Size": str(MAX_SENT_BYTES),
            "Tus-Extension": extensions,
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        }
        return Response(status=204, headers=said)


@extend_schema(exclude=True)
class UploadFilesView(_TusView):
    def post(self, request: Request, token: str) -> Response:
        """Announce a file, and send its first piece with it if there is one."""
        upload = access_upload(self.person, token)
        said = _metadata(request.headers.get("Upload-Metadata", ""))
        file = announce_file(
            upload=upload,
            path=_path_in(said),
            length=_number(request, "Upload-Length"),
            changed=said.get("changed", ""),
        )
        if file.received == 0 and (request.content_type == PIECE or file.length == 0):
            receive(file=file, offset=0, data=_piece(request) if file.length else b"")
        location = {"Location": _address_of(file)}
        return Response(status=201, headers=location | _how_far(file))


@extend_schema(exclude=True)
class UploadFileView(_TusView):
    def head(self, request: Request, token: str, file_id: int) -> Response:
        """How much of the file is there."""
        file = access_arriving_file(self.person, token, file_id)
        return Response(status=200, headers=_how_far(file))

    def patch(self, request: Request, token: str, file_id: int) -> Response:
        """Take the next piece."""
        if request.content_type != PIECE:
            raise NoPiece(_("A piece of a file is sent as application/offset+octet-stream."))
        file = access_arriving_file(self.person, token, file_id)
        receive(file=file, offset=_number(request, "Upload-Offset"), data=_piece(request))
        return Response(status=204, headers=_how_far(file))

    def delete(self, request: Request, token: str, file_id: int) -> Response:
        """Throw the file away."""
        discard_file(file=access_arriving_file(self.person, token, file_id))
        return Response(status=204)


def _shown(upload: OpenUpload) -> dict[str, Any]:
    shown = {
        "token": upload.token,
        "files_url": reverse("api_upload_files", kwargs={"token": upload.token}),
        "piece_bytes": MAX_PIECE_BYTES,
        "files": files_of(upload),
    }
    return dict(UploadOut(shown).data)


def _address_of(file: ArrivingFile) -> str:
    where = {"token": file.upload.token, "file_id": file.pk}
    return reverse("api_upload_file", kwargs=where)


def _how_far(file: ArrivingFile) -> dict[str, str]:
    expires = timezone.now() + timedelta(seconds=STALE_SECONDS)
    return {
        "Upload-Offset": str(file.received),
        "Upload-Length": str(file.length),
        "Upload-Expires": format_datetime(expires, usegmt=True),
    }


def _number(request: Request, header: str) -> int:
    number = number_in(request.headers.get(header, ""))
    if number is None:
        raise InvalidInput(_("The request lacks the header %(header)s.") % {"header": header})
    return number


def _piece(request: Request) -> bytes:
    """The body, which is as its checksum says if it has one. Raises InvalidInput, DamagedPiece."""
    body = request.data
    unread = body.get("piece") if isinstance(body, dict) else None
    data: bytes = unread.read(MAX_PIECE_BYTES + 1) if unread else b""
    if len(data) > MAX_PIECE_BYTES:
        raise InvalidInput(_("A piece has 8 MB at most."))
    said = request.headers.get("Upload-Checksum", "")
    if not said:
        return data
    name, _space, digest = said.partition(" ")
    if name not in CHECKSUMS:
        raise InvalidInput(_("The checksum is of no known kind."))
    if base64.b64encode(CHECKSUMS[name](data).digest()).decode() != digest:
        raise DamagedPiece(_("The piece was damaged on its way. Send it again."))
    return data


def _metadata(header: str) -> dict[str, str]:
    """Name and text of each of the `name base64` between commas. Raises InvalidInput."""
    said = {}
    for pair in header.split(","):
        name, _space, encoded = pair.strip().partition(" ")
        try:
            said[name] = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise InvalidInput(_("Upload-Metadata cannot be read.")) from error
    return said


def _path_in(said: dict[str, str]) -> str:
    """The path with its folders, under any of the names that clients give it."""
    names = ("path", "relativePath", "filename", "name")
    return next((said[name] for name in names if said.get(name) not in (None, "", "null")), "")
