"""The lock behind which an account changes."""

from __future__ import annotations

from curation.projects.models import User


def lock_people(person: User, actor: User | None) -> tuple[User, User | None]:
    """Both as they are now, held still until the transaction ends; None stays None.

    The one who acts too: of two who shut each other out at once, one was first. In one order of
    rows, so that neither waits for the other for ever.
    """
    ids = {person.pk, actor.pk if actor else person.pk}
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    held = {row.pk: row for row in rows}
    return held[person.pk], held[actor.pk] if actor else None
