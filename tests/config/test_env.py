"""The environment is read once; every mistake in it is named."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from config.env import read_environment


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "SECRET_KEY", "DEBUG", "HTTPS", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))


def test_without_any_variable_the_site_runs_on_sqlite_in_its_data_dir(tmp_path: Path) -> None:
    environment = read_environment()
    assert environment.database["NAME"] == str(tmp_path / "winnow.sqlite3")
    assert environment.database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert not environment.debug


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first, second = read_environment().secret_key, read_environment().secret_key
    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_all_mistakes_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "perhaps")
    monkeypatch.setenv("HTTPS", "sometimes")
    monkeypatch.setenv("DATABASE_URL", "mysql://somewhere/db")
    with pytest.raises(SystemExit) as refused:
        read_environment()
    for name in ("DEBUG", "HTTPS", "DATABASE_URL"):
        assert name in str(refused.value)


def test_what_the_database_url_says_of_the_connection_goes_before_our_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@db/winnow?sslmode=require")
    options = read_environment().database["OPTIONS"]
    assert options["sslmode"] == "require"
    assert options["options"] == "-c jit=off"
    assert options["server_side_binding"]
    assert options["prepare_threshold"]


def test_pictures_are_shown_from_where_they_are_signed_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read_environment().picture_origins == ()
    monkeypatch.setenv("S3_BUCKET", "pictures")
    assert read_environment().picture_origins == (), "the site sends them"
    monkeypatch.setenv("S3_SIGNED_URLS", "true")
    assert read_environment().picture_origins == ("https://*.amazonaws.com",)
    monkeypatch.setenv("S3_ENDPOINT_URL", "https://minio.example.org:9000/")
    assert read_environment().picture_origins == ("https://minio.example.org:9000",)


@pytest.mark.parametrize(
    "given",
    [
        {"S3_SIGNED_URLS": "true"},
        {"X_ACCEL_PREFIX": "objects"},
        {"X_ACCEL_PREFIX": "/objects/", "S3_BUCKET": "pictures"},
    ],
)
def test_pictures_leave_in_a_way_that_there_is(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=next(iter(given))):
        read_environment()
