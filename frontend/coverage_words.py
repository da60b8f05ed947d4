"""What a set of pictures covers and lacks, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from curation.images.spreads import BRIGHTNESS, EYES, FACE_SIZE, MOUTH, PITCH, SHARPNESS, YAW
from curation.releases.choose import Left
from curation.releases.coverage import Finding, Lack, Wish

TITLES = {
    YAW.key: gettext_lazy("Turn"),
    PITCH.key: gettext_lazy("Nod"),
    BRIGHTNESS.key: gettext_lazy("Light"),
    MOUTH.key: gettext_lazy("Mouth"),
    EYES.key: gettext_lazy("Eyes"),
    SHARPNESS.key: gettext_lazy("Sharpness"),
    FACE_SIZE.key: gettext_lazy("Face size"),
}
RANGES = {
    YAW.key: {
        "left_profile": gettext_lazy("left profile"),
        "left": gettext_lazy("half left"),
        "front": pgettext_lazy("turn", "front"),
        "right": gettext_lazy("half right"),
        "right_profile": gettext_lazy("right profile"),
    },
    PITCH.key: {
        "down": gettext_lazy("looking down"),
        "level": gettext_lazy("level"),
        "up": gettext_lazy("looking up"),
    },
    BRIGHTNESS.key: {
        "dark": gettext_lazy("dark"),
        "medium": gettext_lazy("medium light"),
        "bright": gettext_lazy("bright"),
    },
    MOUTH.key: {
        "shut": pgettext_lazy("mouth", "shut"),
        "ajar": gettext_lazy("slightly open"),
        "open": pgettext_lazy("mouth", "open"),
    },
    EYES.key: {"shut": pgettext_lazy("eyes", "shut"), "open": pgettext_lazy("eyes", "open")},
    SHARPNESS.key: {
        "soft": gettext_lazy("soft"),
        "fair": gettext_lazy("fair"),
        "sharp": gettext_lazy("sharp"),
    },
    FACE_SIZE.key: {
        "under_128": gettext_lazy("under 128 px"),
        "128_to_255": gettext_lazy("128 to 255 px"),
        "from_256": gettext_lazy("256 px and more"),
    },
}
"""By the key of a spread and the name of a range."""

_SIDES = {
    "left_profile": gettext_lazy("left profiles"),
    "left": gettext_lazy("faces turned half left"),
    "front": gettext_lazy("faces from the front"),
    "right": gettext_lazy("faces turned half right"),
    "right_profile": gettext_lazy("right profiles"),
}
_OF_RANGE = {
    (Lack.NOD, "down"): gettext_lazy("faces that look down"),
    (Lack.NOD, "up"): gettext_lazy("faces that look up"),
    (Lack.LIGHT, "dark"): gettext_lazy("faces in the dark"),
    (Lack.LIGHT, "bright"): gettext_lazy("faces in bright light"),
    (Lack.MOUTH, "open"): gettext_lazy("open mouths"),
    (Lack.EYES, "shut"): gettext_lazy("shut eyes"),
}
_FLICKERS = gettext_lazy("the edge of the swapped face will flicker there.")
_OUTCOMES = {
    Lack.SIDE: _FLICKERS,
    Lack.SIDE_IN_THE_DARK: _FLICKERS,
    Lack.NOD: gettext_lazy("chin and brow of the swapped face will swim there."),
    Lack.LIGHT: gettext_lazy("the swapped face will have another tone than the picture there."),
    Lack.MOUTH: gettext_lazy("teeth and lips of the swapped face will smear when it speaks."),
    Lack.EYES: gettext_lazy("the swapped face will not blink."),
}

_WHOLE = {
    Lack.THIN: gettext_lazy("The set is thin: 500 to 5,000 pictures of a person are wanted."),
    Lack.SOFT: gettext_lazy(
        "A third of the faces or more are soft: the swapped face will be so too."
    ),
    Lack.SMALL: gettext_lazy(
        "A third of the faces or more are under 128 px: the swapped face can be no finer."
    ),
    Lack.ONE_SOURCE: gettext_lazy(
        "Nearly all come from one source: its light, camera and make-up are all that is learnt."
    ),
}

LEFT = {
    Left.NO_FACE: gettext_lazy("no face was found, or nobody has looked"),
    Left.SMALL: gettext_lazy("the face is too small"),
    Left.SOFT: gettext_lazy("the face is not sharp enough"),
    Left.DUPLICATE: gettext_lazy("a better copy is in"),
    Left.BUDGET: gettext_lazy("more fit than you want"),
}
"""Why a kept picture is left out of a release."""


def told_range(ranges: Mapping[str, str]) -> str:
    """Such as “Left profile, looking down, dark”."""
    words = [str(RANGES[key][name]) for key, name in ranges.items()]
    return capfirst(_(", ").join(words))


def told_finding(finding: Finding) -> str:
    """One finding in a sentence."""
    if finding.lack in _WHOLE:
        return str(_WHOLE[finding.lack])
    if finding.lack is Lack.SIDE_IN_THE_DARK:
        return _("No %(faces)s in the dark: %(outcome)s") % _said(finding)
    if finding.num == 0:
        return _("No %(faces)s: %(outcome)s") % _said(finding)
    if finding.without:
        return _("Few %(faces)s (%(num)d), none in the dark: %(outcome)s") % _said(finding)
    return _("Few %(faces)s (%(num)d): %(outcome)s") % _said(finding)


def told_wish(wish: Wish, other: str) -> str:
    """What to look for, and why."""
    said = {"faces": told_range(wish.ranges), "other": other}
    nums = {"num": wish.num, "there": wish.num_there}
    if not wish.num:
        return _("%(faces)s: %(other)s has %(there)d, this set has none.") % {**said, **nums}
    return _("%(faces)s: %(other)s has %(there)d, this set has %(num)d.") % {**said, **nums}


def _said(finding: Finding) -> dict[str, object]:
    (name, *_others) = finding.ranges.values()
    is_side = finding.lack in {Lack.SIDE, Lack.SIDE_IN_THE_DARK}
    what = _SIDES[name] if is_side else _OF_RANGE[finding.lack, name]
    return {"faces": what, "num": finding.num, "outcome": _OUTCOMES[finding.lack]}
