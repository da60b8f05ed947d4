"""Account events of second factors. allauth has no other word of them than its signals."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals
from django.dispatch import receiver
from django.http import HttpRequest

from curation.accounts.addresses import address_of, network_of
from curation.accounts.events import record_event
from curation.accounts.models import Kind
from curation.projects.models import User


@receiver(signals.authentication_failed)
def wrong_code(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record_event(Kind.FAILED_TWICE, person=user, network=network_of(address_of(request)))


@receiver(signals.authenticator_added)
def set_up(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record_event(Kind.FACTOR_ADDED, person=user, network=network_of(address_of(request)))


@receiver(signals.authenticator_removed)
def removed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record_event(Kind.FACTOR_REMOVED, person=user, network=network_of(address_of(request)))
