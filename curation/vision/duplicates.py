"""Which pictures are nearly the same: candidates by their hashes and descriptors, then by pixels.

All thresholds stand here. They hold for the hashes and descriptors of one version of
`curation.vision`; whoever changes those, or these, raises `DUPLICATES_VERSION`.
`tests/bench/bench_duplicates.py` measures what they find and what they make up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from curation.vision.hashes import MIRRORED_BITS
from curation.vision.sketch import Sketch

DUPLICATES_VERSION = 1
"""One higher whenever pairs are found or judged differently: all are then looked for again."""

HASH_ALONE = 7
"""Whole pictures whose hashes differ in so many bits, one mirrored or not, are looked at."""
HASH_WITH = 10
"""So are those with so many where one has no face that could speak against it."""
FACES_WITHIN: tuple[tuple[float, int], ...] = (
    (0.15, 22),
    (0.2, 20),
    (0.25, 12),
    (0.45, 8),
)
"""And those with faces whose descriptors are this close, where so many bits differ at most between
the pictures' hashes or the faces'."""
TELLING_BITS = 4
"""Hashes that are so much nearer one way round tell whether a picture was mirrored."""
WHOLE_BITS = 14
"""Where more bits differ, one picture is at most a part of the other."""
SAME_PIXELS = 0.965
"""Correlation of two aligned pictures from which on they are nearly the same."""
SHOT_SECONDS, SAME_PIXELS_IN_A_SHOT = 5.0, 0.94
"""Frames of one shot of a film that are no further apart are looked at whatever their hashes say,
and are nearly the same from this correlation on: nothing was cut between them."""
LEAST_SHARED = 0.5
"""Of the larger picture the smaller must show so much, bars aside."""

NUM_DESCRIPTOR = 128
Matrix = NDArray[np.float32]
_AT_ONCE = 512
"""So many are compared with as many: what is known of the pairs stays in a processor's cache."""
_PAIR = np.dtype(
    [("earlier", np.intp), ("later", np.intp), ("distance", np.float32), ("is_one_shot", np.bool_)]
)
"""Two pictures, how far apart their descriptors are, and whether they are frames of one moment."""
_MIRROR = np.uint64(MIRRORED_BITS)
HOPELESS = 0.9
"""At half the size all pictures correlate more: what does not reach this is not the same."""
_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
_FEW_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 8, 1e-3)
_HALVES = np.array([[1, 1, 0.5], [1, 1, 0.5]], np.float32)
"""What makes a matrix between two pictures one between their halves."""


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """By what N pictures are compared, side by side; a picture's face is its largest."""

    hashes: NDArray[np.uint64]
    """(N,) of whole pictures."""
    face_hashes: NDArray[np.uint64]
    """(N,), anything where there is no face."""
    descriptors: NDArray[np.float32]
    """(N, 128), anything where there is no face."""
    has_face: NDArray[np.bool_]
    """(N,)."""
    shots: NDArray[np.int64]
    """(N,) which shot of a film each is a frame of, by any number; less than 0 for no frame."""
    seconds: NDArray[np.float64]
    """(N,) its time code; anything for no frame."""

    def __len__(self) -> int:
        return len(self.hashes)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two pictures that may be nearly the same, by their places in `Prints`, and why."""

    earlier: int
    later: int
    hash_bits: int
    """In how many bits the pictures' hashes differ, mirrored or not, whichever is less."""
    face_bits: int | None
    """The same of the faces' hashes; None where one has no face."""
    descriptor: float | None
    """Distance between the descriptors."""
    is_mirrored: bool | None
    """Whether one picture is mirrored; None when the hashes do not tell."""
    is_one_shot: bool
    """Whether both are frames of one shot, a moment apart."""

    @property
    def edges_meet(self) -> bool:
        """Whether the edges of one may lie on those of the other: hashes of crops differ more."""
        return self.hash_bits <= WHOLE_BITS

    @property
    def wanted(self) -> float:
        """The likeness from which on the two are nearly the same."""
        return SAME_PIXELS_IN_A_SHOT if self.is_one_shot else SAME_PIXELS


