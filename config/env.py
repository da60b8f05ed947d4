"""Every environment variable Winnow reads, read once, into one frozen value."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from environs import Env, EnvValidationError, validate

from curation.files import kept_private

ROOT = Path(__file__).resolve().parent.parent

POSTGRESQL: dict[str, Any] = {
    # Opening a connection takes longer than most requests.
    # While the server is away, a page says so after five seconds instead of holding its thread 30.
    # A pool that tries for long tries ever more seldom: after 40 seconds without a server, pages
    # stayed away for another 23. One that has given up tries again for the next page.
    "pool": {"min_size": 1, "max_size": 8, "timeout": 5, "reconnect_timeout": 5},
    # Place holders go to the server as such, so that a statement is the same text each time, and
    # from its third time on a connection plans it no more: asking whether somebody may vote was
    # planned for 1.2 ms and looked up in 0.04.
    "server_side_binding": True,
    "prepare_threshold": 2,
    # Compiling a query pays where it runs for seconds. Ours run for milliseconds, and compiling
    # those that the planner takes for large took longer than all else.
    "options": "-c jit=off",
}
"""Options of every connection; what `DATABASE_URL` says behind its `?` goes before them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    debug: bool
    """Show tracebacks in the browser. Never on a server that others can reach."""
    data_dir: Path
    """All that must survive a restart and is not in the database: pictures, runs, secrets."""
    database: dict[str, Any]
    """Django's DATABASES entry: `DATABASE_URL`, else SQLite in `DATA_DIR`."""
    secret_key: str
    """Signs sessions and links: `SECRET_KEY`, else generated once into `DATA_DIR/secret_key`."""
    secret_key_fallbacks: tuple[str, ...]
    """Earlier secret keys that are still believed, until all is signed and encrypted anew."""
    allowed_hosts: tuple[str, ...]
    trusted_origins: tuple[str, ...]
    """Origins (https://…) that a reverse proxy serves us under."""
    https: bool
    """Cookies only over HTTPS, HSTS and redirect. Set it behind TLS."""
    trusted_proxies: int
    """Reverse proxies in front: so many entries of X-Forwarded-For are believed."""
    web_processes: int
    """Processes that answer pages, on one listening socket. Each takes about 150 MB."""
    web_threads: int
    """Pages that each of these processes makes at the same time. A waiting client needs none."""
    machine_name: str
    """What to call this machine instead of what `DATA_DIR/machine` says, where several share it."""
    second_factor_for_admins: bool
    """Admins and staff may do nothing until they have set up a second factor."""
    ray_address: str
    """`manage.py analyse` has pictures looked at by the Ray cluster here, such as `auto`."""
    keep_free_mb: int
    """Imports, analyses and uploads wait rather than leave less than this free on the disk."""
    s3_bucket: str
    """Keep pictures in this bucket instead of `DATA_DIR/objects`."""
    s3_endpoint: str
    """S3 server other than Amazon's, for example a MinIO address."""
    s3_signed_urls: bool
    """Browsers get pictures from the bucket, under addresses signed for a minute."""
    import_s3_buckets: tuple[str, ...]
    """Buckets that organisers may import from: the server's key may open more than is theirs."""
    import_s3_profile: str
    """The profile in ~/.aws that holds the key for these buckets, instead of the environment."""
    import_s3_endpoint: str
    """S3 server other than Amazon's, that these buckets are on."""
    import_urls: bool
    """Organisers may have the server fetch pictures from web addresses that they list."""
    import_urls_seconds_apart: float
    """Between two requests to one web site; more, where its robots.txt asks for more."""
    import_urls_from_loopback: bool
    """Development: addresses may also lead to this machine itself."""
    x_accel_prefix: str
    """An internal location of nginx over `DATA_DIR/objects`, which then sends the pictures."""
    mail_host: str
    """The mail server for notices of new work. Without one they are printed by the worker."""
    mail_port: int
    mail_user: str
    mail_password: str
    mail_tls: str
    """How the mail server is spoken to: starttls, tls, or none."""
    mail_from: str
    """Whom the mails are from."""

    @property
    def picture_origins(self) -> tuple[str, ...]:
        """Where else than here pages may show pictures from."""
        if not self.s3_signed_urls:
            return ()
        if not self.s3_endpoint:
            return ("https://*.amazonaws.com",)
        parts = urlsplit(self.s3_endpoint)
        return (f"{parts.scheme}://{parts.netloc}",)


