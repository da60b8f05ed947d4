"""A stolen database signs nobody in: what second factors grow from is encrypted."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from curation.accounts.second_factor_seeds import reencrypt_seeds
from curation.projects.models import User

SEED = "JBSWY3DPEHPK3PXP"


def code_now(secret: str = SEED) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


@pytest.fixture
def factor(volunteer: User) -> Authenticator:
    return totp.TOTP.activate(volunteer, SEED).instance


def test_the_database_does_not_hold_the_seed_and_its_codes_fit(factor: Authenticator) -> None:
    factor.refresh_from_db()
    assert SEED not in str(factor.data)
    assert factor.wrap().validate_code(code_now())


def test_recovery_codes_are_encrypted_too(volunteer: User) -> None:
    codes = RecoveryCodes.activate(volunteer)
    row = Authenticator.objects.get(user=volunteer)
    assert row.data["seed"].startswith("gAAAA")
    assert row.wrap().generate_codes() == codes.generate_codes()


def test_an_old_key_is_believed_until_all_is_encrypted_under_the_new_one(
    factor: Authenticator, settings: Settings
) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next key, as long and random as the one before it was"
    assert factor.wrap().validate_code(code_now())
    call_command("reencrypt_seeds")
    settings.SECRET_KEY_FALLBACKS = []
    cache.clear()  # it remembers that this code was used
    factor.refresh_from_db()
    assert factor.wrap().validate_code(code_now())


def test_with_the_key_gone_no_code_fits_and_nothing_is_changed(
    factor: Authenticator, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    before = factor.data["secret"]
    settings.SECRET_KEY = "a key that nobody encrypted anything under, long and random"
    assert not factor.wrap().validate_code(code_now())
    assert not factor.wrap().validate_code(code_now(""))
    assert "SECRET_KEY_FALLBACKS" in caplog.text
    with pytest.raises(InvalidToken):
        reencrypt_seeds()
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("reencrypt_seeds")
    factor.refresh_from_db()
    assert factor.data["secret"] == before
