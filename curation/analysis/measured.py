"""From all that was seen in a picture to the few numbers that it is sorted by. Pure."""

from __future__ import annotations

from curation.analysis.look import Seen
from curation.images.measures import NOTHING_SEEN, Measured


def measured(seen: Seen) -> Measured:
    """The numbers of the picture and of its largest face."""
    of_picture: Measured = {
        **NOTHING_SEEN,
        "num_faces": len(seen.faces),
        "brightness": seen.brightness,
    }
    if not seen.faces:
        return of_picture
    face = seen.faces[0]
    left, top, right, bottom = face.face.box
    return {
        **of_picture,
        "face_size": min(right - left, bottom - top),
        "yaw": face.face.pose.yaw,
        "pitch": face.face.pose.pitch,
        "sharpness": face.sharpness,
        "mouth_open": face.face.expression.mouth_open,
        "eyes_open": face.face.expression.eyes_open,
    }
