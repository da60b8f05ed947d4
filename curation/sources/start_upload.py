"""Start to import what somebody sent with their browser."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects.models import User
from curation.sources.add_source import MAX_LABEL_LENGTH, add_source
from curation.sources.film_settings import DEFAULT, FilmSettings
from curation.sources.kinds.upload import SentFile, Upload
from curation.sources.models import ImportRun, SourceKind
from curation.sources.start_import import start_import
from curation.subjects.models import Subject


@transaction.atomic
def start_upload(
    *,
    subject: Subject,
    label: str,
    licence_note: str,
    upload: Upload,
    actor: User,
    films: FilmSettings = DEFAULT,
    split_folders: bool = False,
) -> list[ImportRun]:
    """Have a worker import an upload, pictures, films and packs, soon; of films what `films` says.

    All of it is one import from the source `label`; or, when sub-folders become sources, one for
    each. From here on the imports remove the upload when they have ended.
    Raises NotFound, NotAllowed, InvalidInput, ConsentMissing.
    """
    if not upload.files:
        raise InvalidInput(_("Choose pictures, films, a folder or packs first."))
    groups = by_sub_folder(upload.files, label) if split_folders else {label: upload.files}
    runs = []
    for number, (name, files) in enumerate(groups.items(), start=1):
        source = add_source(subject=subject, label=name, licence_note=licence_note, actor=actor)
        is_all = len(groups) == 1
        path = upload.folder if is_all else upload.list_anew(files, index=f"{number}.jsonl")
        runs.append(
            start_import(
                source=source,
                kind=SourceKind.UPLOAD,
                path=path,
                given_as=_what_was_sent([file.path for file in files]),
                actor=actor,
                films=films,
            )
        )
    return runs


def by_sub_folder(files: list[SentFile], label: str) -> dict[str, list[SentFile]]:
    """The files by the source that each belongs to: the sub-folder that it lies in, else `label`.

    The folder that holds all of them, as the one that was chosen does, is none of the sub-folders.
    """
    tops = {file.path.split("/", 1)[0] for file in files}
    depth = 1 if len(tops) == 1 and all("/" in file.path for file in files) else 0
    groups: dict[str, list[SentFile]] = {}
    for file in files:
        folders = file.path.split("/")[depth:-1]
        name = folders[0].strip()[:MAX_LABEL_LENGTH].strip() if folders else ""
        groups.setdefault(name or label, []).append(file)
    return groups


def _what_was_sent(names: list[str]) -> str:
    """The file's or the folder's name, or the first file's and how many more there were."""
    folders = {name.split("/", 1)[0] for name in names}
    if len(folders) == 1:
        return folders.pop()
    return f"{names[0]} + {len(names) - 1}"
