"""Every reason why a file, or a whole source, cannot be imported, with its cure."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from curation.decoding.sentences import WHAT


class ProblemCode(models.TextChoices):
    """The label is the sentence that people read, in their own language."""

    # What the decoder says.
    EMPTY = "empty", WHAT["empty"]
    NOT_A_PICTURE = "not_a_picture", WHAT["not_a_picture"]
    WEB_PAGE = "web_page", WHAT["web_page"]
    OTHER_KIND = "other_kind", WHAT["other_kind"]
    TRUNCATED = "truncated", WHAT["truncated"]
    ANIMATED = "animated", WHAT["animated"]
    TOO_MANY_PIXELS = "too_many_pixels", WHAT["too_many_pixels"]
    TOO_LONG = "too_long", WHAT["too_long"]
    HOLLOW = "hollow", WHAT["hollow"]
    TOO_MANY_SCANS = "too_many_scans", WHAT["too_many_scans"]
    TOO_SLOW = "too_slow", WHAT["too_slow"]
    TOO_MUCH_MEMORY = "too_much_memory", WHAT["too_much_memory"]
    CRASHED = "crashed", WHAT["crashed"]

    # What is wrong with the file itself.
    UNFINISHED = "unfinished", _("The download was not finished. Download the file again.")
    TOO_LARGE = "too_large", _("The file is larger than 200 MB. Save it smaller.")
    NAME_TOO_LONG = "name_too_long", _("The file's name is too long. Give it a shorter one.")
    INCOMPLETE = "incomplete", _("The upload of this file broke off. Send it again.")
    CANNOT_READ = (
        "cannot_read",
        _("The file cannot be read from the disk. Check its permissions, or copy it again."),
    )
    OUTSIDE = (
        "outside",
        _("This link points outside of the folder and was not followed. Copy the file itself."),
    )
    ENCRYPTED = (
        "encrypted",
        _("The file is locked with a password that was not given. Import it again with it."),
    )
    UNSAFE_PATH = (
        "unsafe_path",
        _("The path inside the pack points outside of it. Pack the files again."),
    )
    BOMB = (
        "bomb",
        _("The file's compression ratio is too high for a picture. Unpack it and look at it."),
    )
    DAMAGED = "damaged", _("The pack is damaged at this file. Create or download it again.")
    UNKNOWN_PACKING = (
        "unknown_packing",
        _("The zip packs this file by an unsupported method. Make an ordinary zip."),
    )
    ODD_NAME = (
        "odd_name",
        _("The file's name contains characters that no text may contain. Rename it."),
    )
    UNEXPECTED = (
        "unexpected",
        _(
            "Something unexpected went wrong at this file; the server's log has the details. "
            "Save it as an ordinary JPEG or PNG."
        ),
    )
    OVERLAPPING = (
        "overlapping",
        _("The file overlaps another one inside the zip. Create or download the zip again."),
    )
    LINK = (
        "link",
        _("This is a link to another file; links in packs are not followed. Pack the file itself."),
    )

    # What is wrong with a pack: zip, rar, 7z or tar.
    NOT_A_PACK = (
        "not_a_pack",
        _("This pack cannot be read: it is damaged or not complete. Download it again."),
    )
    EMPTY_PACK = "empty_pack", _("There is nothing in this pack. Download it again.")
    UNKNOWN_PACK = (
        "unknown_pack",
        _("Packs of this kind cannot be opened here. Unpack it, and send the pictures or a zip."),
    )
    NO_LIBRARY = (
        "no_library",
        _(
            "The server lacks libarchive, which opens packs of this kind. Ask its administrator "
            "to install libarchive13, or send an ordinary zip."
        ),
    )
    BROKEN_OFF = (
        "broken_off",
        _("The pack breaks off; only what comes before is imported. Download it again."),
    )
    PARTS_MISSING = (
        "parts_missing",
        _("Other parts of this split pack are missing. Send all its parts together."),
    )
    TOO_DEEP = (
        "too_deep",
        _("The pack lies too deep inside other packs. Unpack the outer ones and send it alone."),
    )
    LOCKED_KIND = (
        "locked_kind",
        _(
            "A rar of an older kind or in parts with a password, or a 7z with a rare lock, cannot "
            "be opened here. Unpack it with its password, and send the pictures or a zip."
        ),
    )
    PACK_BOMB = (
        "pack_bomb",
        _("The pack grows far too large when it is unpacked to hold pictures. Unpack it and look."),
    )
    PACK_TOO_HEAVY = (
        "pack_too_heavy",
        _("Unpacking the pack takes too much time or memory. Unpack it and send the pictures."),
    )
    PACK_CRASHES = (
        "pack_crashes",
        _("The unpacker crashed at this pack. Unpack it and send the pictures or a zip."),
    )
    PURGED = (
        "purged",
        _("This picture was purged and is not imported again. There is nothing to do."),
    )

    # No pictures, and nothing is wrong with them: left out.
    METADATA_USED = (
        "metadata_used",
        _(
            "Metadata beside the pictures: author, page and date went into their origin. There is "
            "nothing to do."
        ),
    )
    SYSTEM_FILE = (
        "system_file",
        _(
            "Files that computers keep for themselves, such as Thumbs.db, .DS_Store and all in "
            "__MACOSX. There is nothing to do."
        ),
    )
    BESIDE = (
        "beside",
        _(
            "Notes and data beside the pictures, such as .json, .xmp and .txt. There is nothing "
            "to do."
        ),
    )
    SOUND = "sound", _("Sound recordings. There is nothing to do.")
    DOCUMENT = (
        "document",
        _("Documents and programs. If there are pictures in them, save these as files first."),
    )

    # What is wrong with a film. What was read of it before is in.
    FILM_UNREADABLE = (
        "film_unreadable",
        _("This film cannot be read. Download it again, or convert it to MP4."),
    )
    FILM_BREAKS_OFF = (
        "film_breaks_off",
        _("The film breaks off. The pictures before are in; download it again for the rest."),
    )
    FILM_TOO_LARGE = "film_too_large", _("The film's picture is larger than 4K. Make it smaller.")
    FILM_TOO_LONG = "film_too_long", _("The film has too many frames. Cut it into parts.")
    FILM_TOO_SLOW = (
        "film_too_slow",
        _("Decoding the film takes too long. Convert it to an ordinary MP4."),
    )
    FILM_TOO_HEAVY = (
        "film_too_heavy",
        _("Decoding the film takes too much memory. Make its picture smaller."),
    )
    FILM_NO_PORTRAIT = (
        "film_no_portrait",
        _("No portrait shows the subject's face, so nobody can be looked for. Add one."),
    )
    FILM_CRASHED = (
        "film_crashed",
        _("The decoder crashed at this film. Convert it to an ordinary MP4."),
    )

    # What keeps a file on the web or in a bucket from being fetched.
    ODD_ADDRESS = (
        "odd_address",
        _("This is no address of a file on the web. It begins with http:// or https://."),
    )
    NO_SUCH_HOST = "no_such_host", _("There is no web site of this name. Check the address.")
    NOT_PUBLIC = (
        "not_public",
        _(
            "The address leads into a private network and was not visited. Download the picture "
            "yourself and send it."
        ),
    )
    UNREACHABLE = "unreachable", _("The web site did not answer. Try the import again later.")
    BAD_CERTIFICATE = (
        "bad_certificate",
        _("The web site's certificate is not valid. Download the picture yourself and send it."),
    )
    TOO_MANY_REDIRECTS = (
        "too_many_redirects",
        _("The address leads from one place to the next. Give the address of the picture itself."),
    )
    NOT_THERE = "not_there", _("The web site has no such file any more. Check the address.")
    NO_ACCESS = (
        "no_access",
        _(
            "The web site gives the file only to people who are signed in. Download it yourself "
            "and send it."
        ),
    )
    HOST_BUSY = (
        "host_busy",
        _("The web site asks us to come back later. Try the import again in an hour."),
    )
    HOST_TROUBLE = (
        "host_trouble",
        _("The web site answered with an error. Try the import again later."),
    )
    ROBOTS = (
        "robots",
        _(
            "The web site's robots.txt asks programs not to fetch this. Ask its owner, or "
            "download the picture yourself and send it."
        ),
    )
    DOWNLOAD_TOO_SLOW = (
        "download_too_slow",
        _("Fetching the file took longer than two minutes. Try the import again later."),
    )
    TOO_LARGE_TO_FETCH = (
        "too_large_to_fetch",
        _("The pack or film is larger than 32 GB. Cut it into several."),
    )
    OBJECT_GONE = (
        "object_gone",
        _("The file was removed from the bucket or changed meanwhile. Import the bucket again."),
    )
    OBJECT_CLOSED = (
        "object_closed",
        _("The server's key may not read this file. Let it, or restore the file from the archive."),
    )

    # These end a whole import.
    GONE = "gone", _("The files are no longer where they were.")
    TOO_MANY_FILES = (
        "too_many_files",
        _("There are more than 50,000 files; import fewer at once."),
    )
    CONSENT_MISSING = (
        "consent_missing",
        _(
            "No consent in force covers this any more. What was imported before stays, but is "
            "hidden."
        ),
    )
    CANCELLED = "cancelled", _("Somebody cancelled the import.")
    LARGE_DIRECTORY = (
        "large_directory",
        _("The zip's table of contents is larger than 32 MB. Make a zip of fewer files."),
    )
    ODD_LIST = "odd_list", _("The list of web addresses cannot be read. Send it again.")
    NO_CREDENTIALS = (
        "no_credentials",
        _(
            "The server has no key for the bucket. Its administrator sets AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or names a profile in IMPORT_S3_PROFILE."
        ),
    )
    BUCKET_CLOSED = (
        "bucket_closed",
        _("The server's key may not list this bucket. It needs s3:ListBucket and s3:GetObject."),
    )
    NO_BUCKET = "no_bucket", _("There is no bucket of this name. Check its name and region.")
    BROKE = "broke", _("Something went wrong on the server; its log has the details.")
