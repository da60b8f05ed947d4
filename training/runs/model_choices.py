"""The models that a run can train, explained to whoever chooses one.

The engine has the models themselves; a test proves that the two lists agree. Asking the engine
would load torch into every web worker.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MODELS: dict[str, Promise] = {
    "original": _("Original: 64 × 64 pixels in and out. Small and quick to learn."),
}
