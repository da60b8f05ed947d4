"""Colour augmentation in the CIE Lab space, for whole batches on any device.

Lab is scaled as 8-bit pictures have it, to 0 to 1: lightness from black to white, and two colour
axes whose middle is 128/255. Conversions after CIE 15 for sRGB and the white point D65.
"""

from __future__ import annotations

import torch
from torch import Tensor

BINS = 256
MOST_TILES = 6
CLIP = 2.0
"""Clip limit of the tile histograms, in multiples of the average bin."""
WHITE_X, WHITE_Z = 0.950456, 1.088754


def to_lab(rgb: Tensor) -> Tensor:
    """(N, 3, H, W) sRGB, 0 to 1, as Lab, 0 to 1."""
    linear = _linear(rgb)
    red, green, blue = linear.unbind(1)
    x = _root((0.412453 * red + 0.357580 * green + 0.180423 * blue) / WHITE_X)
    y = _root(_luminance(linear))
    z = _root((0.019334 * red + 0.119193 * green + 0.950227 * blue) / WHITE_Z)
    return torch.stack([_lightness(y), (500 * (x - y) + 128) / 255, (200 * (y - z) + 128) / 255], 1)


def lightness_of(rgb: Tensor) -> Tensor:
    """(N, 3, H, W) sRGB, 0 to 1, as Lab lightness alone: (N, H, W), 0 to 1."""
    return _lightness(_root(_luminance(_linear(rgb))))


def to_rgb(lab: Tensor) -> Tensor:
    """(N, 3, H, W) Lab, 0 to 1, as sRGB, clipped to its gamut."""
    lightness, first, second = lab.unbind(1)
    y = (lightness * 100 + 16) / 116
    x = y + (first * 255 - 128) / 500
    z = y - (second * 255 - 128) / 200
    x, y, z = _cube(x) * WHITE_X, _cube(y), _cube(z) * WHITE_Z
    linear = torch.stack(
        [
            3.240479 * x - 1.537150 * y - 0.498535 * z,
            -0.969256 * x + 1.875991 * y + 0.041556 * z,
            0.055648 * x - 0.204043 * y + 1.057311 * z,
        ],
        1,
    ).clamp(0, 1)
    curved = 1.055 * _power(linear, 1 / 2.4) - 0.055
    return torch.where(linear > 0.0031308, curved, 12.92 * linear)


def nudge(lab: Tensor, reach: Tensor) -> Tensor:
    """Lab shifted by `reach` (N, 3), -1 to 1: lightness and the two colour axes.

    Each moves a share of the way to its end, so nothing is clipped.
    """
    reach = reach[:, :, None, None]
    return lab + reach * torch.where(reach > 0, 1 - lab, lab)


def contrast_curves(lightness: Tensor, tiles: Tensor) -> Tensor:
    """Each tile's tone curve: (N, MOST_TILES² * BINS), 0 to 1.

    Contrast-limited adaptive histogram equalisation (Zuiderveld 1994) of pictures' `lightness`
    (N, H, W), 0 to 1, each divided into `tiles` (N,) times as many tiles, 0 to MOST_TILES.
    """
    count, height, width = lightness.shape
    per_side = tiles.clamp(min=1).view(-1, 1, 1)
    rows = torch.arange(height, device=lightness.device)[None, :, None] * per_side // height
    columns = torch.arange(width, device=lightness.device)[None, None, :] * per_side // width
    place = ((rows * MOST_TILES + columns) * BINS + _shades(lightness)).flatten(1)
    counts = torch.zeros(count, MOST_TILES**2 * BINS, device=lightness.device)
    counts = counts.scatter_add(1, place, torch.ones_like(place, dtype=counts.dtype))
    counts = counts.view(count, -1, BINS)
    # Avoids a division by 0 for tiles that this picture does not have.
    total = counts.sum(dim=-1, keepdim=True).clamp(min=1)
    limited = torch.minimum(counts, CLIP * total / BINS)
    spread = limited + (total - limited.sum(dim=-1, keepdim=True)) / BINS
    return (spread.cumsum(dim=-1) / total).flatten(1)


def equalise(lightness: Tensor, curves: Tensor, tiles: Tensor, places: Tensor) -> Tensor:
    """`lightness` (N, H, W) by the contrast `curves` of the whole pictures that it is seen in.

    `places` (N, H, W, 2) says where in them, x and y, -1 to 1 from edge to edge. Between the
    middles of tiles their curves are mixed; a picture with 0 `tiles` stays as it is.
    """
    shades, per_side = _shades(lightness), tiles.clamp(min=1).view(-1, 1, 1)
    last = per_side - 1
    from_first = (places + 1) / 2 * per_side[..., None] - 0.5
    before = from_first.floor()
    column_share, row_share = (from_first - before).unbind(-1)
    column, row = before.long().unbind(-1)

    def shade_by(row: Tensor, column: Tensor) -> Tensor:
        tile = row.clamp(min=0).minimum(last) * MOST_TILES + column.clamp(min=0).minimum(last)
        return curves.gather(1, (tile * BINS + shades).flatten(1)).view(shades.shape)

    above = torch.lerp(shade_by(row, column), shade_by(row, column + 1), column_share)
    below = torch.lerp(shade_by(row + 1, column), shade_by(row + 1, column + 1), column_share)
    return torch.where(tiles.view(-1, 1, 1) > 0, torch.lerp(above, below, row_share), lightness)


def _shades(lightness: Tensor) -> Tensor:
    return (lightness * (BINS - 1)).long().clamp(0, BINS - 1)


def _linear(rgb: Tensor) -> Tensor:
    """sRGB as amounts of light."""
    return torch.where(rgb > 0.04045, _power((rgb + 0.055) / 1.055, 2.4), rgb / 12.92)


def _luminance(linear: Tensor) -> Tensor:
    red, green, blue = linear.unbind(1)
    return 0.212671 * red + 0.715160 * green + 0.072169 * blue


def _lightness(root: Tensor) -> Tensor:
    return (116 * root - 16) / 100


def _power(base: Tensor, exponent: float) -> Tensor:
    # GPUs have these two in hardware; a general power takes them a hundred instructions.
    return torch.exp2(exponent * torch.log2(base.clamp(min=1e-6)))


def _root(value: Tensor) -> Tensor:
    return torch.where(value > 0.008856, _power(value, 1 / 3), 7.787 * value + 16 / 116)


def _cube(value: Tensor) -> Tensor:
    return torch.where(value > 0.206893, value**3, (value - 16 / 116) / 7.787)
