"""Pictures made such as a manual throws out: covered, blurry, drawn, photographed off a screen.

Each takes an upright (H, W, 3) picture of a face with its 68 landmarks, and chance.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Points = NDArray[np.float64]
Chance = np.random.Generator
Colour = NDArray[np.float64]

CLOTHS = np.array(
    [(235, 235, 240), (120, 170, 205), (30, 30, 34), (200, 170, 180), (240, 220, 210), (60, 90, 60)]
)
COVERS = {"mask": 0.22, "hand": 0.26, "phone": 0.18, "veil": 0.14, "card": 0.12, "shades": 0.08}
"""And how often each is taken."""
_CHIN, _BETWEEN_EYES, _UNDER_NOSE = 8, 27, 33
_JAW, _LEFT_EYE, _RIGHT_EYE = slice(0, 17), slice(36, 42), slice(42, 48)


def covered(rgb: Rgb, face: Points, chance: Chance) -> Rgb:
    """With something before the face, so that much of it is not seen."""
    kind = str(chance.choice(list(COVERS), p=list(COVERS.values())))
    cloth = CLOTHS[chance.integers(len(CLOTHS))].astype(np.float64)
    if kind == "mask":
        return _cloth(rgb, face, cloth, chance, top=chance.uniform(0.2, 0.8), opacity=1.0)
    if kind == "veil":
        opacity = chance.uniform(0.55, 0.85)
        return _cloth(rgb, face, cloth, chance, top=chance.uniform(0.0, 0.7), opacity=opacity)
    if kind == "shades":
        masked = _cloth(rgb, face, cloth, chance, top=0.9, opacity=1.0)
        return _shades(masked, face, chance)
    if kind == "hand":
        return _hand(rgb, face, chance)
    return _slab(rgb, face, np.full(3, 27.0) if kind == "phone" else cloth, chance)


def blurred(rgb: Rgb, face: Points, chance: Chance) -> Rgb:
    """Out of focus, moved, far too small, or crushed by compression."""
    kind = str(chance.choice(["defocus", "motion", "tiny", "crushed"]))
    side = _height(face)
    if kind == "defocus":
        return _soft(rgb, max(0.8, side * chance.uniform(0.015, 0.04)))
    if kind == "motion":
        return _moved(
            rgb, round(max(5, side * chance.uniform(0.09, 0.22))), chance.uniform(0, np.pi)
        )
    pixels = chance.uniform(28, 55) if kind == "tiny" else chance.uniform(60, 120)
    small = cv2.resize(
        rgb, None, fx=(f := min(1.0, pixels / side)), fy=f, interpolation=cv2.INTER_AREA
    )
    if kind == "crushed":
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(3, 10))]
        small = cv2.imdecode(cv2.imencode(".jpg", small, quality)[1], cv2.IMREAD_COLOR)
    how = cv2.INTER_CUBIC if kind == "tiny" else cv2.INTER_LINEAR
    return cv2.resize(small, rgb.shape[1::-1], interpolation=how).astype(np.uint8)


def drawn(rgb: Rgb, face: Points, chance: Chance) -> Rgb:
    """As a pencil sketch, or in flat colours with black lines."""
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    if chance.random() < 0.33:
        shade = cv2.GaussianBlur(gray, (0, 0), chance.uniform(2, 8)).astype(np.float32)
        lines = np.clip(gray / np.maximum(shade, 1) * 235, 0, 255) + chance.normal(0, 4, gray.shape)
        return np.clip(lines[..., None] * np.array([1, 0.98, 0.93]), 0, 255).astype(np.uint8)
    flat = rgb
    for _ in range(3):
        flat = cv2.bilateralFilter(flat, 7, 40, 7).astype(np.uint8)
    step = int(chance.integers(16, 64))
    flat = (flat // step * step + step // 2).astype(np.uint8)
    if chance.random() < 0.2:
        return flat
    how = (255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, int(chance.integers(4, 9)))
    edges = cv2.adaptiveThreshold(cv2.medianBlur(gray, 5), *how) == 0
    return np.where(edges[..., None], (flat * 0.2).astype(np.uint8), flat)


def rephotographed(rgb: Rgb, face: Points, chance: Chance) -> Rgb:
    """A photo of a print or of a screen that lies or stands somewhere."""
    height, width = rgb.shape[:2]
    is_screen = chance.random() < 0.6
    edge = round(max(height, width) * chance.uniform(0.02, 0.07))
    rim = chance.uniform(5, 30, 3) if is_screen else chance.uniform(225, 250, 3)
    framed = cv2.copyMakeBorder(
        rgb, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=rim.tolist()
    )
    if is_screen:
        framed = _with_lines(framed, chance)
    canvas = _surface(height, width, chance)
    matrix = cv2.getPerspectiveTransform(*_laid_down(framed.shape, canvas.shape, chance))
    size = (width, height)
    laid = cv2.warpPerspective(framed, matrix, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.ones(framed.shape[:2], np.float32), matrix, size)[..., None]
    shadow = np.roll(cv2.GaussianBlur(mask, (0, 0), edge / 2 + 1), edge // 2, axis=(0, 1))[
        ..., None
    ]
    seen = (canvas * (1 - 0.5 * shadow)) * (1 - mask) + laid * mask
    return np.clip(seen + _glare(height, width, chance) * mask, 0, 255).astype(np.uint8)


def _height(face: Points) -> float:
    """From between the eyes to the chin, or from ear to ear where that is more."""
    down = np.linalg.norm(face[_CHIN] - face[_BETWEEN_EYES])
    return float(max(down, np.linalg.norm(face[36] - face[45]), 1.0))


def _paint(rgb: Rgb, mask: Rgb, colour: Colour, chance: Chance, *, opacity: float = 1.0) -> Rgb:
    """The picture with a material of that colour where the mask is 1."""
    part = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.2)[..., None] * opacity
    return (rgb * (1 - part) + _material(rgb.shape, colour, chance) * part).astype(np.uint8)


def _material(shape: tuple[int, ...], colour: Colour, chance: Chance) -> NDArray[np.float64]:
    height, width = shape[:2]
    grain = chance.normal(0, 1, (height, width)).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), chance.uniform(1, 6)).astype(np.float32)
    across, down = np.linspace(-1, 1, width)[None], np.linspace(-1, 1, height)[:, None]
    light = across * chance.uniform(-25, 25) + down * chance.uniform(-25, 25)
    tone = grain / (grain.std() + 1e-6) * 6 + light
    return np.clip(colour + tone[..., None], 0, 255)


def _filled(rgb: Rgb, corners: Points) -> Rgb:
    mask = np.zeros(rgb.shape[:2], np.uint8)
    cv2.fillPoly(mask, [corners.astype(np.int32)], 1)
    return mask


def _cloth(
    rgb: Rgb, face: Points, colour: Colour, chance: Chance, *, top: float, opacity: float
) -> Rgb:
    """Before chin and mouth, up to a part `top` of the way down the nose."""
    ridge = face[_BETWEEN_EYES] * (1 - top) + face[_UNDER_NOSE] * top
    jaw = face[1:16]
    corners = np.vstack([jaw, jaw[-1] * 0.6 + ridge * 0.4, ridge, jaw[0] * 0.6 + ridge * 0.4])
    return _paint(rgb, _filled(rgb, corners), colour, chance, opacity=opacity)


def _shades(rgb: Rgb, face: Points, chance: Chance) -> Rgb:
    mask = np.zeros(rgb.shape[:2], np.uint8)
    between = float(np.linalg.norm(face[36] - face[45]))
    for eye in (_LEFT_EYE, _RIGHT_EYE):
        x, y = face[eye].mean(axis=0).astype(int).tolist()
        cv2.ellipse(mask, (x, y), (int(between * 0.3), int(between * 0.22)), 0, 0, 360, 1, -1)
    return _paint(rgb, mask, np.full(3, 22.0), chance)


def _hand(rgb: Rgb, face: Points, chance: Chance) -> Rgb:
    """A palm and four fingers, in the colour of the face's own skin."""
    side = _height(face)
    spots = np.clip(face[[30, 1, 15, 33]].astype(int), 0, np.array(rgb.shape[1::-1]) - 1)
    skin = np.median(rgb[spots[:, 1], spots[:, 0]], axis=0) * chance.uniform(0.8, 1.1)
    centre = face[17:].mean(axis=0) + chance.uniform(-0.45, 0.45, 2) * side
    angle = chance.uniform(0, 360)
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    across = np.array([-along[1], along[0]])
    mask = np.zeros(rgb.shape[:2], np.uint8)
    palm = (centre + along * side * 0.35).astype(int).tolist()
    cv2.ellipse(mask, palm, (int(side * 0.4), int(side * 0.33)), angle, 0, 360, 1, -1)
    out = _paint(rgb, mask, skin, chance)
    for finger in range(4):
        root = centre + along * side * 0.1 + across * side * 0.16 * (finger - 1.5)
        tip = root - along * side * chance.uniform(0.4, 0.7)
        mask = np.zeros(rgb.shape[:2], np.uint8)
        ends = root.astype(int).tolist(), tip.astype(int).tolist()
        cv2.line(mask, *ends, 1, max(2, int(side * 0.14)))
        out = _paint(out, mask, skin * chance.uniform(0.88, 1.08), chance)
    return out


