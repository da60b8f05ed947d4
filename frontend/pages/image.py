"""One image with all that is known of it: what became of it, where it is from, what was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from curation.analysis.selectors import faces_of
from curation.consensus.blind import blindfolds_of
from curation.consensus.cases import Case, case_of
from curation.consensus.duplicate_groups import better_copy_of
from curation.consensus.weights import weights_of
from curation.duplicates.selectors import alike, near_duplicates_of
from curation.gold.selectors import gold_of
from curation.hints.selectors import Suspicion, suspicion_of
from curation.images.access import access_image
from curation.images.models import Image
from curation.images.selectors import neighbours_of
from curation.manual.reasons import Reason
from curation.manual.selectors import current_reasons, reason_titles
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.sources.selectors import provenances_of
from curation.subjects.access import PicturesHidden, access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act
from frontend.addresses import address
from frontend.forms.gold import GoldForm
from frontend.hint_words import sentences, suspicion_titles
from frontend.numbers import number_in
from frontend.pages.weight_words import lines_of, together
from frontend.person import page

_SHOWN = 0.005
"""A reason that is suspected less than so much has no bar."""


@page("GET")
def image(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """The picture with its faces, its decision, its number and name, and where it comes from."""
    image = access_image(person, project_slug, subject_slug, number)
    if not is_covered(image.subject, Act.CURATE):
        raise PicturesHidden
    before, after = neighbours_of(image)
    case = None if image.purged_at else case_of(image, viewer=person)
    titles = reason_titles(image.subject.project)
    context = {
        "subject": image.subject,
        "image": image,
        "before": before,
        "after": after,
        "provenances": provenances_of(image),
        "case": case,
        "decision": case and case.decision,
        "reason_titles": titles,
        **_weights(case),
        **_gold(image, case),
        **_hints(image, case, person, titles),
    }
    return render(request, "image/image.html", context)


def _weights(case: Case | None) -> dict[str, Any]:
    """What each vote and the machine weighed, where the viewer may see the votes."""
    weights = case and weights_of(case)
    if not weights:
        return {"weights": None}
    return {"weights": weights, "weight_lines": lines_of(weights), "together": together(weights)}


@page("GET")
def go_to(request: HttpRequest, person: User, project_slug: str, subject_slug: str) -> HttpResponse:
    """On to the picture with the number that was typed; else to all of them, and say why."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    typed = request.GET.get("number", "").strip()
    number = number_in(typed) or 0
    if Image.objects.filter(subject=subject, number=number).exists():
        return redirect(address("image", subject, number=number))
    messages.error(
        request, _("%(subject)s has no picture %(number)s.") % {"subject": subject, "number": typed}
    )
    return redirect(address("images", subject))


def _gold(image: Image, case: Case | None) -> dict[str, Any]:
    """Whether it is gold, and the form that makes it so, unless the viewer is to judge it first."""
    if case is None or case.blindfold.hides_hints:
        return {"gold": None}
    return {
        "gold": gold_of(image),
        "gold_form": GoldForm(reasons=current_reasons(image.subject.project)),
    }


def _hints(
    image: Image, case: Case | None, viewer: User, titles: Mapping[Reason, str]
) -> dict[str, Any]:
    """What the machine saw, unless the viewer is to judge the image first.

    That another image is nearly the same is a hint on both of the two. Who has yet to judge that
    one is told what would be suspected if it were not there.
    """
    if case and case.blindfold.hides_hints:
        return {"analysis": None, "faces": [], "near_duplicates": [], "suspicion": None}
    analysis, faces = faces_of(image)
    near = near_duplicates_of(image)
    others = Image.objects.filter(pk__in=[other for _one, other in alike([image.pk])])
    blindfolds = blindfolds_of(viewer, others)
    shown = [each for each in near if not blindfolds[each.pk].hides_hints]
    alone = any(each.hides_hints for each in blindfolds.values())
    suspicion = None if image.purged_at else suspicion_of(image, alone=alone)
    return {
        "analysis": analysis,
        "faces": faces,
        "near_duplicates": shown,
        "suspicion": suspicion and _in_words(suspicion, image, shown, titles),
    }


def _in_words(
    suspicion: Suspicion, image: Image, near: Sequence[Image], titles: Mapping[Reason, str]
) -> dict[str, Any]:
    """What is suspected, what it goes by, and a bar for whatever is not next to nothing.

    A better copy is named only where it may be seen: `near` are those that may.
    """
    names = suspicion_titles(titles)
    why = sentences(suspicion.traits)
    better = better_copy_of(image, near) if "better_copy" in why else None
    if better is None:
        why.pop("better_copy", None)
    return {
        "title": names.get(suspicion.reason, ""),
        "sentences": why,
        "better": better,
        "bars": [
            (names[reason], round(share * 100))
            for reason, share in suspicion.scores.items()
            if share >= _SHOWN
        ],
        "keep": round(suspicion.keep * 100),
    }
