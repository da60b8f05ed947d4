"""manage.py reencrypt_seeds: the second half of changing the secret key."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from curation.accounts.second_factor_seeds import reencrypt_seeds


class Command(BaseCommand):
    help = (
        "Encrypt all second factors under today's SECRET_KEY, so that SECRET_KEY_FALLBACKS can go."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            num = reencrypt_seeds()
        except InvalidToken as error:
            raise CommandError(
                "A second factor was encrypted under a key that is neither SECRET_KEY nor in "
                "SECRET_KEY_FALLBACKS; nothing was changed."
            ) from error
        self.stdout.write(f"{num} second factors are encrypted under today's SECRET_KEY")
