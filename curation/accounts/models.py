"""What is kept of people's accounts beside the people themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What happened at the door of an account."""

    SIGNED_IN = "signed_in", _("signed in")
    SIGNED_IN_TWICE = "signed_in_twice", _("signed in with a second factor")
    SIGNED_OUT = "signed_out", _("signed out")
    FAILED = "failed", _("wrong password")
    FAILED_TWICE = "failed_twice", _("wrong code of the second factor")
    REFUSED = "refused", _("refused after too many failures")
    DEACTIVATED = "deactivated", _("right password, but the account is deactivated")
    FACTOR_ADDED = "factor_added", _("second factor set up")
    FACTOR_REMOVED = "factor_removed", _("second factor removed")


class AccountEvent(models.Model):
    """One sign-in, good or failed, or a sign-out. Unlike the log of acts it is kept for a time."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="account_events",
        db_index=False,
    )
    """None when nobody has the name that was typed; the name itself is not kept."""
    kind = models.CharField(max_length=15, choices=Kind)
    network = models.CharField(max_length=43, blank=True)
    """The network that it came from, such as `203.0.113.0/24`: never the whole address."""

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("person", "-id")),)


class ResetLink(models.Model):
    """A link that sets a person's password anew, once. Only the link's digest is kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reset_links")
    token_digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """None when the command line made it."""
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()


class CacheEntry(models.Model):
    """The table of Django's database cache, as `createcachetable` would make it.

    Failed sign-ins are counted in it: in the memory of one process they would count for that
    process alone. As a model it is there after `migrate` and in tests. Only `django.core.cache`
    reads and writes it.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cache_entry"
        verbose_name_plural = "cache entries"
