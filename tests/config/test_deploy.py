"""A site set up as docs/deploy.md says: no warnings, and files for its own user alone."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from config.checks import data_dir_is_its_owners

ROOT = Path(__file__).resolve().parents[2]

DOCUMENTED = {
    "DATABASE_URL": "postgres://winnow@127.0.0.1:1/winnow",  # nobody listens there; nobody asks
    "ALLOWED_HOSTS": "winnow.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://winnow.example.org",
    "HTTPS": "true",
    "TRUSTED_PROXIES": "1",
    "SECOND_FACTOR_FOR_ADMINS": "true",
}


def manage(data_dir: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    hidden = {"SECRET_KEY", "DEBUG", "DATABASE_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_behind_tls_as_documented_nothing_is_missing(tmp_path: Path) -> None:
    documented = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert set(DOCUMENTED) <= set(re.findall(r"`([A-Z_]+)`", documented))
    checked = manage(
        tmp_path / "data", "check", "--deploy", "--fail-level", "WARNING", **DOCUMENTED
    )
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout + checked.stderr


def test_that_admins_need_no_second_factor_is_named(tmp_path: Path) -> None:
    without = DOCUMENTED | {"SECOND_FACTOR_FOR_ADMINS": "false"}
    checked = manage(tmp_path / "data", "check", "--deploy", "--fail-level", "WARNING", **without)
    assert checked.returncode == 1
    assert "winnow.W006" in checked.stderr


def test_behind_tls_cookies_travel_by_tls_alone(tmp_path: Path) -> None:
    asked = (
        "from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY)"
    )
    for https, expected in (("true", "True True True"), ("false", "False False True")):
        variables = DOCUMENTED | {"HTTPS": https}
        said = manage(tmp_path / "data", "shell", "--verbosity", "0", "-c", asked, **variables)
        assert said.stdout.strip() == expected, said.stderr


def test_what_the_site_makes_only_its_own_user_can_read(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    made = manage(data_dir, "migrate", "--verbosity", "0")
    assert made.returncode == 0, made.stderr
    for path in [data_dir, *data_dir.rglob("*")]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    assert {"secret_key", "winnow.sqlite3"} <= {path.name for path in data_dir.iterdir()}


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701])
def test_a_data_dir_that_others_may_look_into_is_named_with_the_cure(
    tmp_path: Path, settings: Settings, mode: int
) -> None:
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(mode)
    (warning,) = data_dir_is_its_owners(None)
    assert warning.id == "winnow.W005"
    assert "chmod -R go=" in str(warning.hint)
    tmp_path.chmod(0o700)
    assert data_dir_is_its_owners(None) == []
