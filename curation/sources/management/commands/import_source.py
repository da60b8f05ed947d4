"""Import a folder, a pack or a film on this machine, a bucket or web addresses into a subject's
images."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curation.errors import InvalidInput, Refused
from curation.jobs import JobState
from curation.sources.add_source import add_source
from curation.sources.asking import Answers, Question
from curation.sources.encodings import Encoding
from curation.sources.film_settings import (
    EVERY,
    LEAST_EVERY,
    LEAST_MIN_FACE,
    MIN_FACE,
    MOST_EVERY,
    MOST_MIN_FACE,
    FilmSettings,
)
from curation.sources.kinds.bucket import SCHEME
from curation.sources.kinds.opening import kind_of
from curation.sources.models import ImportRun, SourceKind
from curation.sources.run_import import ImportProgress
from curation.sources.selectors import FileKind, files_after, import_report
from curation.sources.start_fetch import require_list
from curation.sources.start_import import import_now
from curation.subjects.models import Subject

GUESS = "guess"
FEW = 5
"""Files that are named of each kind that was left out; refused ones are all named."""


class Command(BaseCommand):
    help = (
        "Import a folder, a pack (zip, rar, 7z, tar, split ones too), a film, what lies in a "
        "bucket, or the pictures at the web addresses of a list into a subject's images. "
        "Doing it again adds nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="P", help="the project's slug")
        parser.add_argument("--subject", required=True, metavar="S", help="the subject's slug")
        parser.add_argument("--label", required=True, help="the source's label, such as weibo")
        parser.add_argument(
            "--licence-note",
            default="",
            help="under which licence, or on what basis, they may be kept; needed for a new source",
        )
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help="of the report",
        )
        parser.add_argument(
            "--names",
            choices=[*Encoding, GUESS],
            help="how to read names of packs that do not say so; `guess` takes what is likely",
        )
        parser.add_argument(
            "--password", action="store_true", help="ask for the password of packs that are locked"
        )
        parser.add_argument(
            "--without-locked", action="store_true", help="leave out packs that stay locked"
        )
        _add_film_settings(parser)
        parser.add_argument(
            "--urls", action="store_true", help="PATH is a list of web addresses, or a CSV of them"
        )
        parser.add_argument(
            "path", metavar="PATH", help="a folder, a pack, a film, or s3://bucket/prefix"
        )

    def handle(
        self,
        *,
        project: str,
        subject: str,
        label: str,
        licence_note: str,
        every: int,
        min_face: int,
        subject_only: bool,
        language: str,
        path: str,
        urls: bool,
        names: str | None,
        password: bool,
        without_locked: bool,
        **options: Any,
    ) -> None:
        answers = Answers(
            encoding_of_all=Encoding(names) if names and names != GUESS else None,
            takes_guesses=names == GUESS,
            passwords=(getpass("Password of the packs: "),) if password else (),
            without_locked=without_locked,
        )
        named = Subject.objects.select_related("project").filter(
            project__slug=project, slug=subject
        )
        with translation.override(language):
            self._import(
                subject=_only(named.first(), project, subject),
                label=label,
                licence_note=licence_note,
                path=path,
                urls=urls,
                answers=answers,
                films=FilmSettings(every=every, min_face=min_face, subject_only=subject_only),
            )

    def _import(
        self,
        *,
        subject: Subject,
        label: str,
        licence_note: str,
        path: str,
        urls: bool,
        answers: Answers,
        films: FilmSettings,
    ) -> None:
        try:
            kind, place = _what_is_at(path, urls=urls)
            run = import_now(
                source=add_source(
                    subject=subject, label=label, licence_note=licence_note, actor=None
                ),
                kind=kind,
                path=place,
                given_as=path,
                actor=None,
                on_progress=self._show,
                answers=answers,
                films=films,
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except KeyboardInterrupt:
            self.stderr.write(
                "\nCancelled. What was imported is kept; the same command imports the rest."
            )
            sys.exit(130)
        if run.is_asking:
            self._ask(run.question)
            sys.exit(1)
        self._sum_up(run)

    def _ask(self, question: Question) -> None:
        """What must be known first; no picture has a number yet."""
        for names in question.names:
            self.stdout.write(f"{names.pack}: {names.num} names do not say how they are written.")
            for encoding, texts in names.readings:
                mark = "*" if encoding == names.guess else " "
                self.stdout.write(f" {mark} {encoding.value:<10} {'   '.join(texts)}")
        if question.names:
            self.stdout.write("Run it again with --names ENCODING, or choose on the import's page.")
        for pack in question.locked:
            self.stdout.write(
                f"{pack}: locked" + (", and not by this password." * question.is_wrong)
            )
        if question.locked:
            self.stdout.write("Run it again with --password, or with --without-locked.")

    def _show(self, progress: ImportProgress) -> None:
        """One line that moves, where somebody watches."""
        if self.stderr.isatty():
            end = "\n" if progress.seen == progress.total else ""
            name = progress.path[-50:]
            self.stderr.write(f"\r\x1b[K{progress.seen} / {progress.total}  {name}", ending=end)

    def _sum_up(self, run: ImportRun) -> None:
        report = import_report(run)
        for film in report.films:
            self.stdout.write(
                f"{film.path}: {film.num_pictures} pictures of {film.scenes} shots; "  # type: ignore[attr-defined]  # annotated
                f"passed over: {film.no_face} without a face, {film.small_face} too small, "
                f"{film.other_person} of others."
            )
        self._list(run, _("Left out"), report.left_out, FEW)
        self._list(run, _("Refused"), report.refused, None)
        self.stdout.write(
            _(
                "%(new)d new, %(same)d with the same content, %(known)d imported before, "
                "%(left_out)d left out, %(refused)d refused: %(all)d files."
            )
            % {
                "new": report.numbered,
                "same": report.same,
                "known": report.known,
                "left_out": report.num_left_out,
                "refused": report.num_refused,
                "all": report.accounted,
            }
        )
        if run.waits_out_trouble:
            later = _("A worker goes on with it later.")
            self.stderr.write(f"{run.get_trouble_display()} {later}")
            sys.exit(1)
        if run.state != JobState.DONE:
            self.stderr.write(run.sentence)
            sys.exit(1)

    def _list(self, run: ImportRun, title: str, kinds: list[FileKind], most: int | None) -> None:
        """Each kind with its cure and its files, or only a few of them."""
        for kind in kinds:
            self.stdout.write(
                _("%(title)s: %(num)d × %(what)s")
                % {"title": title, "num": kind.num, "what": kind.sentence}
            )
            shown = 0
            after: int | None = 0
            while after is not None and (most is None or shown < most):
                page = files_after(run, kind, after)
                for file in page.files[: None if most is None else most - shown]:
                    self.stdout.write(f"    {file.path}  {file.numbers}".rstrip())
                    shown += 1
                after = page.next_after
            if rest := kind.num - shown:
                self.stdout.write(
                    "    " + ngettext("and %(num)d more", "and %(num)d more", rest) % {"num": rest}
                )


def _what_is_at(path: str, *, urls: bool) -> tuple[SourceKind, Path | str]:
    """What is to be imported, and where it lies. Raises InvalidInput."""
    if path.startswith(SCHEME):
        return SourceKind.S3, path
    file = Path(path).absolute()
    if not urls:
        return kind_of(file), file
    if not file.is_file():
        raise InvalidInput(_("There is no list of addresses at %(path)s.") % {"path": path})
    require_list(file.read_bytes())
    return SourceKind.URLS, file


def _only(subject: Subject | None, project: str, slug: str) -> Subject:
    if subject is None:
        raise CommandError(f"There is no subject {slug} in a project {project}.")
    return subject


def _add_film_settings(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--every",
        type=_within(LEAST_EVERY, MOST_EVERY),
        default=EVERY,
        metavar="K",
        help=f"of films: frames for each picture ({EVERY})",
    )
    parser.add_argument(
        "--min-face",
        type=_within(LEAST_MIN_FACE, MOST_MIN_FACE),
        default=MIN_FACE,
        metavar="PX",
        help=f"of films: pixels of the smallest face that is kept ({MIN_FACE})",
    )
    parser.add_argument(
        "--subject-only",
        action="store_true",
        help="of films: only frames with the subject, recognised by the portraits",
    )


def _within(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number that is neither less nor more."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not least <= int(text) <= most:
            raise ArgumentTypeError(f"{text} is not a whole number from {least} to {most}")
        return int(text)

    return read
