"""How allauth signs people in here: whom it refuses, and what is written down of it."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.userkit import get_user_by_username
from allauth.core import ratelimit
from allauth.core.internal.ratelimit import apply_rate, get_cache_key, get_ip, get_rates
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from curation.accounts.addresses import address_of, network_of
from curation.accounts.events import has_signed_in_from, record_event
from curation.accounts.models import Kind, ResetLink
from curation.projects.adapter import InvitationOnlyAdapter
from curation.projects.models import User
from curation.projects.picture_epoch import raise_epoch_of_people

FAILED_FROM_ADDRESS = "failed_from_address"
"""allauth's name in ACCOUNT_RATE_LIMITS for what one address may get wrong, whoever is meant."""


class AccountAdapter(InvitationOnlyAdapter):
    """Counts failures by address and person, so that nobody can lock out somebody elsewhere.

    An address that fails for many is refused as a whole, which stops whoever tries one password on
    every name; people who have got in from there before are spared, so that nobody can lock out
    their neighbours either.
    """

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        person = _person_called(credentials)
        network = network_of(address_of(request))
        spared = person is not None and has_signed_in_from(person, network)
        may_try = spared or _may_fail(request)
        if may_try:
            try:
                super().pre_authenticate(request, **credentials)
            except ValidationError:
                may_try = False
        if not may_try:
            record_event(Kind.REFUSED, person=person, network=network)
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        ratelimit.consume(request, action=FAILED_FROM_ADDRESS)
        _record(Kind.FAILED, request, _person_called(credentials))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        _record(Kind.DEACTIVATED, request, user)
        page: HttpResponse = super().respond_user_inactive(request, user)
        return page

    def login(self, request: HttpRequest, user: User) -> None:
        used = {record.get("method") for record in get_authentication_records(request, user)}
        super().login(request, user)
        _record(Kind.SIGNED_IN_TWICE if "mfa" in used else Kind.SIGNED_IN, request, user)

    def logout(self, request: HttpRequest) -> None:
        person = request.user if isinstance(request.user, User) else None
        super().logout(request)
        if person is not None:
            raise_epoch_of_people([person.pk])
        _record(Kind.SIGNED_OUT, request, person)

    def set_password(self, user: User, password: str) -> None:
        """Set it and nothing else: the rest of the row may have changed since it was read.

        Links that were to reset the old one are void.
        """
        user.set_password(password)
        user.save(update_fields=["password"])
        raise_epoch_of_people([user.pk])
        ResetLink.objects.filter(person=user).delete()

    def forget_failures(self, request: HttpRequest, person: User) -> None:
        """Let this address try again: the person has just shown that they are who they are."""
        key = self._get_login_attempts_cache_key(request, username=person.username)
        ratelimit.clear(request, action="login_failed", key=key)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        person = _person_called(credentials)
        named = f"person {person.pk}" if person else f"nobody {credentials.get('username', '')}"
        return f"{get_ip(request)} {named}"


def _may_fail(request: HttpRequest) -> bool:
    """Whether its address has failures left.

    It only reads. A dry run of allauth takes the lock behind which failures are counted, waits for
    it a second and then refuses: of many who sign in behind one address, the right ones too.
    """
    limits = {"app": "allauth.account", "action": FAILED_FROM_ADDRESS}
    for rate in get_rates(**limits):
        failures = cache.get(get_cache_key(request, rate=rate, **limits), [])
        if not apply_rate(failures, time.time(), rate, dry_run=True)[0]:
            return False
    return True


def _person_called(credentials: dict[str, Any]) -> User | None:
    """Whom allauth would sign in under the name that was typed."""
    found = get_user_by_username(credentials.get("username") or "")
    return found if isinstance(found, User) else None


def _record(kind: Kind, request: HttpRequest, person: User | None) -> None:
    record_event(kind, person=person, network=network_of(address_of(request)))
