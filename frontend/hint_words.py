"""What the machine suspects and what it goes by, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from curation.hints.selectors import Trait
from curation.manual.reasons import Reason

MUCH = {
    "no_face": gettext_lazy("No face was found."),
    "unlike": gettext_lazy("The face is far from the portraits."),
    "nearer_to_another": gettext_lazy("The face is hardly nearer to the subject than to others."),
    "turned": gettext_lazy("The face is turned far to the side."),
    "unlike_and_turned": gettext_lazy("The face is far from the portraits, and turned away."),
    "others": gettext_lazy("Somebody else is in the picture."),
    "others_size": gettext_lazy("Another face is large beside the subject's."),
    "others_sure": gettext_lazy("A second face can be seen clearly."),
    "sharpness": gettext_lazy("The face is sharper than most."),
    "size": gettext_lazy("The face has many pixels."),
    "share": gettext_lazy("The face fills much of the picture."),
    "occlusion": gettext_lazy("Part of the face is hidden."),
    "looks_blurry": gettext_lazy("It looks blurry."),
    "looks_covered": gettext_lazy("Something seems to be in front of the face."),
    "looks_drawn": gettext_lazy("It looks drawn or rendered."),
    "looks_rephoto": gettext_lazy("It looks like a photo of a print or a screen."),
    "better_copy": gettext_lazy("A better copy exists:"),
    "says_generated": gettext_lazy("The file itself says that it was generated."),
}
"""What is said when a column is high."""
LITTLE = {
    "unlike": gettext_lazy("The face is very like the portraits."),
    "nearer_to_another": gettext_lazy("The face is like nobody but the subject."),
    "turned": gettext_lazy("The face looks straight at the camera."),
    "sharpness": gettext_lazy("The face is not sharp."),
    "size": gettext_lazy("The face has few pixels."),
    "share": gettext_lazy("The face is small in the picture."),
    "occlusion": gettext_lazy("Nothing hides the face."),
}
"""What is said when it is low."""


def suspicion_titles(titles: Mapping[Reason, str]) -> dict[str, str]:
    """The words for each thing of `SUSPECTED`, by its key. `titles` are the manual's."""
    manual = {reason.value: capfirst(titles[reason]) for reason in Reason}
    return {**manual, "generated": _("Made by a machine"), "odd": _("Odd in some other way")}


def sentences(traits: Iterable[Trait]) -> dict[str, str]:
    """What the machine goes by, a sentence for each column that it names."""
    return {each.column: str((MUCH if each.is_much else LITTLE)[each.column]) for each in traits}