def read_environment() -> Environment:
    """Read and check all variables; every mistake is named at once.

    Raises SystemExit with one line a mistake.
    """
    env = Env(eager=False)
    data_dir = Path(env.str("DATA_DIR", "") or ROOT / "var").resolve()
    debug = env.bool("DEBUG", default=False)
    https = env.bool("HTTPS", default=False)
    hosts = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
    origins: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
    fallbacks: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
    trusted_proxies = env.int("TRUSTED_PROXIES", default=0)
    web_processes = env.int(
        "WEB_PROCESSES", default=min(os.cpu_count() or 2, 8), validate=validate.Range(min=1)
    )
    web_threads = env.int("WEB_THREADS", default=4, validate=validate.Range(min=1))
    machine_name = env.str("MACHINE_NAME", default="", validate=validate.Length(max=64))
    second_factor_for_admins = env.bool("SECOND_FACTOR_FOR_ADMINS", default=False)
    keep_free_mb = env.int("KEEP_FREE_MB", default=200, validate=validate.Range(min=0))
    ray_address = env.str("RAY_ADDRESS", default="")
    s3_bucket = env.str("S3_BUCKET", default="")
    s3_endpoint = env.str("S3_ENDPOINT_URL", default="")
    s3_signed_urls = env.bool("S3_SIGNED_URLS", default=False)
    import_s3_buckets: list[str] = env.list("IMPORT_S3_BUCKETS", default=[])
    import_s3_profile = env.str("IMPORT_S3_PROFILE", default="")
    import_s3_endpoint = env.str("IMPORT_S3_ENDPOINT_URL", default="")
    import_urls = env.bool("IMPORT_URLS", default=False)
    import_urls_seconds_apart = env.float(
        "IMPORT_URLS_SECONDS_APART", default=1.0, validate=validate.Range(min=0)
    )
    import_urls_from_loopback = env.bool("IMPORT_URLS_FROM_LOOPBACK", default=False)
    mail_host = env.str("MAIL_HOST", default="")
    mail_port = env.int("MAIL_PORT", default=587, validate=validate.Range(min=1, max=65535))
    mail_user = env.str("MAIL_USER", default="")
    mail_password = env.str("MAIL_PASSWORD", default="")
    mail_tls = env.str(
        "MAIL_TLS", default="starttls", validate=validate.OneOf(["starttls", "tls", "none"])
    )
    mail_from = env.str("MAIL_FROM", default="winnow@localhost")
    x_accel_prefix = env.str("X_ACCEL_PREFIX", default="")
    url = env.str("DATABASE_URL", default="")
    mistakes: list[str] = []
    try:
        env.seal()
    except EnvValidationError as error:
        mistakes.append(str(error))
    if import_urls_from_loopback and not debug:
        mistakes.append("IMPORT_URLS_FROM_LOOPBACK is for development: it needs DEBUG.")
    mistakes += _contradictions(s3_bucket, x_accel_prefix, s3_signed_urls=s3_signed_urls)
    database: dict[str, Any] = {}
    try:
        database = _database(url, data_dir)
    except ValueError as error:
        mistakes.append(f"DATABASE_URL: {error}")
    if mistakes:
        raise SystemExit("Wrong settings in the environment:\n  " + "\n  ".join(mistakes))
    return Environment(
        debug=debug,
        data_dir=data_dir,
        database=database,
        secret_key=os.environ.get("SECRET_KEY") or _secret(data_dir / "secret_key"),
        secret_key_fallbacks=tuple(fallbacks),
        allowed_hosts=tuple(hosts),
        trusted_origins=tuple(origins),
        https=https,
        trusted_proxies=trusted_proxies,
        web_processes=web_processes,
        web_threads=web_threads,
        machine_name=machine_name,
        second_factor_for_admins=second_factor_for_admins,
        ray_address=ray_address,
        keep_free_mb=keep_free_mb,
        s3_bucket=s3_bucket,
        s3_endpoint=s3_endpoint,
        s3_signed_urls=s3_signed_urls,
        import_s3_buckets=tuple(bucket for bucket in import_s3_buckets if bucket),
        import_s3_profile=import_s3_profile,
        import_s3_endpoint=import_s3_endpoint,
        import_urls=import_urls,
        import_urls_seconds_apart=import_urls_seconds_apart,
        import_urls_from_loopback=import_urls_from_loopback,
        x_accel_prefix=x_accel_prefix,
        mail_host=mail_host,
        mail_port=mail_port,
        mail_user=mail_user,
        mail_password=mail_password,
        mail_tls=mail_tls,
        mail_from=mail_from,
    )


def _contradictions(s3_bucket: str, x_accel_prefix: str, *, s3_signed_urls: bool) -> Iterator[str]:
    """What is said of the way in which pictures leave, and cannot be so."""
    if s3_signed_urls and not s3_bucket:
        yield "S3_SIGNED_URLS needs an S3_BUCKET."
    if x_accel_prefix and s3_bucket:
        yield "X_ACCEL_PREFIX is for pictures on the disk, and S3_BUCKET is set."
    if x_accel_prefix and not (x_accel_prefix.startswith("/") and x_accel_prefix.endswith("/")):
        yield "X_ACCEL_PREFIX begins and ends with a slash, as in /objects/."


def _database(url: str, data_dir: Path) -> dict[str, Any]:
    """SQLite tuned for many writers, or what `DATABASE_URL` names.

    WAL lets readers read while one writes; IMMEDIATE takes the write lock at BEGIN, so that two
    transactions never deadlock while upgrading from reading to writing.
    """
    parsed: dict[str, Any] = dict(
        dj_database_url.parse(url or f"sqlite:///{data_dir / 'winnow.sqlite3'}")
    )
    match str(parsed["ENGINE"]).rsplit(".", 1)[-1]:
        case "sqlite3":
            # Opening a connection, with its functions and PRAGMAs, takes longer than most requests.
            parsed["CONN_MAX_AGE"] = None
            parsed["OPTIONS"] = {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            }
        case "postgresql":
            # After a restart the pool's connections are dead: each is tried before a page gets it.
            parsed["CONN_HEALTH_CHECKS"] = True
            parsed["OPTIONS"] = POSTGRESQL | parsed.get("OPTIONS", {})
        case engine:
            raise ValueError(f"{engine} is not supported; use postgres:// or sqlite:///")
    return parsed


def _secret(path: Path) -> str:
    return kept_private(path, lambda: secrets.token_urlsafe(48)).strip()