def _slab(rgb: Rgb, face: Points, colour: Colour, chance: Chance) -> Rgb:
    """Something flat and square, such as a phone or a card."""
    side = _height(face)
    centre = face[17:].mean(axis=0) + chance.uniform(-0.35, 0.35, 2) * side
    size = side * chance.uniform(0.45, 0.9), side * chance.uniform(0.8, 1.4)
    corners = cv2.boxPoints((centre.tolist(), size, chance.uniform(-40, 40)))
    out = _paint(rgb, _filled(rgb, corners.astype(np.float64)), colour, chance)
    mask = np.zeros(rgb.shape[:2], np.uint8)
    spot = (corners.mean(axis=0) + corners[0]) / 2
    cv2.circle(mask, spot.astype(int).tolist(), max(2, int(side * 0.07)), 1, -1)
    return _paint(out, mask, np.full(3, 75.0), chance)


def _soft(rgb: Rgb, sigma: float) -> Rgb:
    return cv2.GaussianBlur(rgb, (0, 0), sigma).astype(np.uint8)


def _moved(rgb: Rgb, length: int, angle: float) -> Rgb:
    kernel = np.zeros((length, length), np.float32)
    middle = (length - 1) / 2
    reach = np.array([np.cos(angle), np.sin(angle)]) * middle
    ends = ((middle - reach).astype(int).tolist(), (middle + reach).astype(int).tolist())
    cv2.line(kernel, *ends, 1.0, 1)
    return cv2.filter2D(rgb, -1, kernel / kernel.sum()).astype(np.uint8)