def candidates(prints: Prints, *, num_known: int = 0) -> Iterator[Candidate]:
    """Every pair that is worth a look at its pixels, by the later and then the earlier picture.

    The first `num_known` pictures were compared with each other before: the others are compared
    with them, and among themselves.
    """
    squares = np.einsum("nd,nd->n", prints.descriptors, prints.descriptors)
    for start in range(num_known, len(prints), _AT_ONCE):
        later = slice(start, min(start + _AT_ONCE, len(prints)))
        # Where processors are busy, a product by several threads takes ten times as long.
        with threadpool_limits(1, "blas"):
            tiles = [
                _worth_a_look(prints, squares, later, slice(column, column + _AT_ONCE))
                for column in range(0, later.stop, _AT_ONCE)
            ]
        pairs = np.concatenate(tiles)
        pairs = pairs[pairs["earlier"] < pairs["later"]]
        pairs = np.sort(pairs, order=("later", "earlier"))
        for before, after, distance, is_one_shot in pairs.tolist():
            yield _candidate(prints, before, after, distance=distance, is_one_shot=is_one_shot)


def _worth_a_look(
    prints: Prints, squares: NDArray[np.float32], later: slice, earlier: slice
) -> NDArray[np.void]:
    """Pairs (N,) of `_PAIR`: one of the pictures in each slice."""
    bits = _bits(prints.hashes[later], prints.hashes[earlier])
    fewest = np.minimum(bits, _bits(prints.face_hashes[later], prints.face_hashes[earlier]))
    distances = prints.descriptors[later] @ prints.descriptors[earlier].T
    distances *= -2
    distances += squares[later, None]
    distances += squares[None, earlier]  # squared
    have_faces = prints.has_face[later, None] & prints.has_face[None, earlier]
    is_near = np.zeros_like(have_faces)
    for distance, most in FACES_WITHIN:
        is_near |= (distances <= distance**2) & (fewest <= most)
    is_near &= have_faces
    is_near |= bits <= HASH_ALONE
    is_near |= ~have_faces & (bits <= HASH_WITH)
    is_one_shot = _in_one_shot(prints, later, earlier)
    is_near |= is_one_shot
    rows, columns = np.nonzero(is_near)
    found = np.empty(len(rows), _PAIR)
    found["earlier"], found["later"] = columns + earlier.start, rows + later.start
    found["distance"] = np.sqrt(np.maximum(0, distances[rows, columns]))
    found["is_one_shot"] = is_one_shot[rows, columns]
    return found


def _in_one_shot(prints: Prints, later: slice, earlier: slice) -> NDArray[np.bool_]:
    """Which of those in one slice are frames of the same moment as those in another."""
    shots, others = prints.shots[later, None], prints.shots[None, earlier]
    if not (np.any(shots >= 0) and np.any(others >= 0)):
        return np.zeros((shots.size, others.size), np.bool_)
    apart = np.abs(prints.seconds[later, None] - prints.seconds[None, earlier])
    are: NDArray[np.bool_] = (shots >= 0) & (shots == others) & (apart <= SHOT_SECONDS)
    return are


def _candidate(
    prints: Prints, earlier: int, later: int, *, distance: float, is_one_shot: bool
) -> Candidate:
    straight, turned = _both_ways(prints.hashes[earlier], prints.hashes[later])
    face = None
    if prints.has_face[earlier] and prints.has_face[later]:
        face = _both_ways(prints.face_hashes[earlier], prints.face_hashes[later])
    # Of crops only the faces' hashes say which way round they are.
    telling = face if face and min(face) < min(straight, turned) else (straight, turned)
    return Candidate(
        earlier=earlier,
        later=later,
        hash_bits=min(straight, turned),
        face_bits=min(face) if face else None,
        descriptor=distance if face else None,
        is_mirrored=False if is_one_shot else _tells(*telling),
        is_one_shot=is_one_shot,
    )


def _both_ways(one: np.uint64, other: np.uint64) -> tuple[int, int]:
    differing = int(one) ^ int(other)
    return differing.bit_count(), (differing ^ MIRRORED_BITS).bit_count()


