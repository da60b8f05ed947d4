"""Whether one image is gold: the buttons of its page. Many at once: `frontend/api/grid_acts.py`."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from curation.consensus.blind import images_to_judge
from curation.errors import InvalidInput
from curation.gold.mark_gold import mark_gold
from curation.gold.taking import LeftOut, Taken
from curation.gold.unmark_gold import unmark_gold
from curation.images.access import access_image
from curation.images.models import Image
from curation.manual.selectors import current_reasons
from curation.projects.models import User
from frontend.addresses import address
from frontend.forms.gold import GoldForm
from frontend.person import page, require_named_person
from frontend.refusals import refusals_as_messages

WHY_LEFT_OUT = {
    LeftOut.TO_JUDGE: gettext_lazy("You are to judge this picture yourself first."),
    LeftOut.PURGED: gettext_lazy("This picture was purged, so nothing was changed."),
}


@page("POST")
def mark(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """Make the image gold, with the answer that was given."""
    require_named_person(person, request.POST.get("person", ""))
    image = access_image(person, project_slug, subject_slug, number)
    form = GoldForm(request.POST, reasons=current_reasons(image.subject.project))

    def act() -> Taken:
        if not form.is_valid():
            raise InvalidInput(str(next(iter(form.errors.values()))[0]))
        return mark_gold(
            subject=image.subject,
            images=Image.objects.filter(pk=image.pk),
            **form.cleaned_data,
            to_judge=images_to_judge(person, image.subject),
            actor=person,
        )

    return _done(request, image, act, _("Picture %(number)05d is gold now."))


@page("POST")
def unmark(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """Have the image be gold no more."""
    require_named_person(person, request.POST.get("person", ""))
    image = access_image(person, project_slug, subject_slug, number)

    def act() -> Taken:
        return unmark_gold(
            subject=image.subject,
            images=Image.objects.filter(pk=image.pk),
            to_judge=images_to_judge(person, image.subject),
            actor=person,
        )

    return _done(request, image, act, _("Picture %(number)05d is no longer gold."))


def _done(request: HttpRequest, image: Image, act: Callable[[], Taken], said: str) -> HttpResponse:
    with refusals_as_messages(request):
        taken = act()
        if taken.numbers:
            messages.success(request, said % {"number": image.number})
        for why in taken.left_out:
            messages.error(request, WHY_LEFT_OUT[why])
    return redirect(address("image", image) + "#gold")
