"""What lies beside pictures and is none: told apart from pictures that cannot be read.

A file comes in when its bytes are a picture, whatever it is called; only of the others it is asked
what they are.
"""

from __future__ import annotations

from curation.sources.problem_codes import ProblemCode
from curation.vision.beginnings import Beginning, beginning_of

_SYSTEM_NAMES = frozenset(
    (
        *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r"),
        *(".ds_store", ".localized", ".nomedia", ".directory", ".picasa.ini", "picasa.ini"),
        *(".gitignore", ".gitattributes", ".hidden", ".volumeicon.icns", ".apdisk"),
    )
)
_SYSTEM_FOLDERS = frozenset(
    (
        *("__macosx", "$recycle.bin", "system volume information", "@eadir", "#recycle"),
        *(".@__thumb", ".thumbnails", ".thumbcache", ".trash", ".trashes", ".trash-1000"),
        *(".spotlight-v100", ".fseventsd", ".temporaryitems", ".documentrevisions-v100"),
        *(".appledouble", ".git", ".svn", ".hg"),
    )
)
"""Whose files are copies and thumbnails that nobody put there, all of them."""

_BESIDE = frozenset(
    (
        *("json", "jsonl", "xmp", "txt", "csv", "tsv", "xml", "yaml", "yml", "html", "htm"),
        *("mht", "mhtml", "md", "nfo", "url", "webloc", "lnk", "ini", "cfg", "log", "db"),
        *("sqlite", "sqlite3", "aae", "srt", "ass", "vtt", "md5", "sha1", "sha256", "sfv", "dat"),
    )
)
_UNFINISHED = frozenset(
    ("part", "partial", "crdownload", "download", "downloading", "tmp", "td", "!ut", "aria2")
)
_FILMS = frozenset(
    (
        *("mp4", "mov", "m4v", "mkv", "webm", "avi", "wmv", "flv", "mpg", "mpeg", "ts", "mts"),
        *("m2ts", "3gp", "rm", "rmvb", "vob", "ogv"),
    )
)
_SOUNDS = frozenset(("mp3", "m4a", "aac", "wav", "flac", "ogg", "opus", "wma", "amr"))
_PACKS = frozenset(("zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz", "zst", "cbz", "cbr"))
_DOCUMENTS = frozenset(
    (
        *("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "odt", "ods", "epub"),
        *("exe", "msi", "dll", "bat", "sh", "apk", "dmg", "app", "py", "js", "css"),
        *("ttf", "otf", "woff", "woff2", "torrent", "bak", "atn", "abr", "xcf", "fsa", "npz"),
    )
)
_BY_SUFFIX: tuple[tuple[frozenset[str], ProblemCode], ...] = (
    (_UNFINISHED, ProblemCode.UNFINISHED),
    (_BESIDE, ProblemCode.BESIDE),
    (_FILMS, ProblemCode.FILM_UNREADABLE),
    (_SOUNDS, ProblemCode.SOUND),
    (_PACKS, ProblemCode.NOT_A_PACK),
    (_DOCUMENTS, ProblemCode.DOCUMENT),
)
_BY_BEGINNING: dict[Beginning, ProblemCode] = {
    "film": ProblemCode.FILM_UNREADABLE,
    "sound": ProblemCode.SOUND,
    "pack": ProblemCode.DOCUMENT,
}
"""Films and packs are opened before; what begins as a pack and is none to people is a document."""
_MAY_BE_NO_PICTURE = frozenset(
    (
        *(ProblemCode.NOT_A_PICTURE, ProblemCode.WEB_PAGE, ProblemCode.OTHER_KIND),
        *(ProblemCode.EMPTY, ProblemCode.TOO_LARGE),
    )
)


def is_system_file(path: str) -> bool:
    """Whether a file, or a folder it lies in, was put there by a computer and not by a person."""
    *folders, name = path.split("/")
    is_in_one = any(folder.casefold() in _SYSTEM_FOLDERS for folder in folders)
    return is_in_one or name.casefold() in _SYSTEM_NAMES


def what_it_is(path: str, data: bytes, problem: ProblemCode) -> ProblemCode:
    """What a file is that cannot be read as a picture: the problem as it was, unless it is none.

    `data` is empty where nothing could be read of it.
    """
    name = path.rsplit("/", 1)[-1].casefold()
    stem, dot, suffix = name.rpartition(".")
    if problem is ProblemCode.TRUNCATED:
        return ProblemCode.UNFINISHED if suffix in _UNFINISHED else problem
    if problem not in _MAY_BE_NO_PICTURE:
        return problem
    beginning = beginning_of(data)
    if beginning == "apple_double" and name.startswith("._"):
        return ProblemCode.SYSTEM_FILE
    if known := _BY_BEGINNING.get(beginning):
        return known
    for suffixes, known in _BY_SUFFIX:
        if dot and suffix in suffixes:
            return known
    has_suffix = bool(stem and dot)
    return ProblemCode.BESIDE if beginning == "text" and not has_suffix else problem
