"""Tracks a face's landmarks from frame to frame by optical flow."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from curation.vision.alignment import Matrix, Points, Rgb, apply
from curation.vision.resize import in_gray, resized

LONGEST_SIDE = 640
"""Longest side of the grey copies for optical flow."""
THUMBNAIL = (32, 18)
CUT = 28.0
"""Threshold of the mean thumbnail difference for a shot cut."""
FURTHEST_BACK = 0.03
"""Threshold of the forward-backward error, in face sizes."""
ODD_ONE_OUT = 0.06
MOST_GROWTH = 1.2
Grey = NDArray[np.uint8]


def grey_copy(rgb: Rgb) -> Grey:
    """A small grey copy of a picture for optical flow."""
    scale = min(1.0, LONGEST_SIDE / max(rgb.shape[:2]))
    return in_gray(resized(rgb, scale))


def is_cut(before: Grey, now: Grey) -> bool:
    """Whether there is a shot cut between two frames."""
    one, other = (
        cv2.resize(each, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32)
        for each in (before, now)
    )
    return float(np.abs(one - other).mean()) > CUT


def follow(before: Grey, now: Grey, landmarks: Points, *, scale: float) -> Matrix | None:
    """Where landmarks (68, 2), in pixels of the picture, are in the next frame.

    `scale` brings them into the grey copies. None when tracking fails: covered,
    gone, or too fast.
    """
    points = ((np.asarray(landmarks, np.float64) + 0.5) * scale - 0.5).astype(np.float32)
    size = float(np.ptp(points, axis=0).max())
    window = int(np.clip(size / 5, 9, 31)) | 1
    options: dict[str, Any] = {"winSize": (window, window), "maxLevel": 3}
    # OpenCV's output argument may be None.
    flow: Any = cv2.calcOpticalFlowPyrLK
    there, seen, _ = flow(before, now, points[:, None], None, **options)
    back, seen_back, _ = flow(now, before, there, None, **options)
    moved = there[:, 0]
    miss = np.linalg.norm(back[:, 0] - points, axis=1)
    good = (seen[:, 0] > 0) & (seen_back[:, 0] > 0) & (miss < FURTHEST_BACK * size)
    inner = np.arange(68) >= 17
    if good[inner].sum() < 25:
        return None
    steady, _ = cv2.estimateAffinePartial2D(
        points[good & inner], moved[good & inner], ransacReprojThreshold=max(1.0, 0.02 * size)
    )
    if steady is None or not np.isfinite(steady).all():
        return None
    growth = float(np.hypot(steady[0, 0], steady[0, 1]))
    if not 1 / MOST_GROWTH < growth < MOST_GROWTH:
        return None
    # The jaw lies on the edge to the background, which moves differently.
    expected = apply(np.asarray(steady, np.float64), points)
    odd = np.linalg.norm(moved - expected, axis=1) > ODD_ONE_OUT * size
    settled = np.where((good & inner & ~odd)[:, None], moved, expected)
    return np.asarray((settled + 0.5) / scale - 0.5, np.float64)
