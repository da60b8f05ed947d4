"""People, projects, and who may do what in which."""

from __future__ import annotations

import secrets
from typing import Any

import rules
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person who can sign in. Staff may open new projects."""

    language = models.CharField(max_length=8, choices=settings.LANGUAGES, blank=True)
    """The language they chose; blank follows the browser."""
    session_salt = models.CharField(max_length=32, blank=True)
    """Another one ends every session of theirs, in every browser and process."""
    picture_epoch = models.PositiveIntegerField(default=0)
    """Raised when a right is taken from them: it ends the addresses of pictures they were given."""

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must know to be theirs: it ends with the password and with the salt."""
        key_salt = "curation.projects.models.User.session"
        signed = f"{self.password} {self.session_salt}"
        return salted_hmac(key_salt, signed, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """What anybody may do in a project follows from their role there, also for superusers."""
        return rules.has_perm(perm, self, obj) if obj is not None else super().has_perm(perm)


class Role(models.TextChoices):
    VOLUNTEER = "volunteer", _("volunteer")
    ORGANISER = "organiser", _("organiser")
    ADMIN = "admin", _("admin")


class Rule(models.TextChoices):
    """How votes become decisions."""

    WEIGHTED = "weighted", _("By their weight")
    PLAIN = "plain", _("Two equal votes")


def new_watch_seed() -> str:
    """What nobody can guess."""
    return secrets.token_hex(16)


class Project(models.Model):
    """A group of people and the subjects they work on."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64, default="UTC")
    """By its IANA name: the days of consents begin and end at its midnights, see `days.py`."""
    rule = models.CharField(max_length=8, choices=Rule, default=Rule.PLAIN)
    """By which its votes decide; `curation.votes.choose_rule` changes it."""
    watch_seed = models.CharField(max_length=32, default=new_watch_seed, editable=False)
    """By which the weighted rule draws the pictures that get their full votes. On no page: whoever
    knew it would know which pictures those are."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(rule__in=Rule.values), name="a_rule_is_one_of_the_two"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What one person is in one project. A higher role includes the lower ones."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=9, choices=Role)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("project", "user", name="one_role_per_person_and_project"),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="a_role_is_one_of_the_three"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"


class Invitation(models.Model):
    """A link that lets people join a project with a role. Only the link's digest is kept."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=9, choices=Role)
    token_digest = models.CharField(max_length=64, unique=True)
    places = models.PositiveSmallIntegerField(default=1)
    """So many people can join by it."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    """Moved to the moment in which it was taken back."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(places__gte=1), name="an_invitation_invites"),
        )


class InvitationUse(models.Model):
    """Somebody who joined by a link; it stays when they leave, as does the place they took."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="uses", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("invitation", "person", name="nobody_takes_two_places"),
        )


class ActionLog(models.Model):
    """One act of a person, kept for ever, also when what it was about is gone."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """None when the command line or a background process acted."""
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, related_name="log", db_index=False
    )
    """None when it was about the site as a whole, such as somebody's account."""
    action = models.CharField(max_length=40)
    """Stage and verb, such as `release.freeze`."""
    target = models.CharField(max_length=200)
    """What it was done to, in words that stay readable, such as `ada / release 3`."""
    details = models.JSONField(default=dict)
    place = models.PositiveBigIntegerField(null=True)
    """In the chain of the project's lines, from 1; None until `log_chain` gave it one."""
    hash_before = models.CharField(max_length=64, default="")
    """SHA-256, in hexadecimal, of the line that has the place before."""

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("project", "-id")),
            models.Index(
                fields=("project",), name="log_waits_for_place", condition=models.Q(place=None)
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("project", "place"), name="one_log_line_at_a_place"),
            models.UniqueConstraint(
                fields=("place",),
                name="one_log_line_of_the_site_at_a_place",
                condition=models.Q(project=None),
            ),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The action log is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The action log is append-only.")
