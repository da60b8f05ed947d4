"""Receives files from a browser straight into the waiting room, under their exact names."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser

from curation.sources.kinds.upload import Upload

MAX_UPLOAD_BYTES = 4 * 1024**3
MAX_UPLOAD_FILES = 5000
"""`DATA_UPLOAD_MAX_NUMBER_FILES` in the settings says the same; more go into a zip."""


class ExactNamesParser(MultiPartParser):
    """Django's parser, but a file keeps the name that the browser gave it.

    Django cuts folders off and drops odd characters, because others make paths of names. Ours
    are only ever text in an index; browsers put `folder/name.jpg` there for a chosen folder.
    """

    def sanitize_file_name(self, file_name: str) -> str | None:
        return file_name.replace("\x00", "") or None


class ReceiveUpload(FileUploadHandler):
    """Has a request's files written into `upload` while they arrive."""

    def __init__(self, upload: Upload) -> None:
        super().__init__()
        self.upload = upload

    def handle_raw_input(  # type: ignore[override]  # stubs know only the documented None
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803, Django's name
        content_length: int,
        boundary: bytes,
        encoding: str | None = None,
    ) -> tuple[Any, Any]:
        """Django's hook to parse the whole request in one's own way: the fields, no files."""
        return ExactNamesParser(META, input_data, [_WriteDown(self.upload)], encoding).parse()


class _WriteDown(FileUploadHandler):
    """Writes each file as it comes, and leaves nothing in `request.FILES`."""

    def __init__(self, upload: Upload) -> None:
        super().__init__()
        self.upload = upload

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, file_name, *args, **kwargs)
        self.file = self.upload.add(file_name)  # the parser closes `file` if it must stop

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        self.file.close()

    def upload_interrupted(self) -> None:
        self.file.close()