def _bits(rows: NDArray[np.uint64], columns: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """In how many bits each two differ, mirrored or not, whichever is less."""
    differing = rows[:, None] ^ columns[None, :]
    straight = np.bitwise_count(differing)
    differing ^= _MIRROR
    fewer: NDArray[np.uint8] = np.minimum(straight, np.bitwise_count(differing))
    return fewer


def _tells(straight: int, turned: int) -> bool | None:
    return turned < straight if abs(straight - turned) >= TELLING_BITS else None


def likeness(
    one: Sketch, other: Sketch, *, is_mirrored: bool | None = None, edges_meet: bool = True
) -> float:
    """The correlation of two pictures once one is laid on the other, -1 to 1.

    One, mirrored or not or tried both ways, is stretched, turned and shifted until they agree best
    (Evangelidis and Psarakis, 2008), from where their faces meet, and their edges unless they are
    known not to. -1 where too little is shared.
    """
    if one.face and other.face and one.face[2] > other.face[2]:
        one, other = other, one  # what shows more is laid on the closer view, and covers it
    best = -1.0
    for mirrored in (False, True) if is_mirrored is None else (is_mirrored,):
        laid = _mirrored(one) if mirrored else one
        for start in _starts(laid, other, edges_meet=edges_meet):
            best = max(best, _correlation(laid.gray, other.gray, start))
            if best >= SAME_PIXELS:
                return best
    return best


def _correlation(one: NDArray[np.uint8], other: NDArray[np.uint8], start: Matrix) -> float:
    """Coarsely first: most candidates already differ at half the size, which takes a fifth."""
    halved = start * _HALVES
    coarse, matrix = _aligned(_half(one), _half(other), halved, _FEW_STEPS, blur=3)
    if coarse < HOPELESS:
        return coarse
    correlation, matrix = _aligned(one, other, matrix / _HALVES, _STEPS, blur=5)
    return correlation if _shared(matrix, one, other) >= LEAST_SHARED else -1.0


def _aligned(
    one: NDArray[np.uint8],
    other: NDArray[np.uint8],
    start: Matrix,
    steps: tuple[int, int, float],
    *,
    blur: int,
) -> tuple[float, Matrix]:
    """The best correlation that is found from `start` on, and the matrix that gives it."""
    try:
        correlation, matrix = cv2.findTransformECC(  # type: ignore[call-overload]  # no mask is one
            other, one, start, cv2.MOTION_AFFINE, steps, None, blur
        )
    except cv2.error:  # nothing to go by, or it led away
        return -1.0, start
    return float(correlation), matrix


def _half(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = max(4, gray.shape[1] // 2), max(4, gray.shape[0] // 2)
    return cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _mirrored(sketch: Sketch) -> Sketch:
    face = sketch.face
    if face is not None:
        x, y, side = face
        face = sketch.gray.shape[1] - x, y, side
    return Sketch(np.ascontiguousarray(sketch.gray[:, ::-1]), face)


def _starts(one: Sketch, other: Sketch, *, edges_meet: bool) -> Iterator[Matrix]:
    """Where to begin: matrices (2, 3) from pixels of `other` to those of `one`."""
    if one.face and other.face:
        (x, y, side), (other_x, other_y, other_side) = one.face, other.face
        scale = side / other_side
        yield np.array(
            [[scale, 0, x - scale * other_x], [0, scale, y - scale * other_y]], np.float32
        )
        if not edges_meet:
            return
    (height, width), (other_height, other_width) = one.gray.shape, other.gray.shape
    yield np.array([[width / other_width, 0, 0], [0, height / other_height, 0]], np.float32)


def _shared(matrix: Matrix, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """How much of the larger picture lies on the other."""
    (height, width), (other_height, other_width) = one.shape, other.shape
    laid = (_corners(other_width, other_height) @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    shared, _outline = cv2.intersectConvexConvex(laid, _corners(width, height))
    return float(shared / max(cv2.contourArea(laid), width * height))


def _corners(width: int, height: int) -> Matrix:
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
