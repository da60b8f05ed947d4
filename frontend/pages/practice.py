"""Practice: gold that is known to be gold, answered at once with right or wrong and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from curation.batches.access import access_batch, require_live_lease, require_may_be_shown
from curation.batches.models import Batch
from curation.errors import InvalidInput
from curation.gold.answer_gold import answer_gold
from curation.gold.models import Kind
from curation.gold.selectors import Answered, answers_of, given_items
from curation.images.derived import Derived
from curation.manual.models import ManualReason
from curation.manual.reasons import Reason
from curation.manual.selectors import current_manual, current_reasons, reason_titles
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.projects.permissions import VIEW
from curation.votes.plan_practice import plan_practice
from curation.votes.turns import turn_to_write
from frontend.person import page, require_named_person
from frontend.pictures.addresses import PictureAddresses


@never_cache
@page("GET", "POST")
def practice(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """One picture after the other, for whoever holds a live lease on the batch.

    A POST answers one and shows what would have been right. Nothing of an answer is told before.
    """
    batch = access_batch(person, project_slug, subject_slug, number, VIEW)
    lease = require_live_lease(person, batch)
    require_may_be_shown(batch.subject)
    plan_practice(batch=batch, lease=lease, person=person)
    just_answered = _answer(request, person) if request.method == "POST" else None
    given = list(given_items(Kind.PRACTICE).filter(lease=lease).order_by("place"))
    answers = {
        each.event.image_id: each
        for each in answers_of(person, batch.subject.project, kinds=[Kind.PRACTICE])
    }
    waiting = [item for item in given if item.image_id not in answers]
    shown = next((item for item in given if item.pk == just_answered), None)
    shown = shown or next(iter(waiting), None)
    pictures = PictureAddresses(request, person, batch.subject, until=lease.leased_until)
    context = {
        "batch": batch,
        "subject": batch.subject,
        "item": shown,
        "picture": shown and pictures.picture(shown.image.sha256, Derived.PREVIEW),
        "portraits": batch.subject.portraits.all(),
        "look_alikes": batch.subject.look_alikes.all(),
        "reasons": current_reasons(batch.subject.project),
        "result": shown and _result(batch, answers.get(shown.image_id)),
        "client_key": uuid4(),
        "num_given": len(given),
        "num_waiting": len(waiting),
        "num_answered": len(given) - len(waiting),
        "num_right": sum(
            answers[item.image_id].is_right for item in given if item.image_id in answers
        ),
    }
    return render(request, "desk/practice.html", context)


def _answer(request: HttpRequest, person: User) -> int:
    """Store what was said of which item. Raises what `answer_gold` does, and InvalidInput."""
    require_named_person(person, request.POST.get("person", ""))
    said = request.POST.get("said", "")
    try:
        item_id, key = int(request.POST.get("item", "")), UUID(request.POST.get("client_key", ""))
        reasons = [] if said in Verdict else [Reason(said)]
    except ValueError:
        raise InvalidInput(_("This answer cannot be read. Open the page again.")) from None
    with turn_to_write():
        answer_gold(
            item_id=item_id,
            person=person,
            kind=Kind.PRACTICE,
            verdict=Verdict.REJECT if reasons else Verdict(said),
            reasons=reasons,
            client_key=key,
        )
    return item_id


def _result(batch: Batch, answered: Answered | None) -> dict[str, Any] | None:
    """What is told once the picture was answered: why, and if it was wrong the manual's pictures.

    Of the reasons that are right; of those that were named where there is nothing to reject.
    """
    if answered is None:
        return None
    project = batch.subject.project
    titles = reason_titles(project)
    told = {
        "is_right": answered.is_right,
        "is_kept": not answered.known.reasons,
        "known": [titles[reason] for reason in answered.known.reasons],
        "said": [titles[reason] for reason in answered.said.reasons]
        or [str(Verdict(answered.said.verdict).label)],
        "note": answered.gold.note,
    }
    if answered.is_right:
        return told | {"reasons": _of(current_reasons(project), answered.known.reasons)}
    manual = current_manual(project)
    kept = manual.examples_to_keep  # type: ignore[attr-defined]  # prefetched by `whole`
    reasons = manual.reasons_in_use  # type: ignore[attr-defined]  # the same
    return told | {
        "reasons": _of(reasons, answered.known.reasons or answered.said.reasons),
        "to_keep": [] if answered.known.reasons else kept,
    }


def _of(used: list[ManualReason], codes: Sequence[Reason]) -> list[ManualReason]:
    return [each for each in used if each.code in codes]
