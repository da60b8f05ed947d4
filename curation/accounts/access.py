"""Who may look after whose account: make a link that resets its password, end and reopen it.

Whoever sets somebody's password can be them. So an admin may do it only where that gives them
nothing that they do not have: to people all of whose projects they administer themselves. Everybody
else's accounts, and the staff's, are the staff's to look after.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from curation.errors import NotAllowed, NotFound
from curation.projects.models import Membership, Role, User
from curation.projects.second_factor import require_second_factor


def looked_after_by(actor: User, people: Iterable[User]) -> set[int]:
    """The ids of those among `people` whose accounts `actor` may look after, in two queries.

    Nobody looks after their own: they have their password page, and must not shut themselves out.
    """
    everybody = list(people)
    others = [person for person in everybody if person.pk != actor.pk]
    if not actor.is_active:
        return set()
    if actor.is_staff:
        return {one.pk for one in others if actor.is_superuser or not one.is_superuser}
    projects: dict[int, set[int]] = {}
    for person_id, project_id in Membership.objects.filter(user__in=everybody).values_list(
        "user", "project"
    ):
        projects.setdefault(person_id, set()).add(project_id)
    own = _administered_by(actor)
    return {
        one.pk
        for one in others
        if not (one.is_staff or one.is_superuser) and one.pk in projects and projects[one.pk] <= own
    }


def may_look_after(actor: User | None, person: User) -> bool:
    """The same of one person; None is the command line, which may all."""
    return actor is None or person.pk in looked_after_by(actor, [person])


def require_may_look_after(actor: User | None, person: User) -> None:
    """Raises NotFound to who administers no project of theirs, NotAllowed, SecondFactorNeeded."""
    if actor is None:
        return
    if not actor.is_staff:
        theirs = set(Membership.objects.filter(user=person).values_list("project", flat=True))
        if not theirs & _administered_by(actor):
            raise NotFound
    require_second_factor(actor)
    if actor.pk == person.pk:
        raise NotAllowed(_("This is your own account. Ask somebody else to do this."))
    if not may_look_after(actor, person):
        raise NotAllowed(
            _(
                "%(person)s is also in projects that you do not administer, or belongs to the "
                "staff. Ask the staff of this site."
            )
            % {"person": person}
        )


def access_person(actor: User, person_id: int) -> User:
    """The person, if `actor` may look after their account.

    Raises NotFound, NotAllowed, SecondFactorNeeded.
    """
    person = User.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    require_may_look_after(actor, person)
    return person


def _administered_by(actor: User) -> set[int]:
    """The ids of the projects whose admin they are."""
    rows = Membership.objects.filter(user=actor, role=Role.ADMIN, user__is_active=True)
    return set(rows.values_list("project", flat=True))
