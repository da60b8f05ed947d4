"""What this stage says no to."""

from __future__ import annotations

from curation.errors import Conflict, InvalidInput


class NothingToTake(Conflict):
    """Every picture of the batch has the person's vote, or needs none."""

    code = "nothing_to_take"


class PictureMissing(Conflict):
    """The bytes of a picture that belongs into the pack are not there."""

    code = "picture_missing"


class NoPack(InvalidInput):
    """What was sent is not a zip that can be read."""

    code = "no_pack"


class NoSlip(InvalidInput):
    """The file that says whose pack it is is missing, or not the one that was handed out."""

    code = "no_slip"


class OtherPack(InvalidInput):
    """The pack belongs to another person or another batch."""

    code = "other_pack"


class PreviewEnded(InvalidInput):
    """What was to be cast is not what this site has shown to this person."""

    code = "preview_ended"
