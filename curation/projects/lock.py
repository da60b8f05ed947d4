"""The lock that keeps two changes to a project's people or subjects from crossing."""

from __future__ import annotations

from curation.errors import Conflict
from curation.projects.models import Membership, Project, Role


class LastAdmin(Conflict):
    """The act would leave the project without an admin."""

    code = "last_admin"


def lock_project(project_id: int) -> None:
    """Hold the project's row until the transaction ends.

    Every use case that changes who or what is in a project takes it first. SQLite needs none: its
    transactions hold the only write lock from the start.
    """
    # `no_key` leaves rows that refer to the project (images, votes, log lines) free to be added.
    Project.objects.select_for_update(no_key=True).get(pk=project_id)


def is_last_admin(membership: Membership) -> bool:
    """Whether no other member is an admin who can get in. Ask it behind `lock_project`."""
    others = Membership.objects.filter(
        project_id=membership.project_id, role=Role.ADMIN, user__is_active=True
    )
    return membership.role == Role.ADMIN and not others.exclude(pk=membership.pk).exists()
