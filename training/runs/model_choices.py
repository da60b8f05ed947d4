"""The models that a run can train, explained to whoever chooses one.

The engine has the models themselves; a test proves that the two lists agree. Asking the engine
would load torch into every web worker.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

SAEHD_SIZES = (128, 192, 256, 320, 384, 448, 512)


def _dlight(size: int) -> Promise:
    told = _("128 px in, {size} px out. Fine detail, but only for the face of B in pictures of A.")
    return format_lazy(told, size=size)


def _saehd_df(size: int) -> Promise:
    told = _("{size} px in and out. Strongest likeness; needs two heads of similar shape.")
    return format_lazy(told, size=size)


def _saehd_liae(size: int) -> Promise:
    told = _(
        "{size} px in and out. Adapts to heads and lighting better, with a little less likeness."
    )
    return format_lazy(told, size=size)


MODELS: dict[str, Promise] = {
    "original": _("64 px in and out. Small and fast: shows whether two releases fit together."),
    "dfl-h128": _(
        "128 px in and out. Clearly sharper than original; a good first choice on a GPU."
    ),
    "dfl-256": _("128 px in, 256 px out. As dfl-h128 with twice the output size, for close-ups."),
    "dfl-sae-df": _("128 px in and out. Strong likeness; needs two heads of similar shape."),
    "dfl-sae-liae": _("128 px in and out. Adapts to heads and lighting better than dfl-sae-df."),
    "dlight-128": _dlight(128),
    "dlight-256": _dlight(256),
    "dlight-384": _dlight(384),
    **{f"saehd-df-ud-{size}": _saehd_df(size) for size in SAEHD_SIZES},
    **{f"saehd-liae-ud-{size}": _saehd_liae(size) for size in SAEHD_SIZES},
}

USUAL = frozenset(
    {
        *("original", "dfl-h128", "dfl-256", "dlight-256"),
        *("saehd-df-ud-256", "saehd-liae-ud-256"),
    }
)
"""Shown at once; the other sizes and kinds are one click away."""