def _with_lines(rgb: Rgb, chance: Chance) -> Rgb:
    """The moire of a screen's rows against a camera's."""
    rows, columns = np.mgrid[: rgb.shape[0], : rgb.shape[1]]
    angle, period = chance.uniform(-0.3, 0.3), chance.uniform(3, 12)
    wave = np.sin((rows * np.cos(angle) + columns * np.sin(angle)) * 2 * np.pi / period)
    bright = rgb * chance.uniform(0.9, 1.15) + wave[..., None] * chance.uniform(3, 12)
    return np.clip(bright, 0, 255).astype(np.uint8)


def _surface(height: int, width: int, chance: Chance) -> NDArray[np.float64]:
    """A table's wood, or a wall."""
    colour = chance.uniform(40, 190) * np.array(
        [1.0, chance.uniform(0.65, 1), chance.uniform(0.45, 1)]
    )
    grain = chance.normal(0, 1, (height, width)).astype(np.float32)
    stretch = (chance.uniform(8, 40), chance.uniform(0.6, 2))
    grain = cv2.GaussianBlur(grain, (0, 0), stretch[0], sigmaY=stretch[1]).astype(np.float32)
    tone = grain / (grain.std() + 1e-6) * chance.uniform(2, 16)
    return np.clip(colour + tone[..., None], 0, 255)


def _laid_down(
    picture: tuple[int, ...], canvas: tuple[int, ...], chance: Chance
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The picture's corners, and where they come to lie on the canvas."""
    height, width = picture[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    middle, size = np.array([width, height]) / 2, np.array(canvas[1::-1])
    scale = chance.uniform(0.55, 0.92) * (size / np.array([width, height])).min()
    angle = np.radians(chance.uniform(-14, 14))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    laid = (corners - middle) * scale @ turn.T + size / 2
    laid += chance.uniform(-0.05, 0.05, 2) * size
    laid += chance.uniform(-0.04, 0.04, (4, 2)) * size
    return corners, laid.astype(np.float32)


def _glare(height: int, width: int, chance: Chance) -> NDArray[np.float64]:
    rows, columns = np.mgrid[:height, :width]
    x, y = chance.uniform(0, 1, 2) * (width, height)
    reach = max(height, width) * chance.uniform(0.1, 0.3)
    spot = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * reach**2))
    return (spot * chance.uniform(0, 70))[..., None]
