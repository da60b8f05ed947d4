"""What a face does, from its mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from curation.vision.mesh import FaceMesh

_LIPS = (13, 14)
"""Points in the middle of the upper and the lower lip, inside."""
_MOUTH = (61, 291)
"""The corners of the mouth."""
_EYES = (((33, 133), (159, 145)), ((362, 263), (386, 374)))
"""Each eye's corners, and the middle of its lids."""
_CHEEKS = (234, 454)
"""Where the face is widest."""


@dataclass(frozen=True, slots=True)
class Expression:
    """Shares of lengths along the face, so that they mean the same however it is turned."""

    mouth_open: float
    """Gap between the lips, of the mouth's width; 0.03 is shut, 0.3 wide open."""
    mouth_wide: float
    """Width of the mouth, of the face's; 0.37 at rest, 0.43 smiling."""
    eyes_open: float
    """Gap between the lids, of the width of the eye that is open wider; 0.35 is open, 0.25 shut."""


def expression_of(mesh: FaceMesh) -> Expression:
    """The expression of a face. Far sides of turned faces are the mesh's guess."""
    mouth = max(_apart(mesh, _MOUTH), 1e-6)
    eyes = [_apart(mesh, lids) / max(_apart(mesh, corners), 1e-6) for corners, lids in _EYES]
    return Expression(
        mouth_open=_apart(mesh, _LIPS) / mouth,
        mouth_wide=mouth / max(_apart(mesh, _CHEEKS), 1e-6),
        eyes_open=max(eyes),
    )


def _apart(mesh: FaceMesh, points: tuple[int, int]) -> float:
    """The distance between two points in space."""
    one, other = mesh.points[list(points)]
    return float(np.linalg.norm(one - other))
