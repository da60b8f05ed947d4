"""manage.py reset_link: a way back in when nobody can sign in any more."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from curation.accounts.make_reset_link import make_reset_link
from curation.accounts.remove_second_factor import remove_second_factor
from curation.errors import Refused
from curation.projects.models import User
from curation.site_address import site_address


class Command(BaseCommand):
    help = "Print a link with which NAME sets a new password: once, within 24 hours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="who signs in under it")
        parser.add_argument(
            "--remove-second-factor",
            action="store_true",
            help="also forget their authenticator and recovery codes, when both are lost",
        )
        parser.add_argument(
            "--site",
            default=site_address(),
            help="how the site's addresses begin (now: %(default)s)",
        )

    @transaction.atomic
    def handle(self, *args: Any, name: str, site: str, **options: Any) -> None:
        person = User.objects.filter(username=name).first()
        if person is None:
            raise CommandError(f"Nobody is called {name}.")
        if options["remove_second_factor"]:
            remove_second_factor(person=person)
        try:
            token = make_reset_link(person=person, actor=None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(site.rstrip("/") + reverse("reset_password", kwargs={"token": token}))
