"""Failed sign-ins count for the whole site, in whichever process they arrive."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.real_site import RealSite

TRY = """
from django.test import Client
given = {{"login": "otto", "password": "{password}"}}
print(Client(headers={{"host": "localhost"}}).post("/accounts/login/", given).status_code)
"""


@pytest.mark.slow
def test_what_failed_in_one_process_is_known_in_the_next(tmp_path: Path) -> None:
    site = RealSite(tmp_path / "site")
    site.python("""
from curation.projects.models import User
otto = User.objects.get()
otto.set_password("slow winnowing of grain")
otto.save()
""")

    def signs_in(password: str) -> bool:
        return site.python(TRY.format(password=password)).strip() == "302"

    assert signs_in("slow winnowing of grain")
    assert not any(signs_in("wrong") for _ in range(5))
    assert not signs_in("slow winnowing of grain")
