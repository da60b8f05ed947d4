"""Reads what lies in an S3 bucket, or one that speaks like S3, under a prefix.

Keys are only text here: whatever dots, slashes or line breaks they hold, none touches a file
system. An object whose key and ETag came in before is not asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from curation import store
from curation.sources.kinds.far import Arrival, far_file
from curation.sources.kinds.found import FoundFile, in_order
from curation.sources.kinds.origin import Origin
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.models import MAX_ETAG_LENGTH
from curation.sources.places_known import KnownPlaces, Place
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import MAX_FILES, MAX_SENT_BYTES, Unusable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

SCHEME = "s3://"
KEYS_AT_ONCE = 1000
_PIECE = 1024 * 1024

_GONE = {"NoSuchKey", "404", "PreconditionFailed", "412", "NoSuchVersion"}
_CLOSED = {"AccessDenied", "403", "InvalidObjectState", "KMS.DisabledException"}
_WRONG_KEY = {
    *("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"),
    *("TokenRefreshRequired", "AccessDenied", "403", "AllAccessDisabled"),
}
_NO_BUCKET = {"NoSuchBucket", "404", "InvalidBucketName", "PermanentRedirect", "301"}


def address_of(bucket: str, prefix: str) -> str:
    """What an import calls the files under a prefix of a bucket."""
    return f"{SCHEME}{bucket}/{prefix}"


def bucket_and_prefix(address: str) -> tuple[str, str]:
    """The two parts of `s3://bucket/prefix`; the prefix may be blank."""
    bucket, _slash, prefix = address.removeprefix(SCHEME).partition("/")
    return bucket, prefix


def files_in_bucket(address: str, known: KnownPlaces, unpacking: Unpacking) -> list[FoundFile]:
    """All objects under the prefix in natural order, known ones with the image that they became.

    Raises Unusable when the bucket cannot be listed or holds too many there; and an error of
    botocore while it does not answer, which passes.
    """
    from botocore.exceptions import (  # noqa: PLC0415, takes long to import
        ClientError,
        NoCredentialsError,
        ParamValidationError,
        PartialCredentialsError,
        ProfileNotFound,
    )

    bucket, prefix = bucket_and_prefix(address)
    try:
        client = _client()
        files: list[FoundFile] = []
        for each in _objects(client, bucket, prefix, unpacking):
            files.append(_file(client, bucket, each, known, unpacking))
            if len(files) > MAX_FILES:
                raise Unusable(ProblemCode.TOO_MANY_FILES)
    except (NoCredentialsError, PartialCredentialsError, ProfileNotFound) as error:
        raise Unusable(ProblemCode.NO_CREDENTIALS) from error
    except ParamValidationError as error:
        raise Unusable(ProblemCode.NO_BUCKET) from error
    except ClientError as error:
        code = _code(error)
        if code in _NO_BUCKET:
            raise Unusable(ProblemCode.NO_BUCKET) from error
        if code in _WRONG_KEY:
            raise Unusable(ProblemCode.BUCKET_CLOSED) from error
        raise
    return in_order(files)


def _client() -> Any:
    """A client whose key comes from the environment or a named profile; it is kept nowhere."""
    from boto3.session import Session  # noqa: PLC0415, takes long to import
    from botocore.config import Config  # noqa: PLC0415

    config = Config(connect_timeout=10, read_timeout=30, retries={"max_attempts": 4})
    session = Session(profile_name=settings.IMPORT_S3_PROFILE or None)
    return session.client("s3", endpoint_url=settings.IMPORT_S3_ENDPOINT_URL or None, config=config)


def _objects(
    client: Any, bucket: str, prefix: str, unpacking: Unpacking
) -> Iterator[dict[str, Any]]:
    """What the bucket lists, page by page, without the empty objects that stand for folders."""
    paginator = client.get_paginator("list_objects_v2")
    at_once = {"PageSize": KEYS_AT_ONCE}
    for page in paginator.paginate(Bucket=bucket, Prefix=prefix, PaginationConfig=at_once):
        unpacking.while_waiting()
        for each in page.get("Contents", ()):
            if each["Size"] or not each["Key"].endswith("/"):
                yield each


def _file(
    client: Any, bucket: str, listed: dict[str, Any], known: KnownPlaces, unpacking: Unpacking
) -> FoundFile:
    key, etag = listed["Key"], listed["ETag"].strip('"')[:MAX_ETAG_LENGTH]
    get = partial(_get, client, Bucket=bucket, Key=key, IfMatch=listed["ETag"])
    return far_file(
        Place(address_of(bucket, key), etag),
        name=key.rstrip("/").rsplit("/", 1)[-1] or key,
        size=listed["Size"],
        origin=Origin(etag=etag),
        known=known,
        unpacking=unpacking,
        read=lambda: get().read(),
        fetch=partial(_fetch, get, listed["Size"], unpacking),
    )


def _fetch(get: Callable[..., Any], size: int, unpacking: Unpacking, place: Path) -> None:
    """Write the object to `place`; what an attempt that was killed has of it is not read again."""
    if size > MAX_SENT_BYTES:
        raise Unusable(ProblemCode.TOO_LARGE_TO_FETCH)
    arrival = Arrival(place, goes_on=True)
    try:
        if arrival.size < size:
            store.require_room(size - arrival.size)
            body = get(Range=f"bytes={arrival.size}-")
            while piece := body.read(_PIECE):
                arrival.add(piece)
                unpacking.while_waiting()
    finally:
        arrival.close()
    arrival.finish()


def _get(client: Any, **wanted: str) -> Any:
    """The stream of an object's bytes, if they are still those that were listed.

    Raises Unusable, and an error of botocore while the bucket does not answer; so does the stream.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415, takes long to import

    try:
        return client.get_object(**wanted)["Body"]
    except ClientError as error:
        code = _code(error)
        if code in _GONE:
            raise Unusable(ProblemCode.OBJECT_GONE) from error
        if code in _CLOSED:
            raise Unusable(ProblemCode.OBJECT_CLOSED) from error
        raise


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
