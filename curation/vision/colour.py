"""Conversion of any colour encoding to 8-bit sRGB."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from curation.vision.tiff_tags import PHOTOMETRIC

_WHITE_IS_ZERO = 0


def to_rgb(image: Image.Image) -> Image.Image:
    """The picture in 8-bit sRGB, with white where it is transparent.

    Raises ValueError for colours that have no agreed look, such as floating-point TIFF.
    """
    if image.mode == "F":
        raise ValueError("floating-point pixels have no agreed brightness")
    if image.mode.startswith("I"):
        image = _with_profile_of(image, _from_16_bit(image))
    elif image.has_transparency_data:
        return _on_white(_in_srgb(_with_profile_of(image, image.convert("RGBA"))))
    elif image.mode not in {"RGB", "L", "CMYK"}:
        image = _with_profile_of(image, image.convert("RGB"))
    return _in_srgb(image)


def _from_16_bit(image: Image.Image) -> Image.Image:
    levels = np.asarray(image).astype(np.int64).clip(0, 65535) >> 8
    if getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == _WHITE_IS_ZERO:
        levels = 255 - levels
    return Image.fromarray(levels.astype(np.uint8))


def _on_white(layer: Image.Image) -> Image.Image:
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB")


def _with_profile_of(original: Image.Image, image: Image.Image) -> Image.Image:
    image.info["icc_profile"] = original.info.get("icc_profile")
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """RGBA stays it; all else becomes RGB.

    Phones save in Display P3, scanners in Adobe RGB: without this, skin would look dull.
    """
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    profile = image.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if "srgb" not in ImageCms.getProfileDescription(source).lower():
                srgb = ImageCms.createProfile("sRGB")
                fit = _fit_for(source, image)
                image = ImageCms.profileToProfile(fit, source, srgb, outputMode=mode) or image
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile, or one of another colour space: the bare numbers must do
    return image if image.mode == mode else image.convert(mode)


def _fit_for(source: ImageCms.ImageCmsProfile, image: Image.Image) -> Image.Image:
    """Gray numbers under a profile of three colours are three that are the same."""
    is_of_colours = source.profile.xcolor_space.strip() == "RGB"
    return image.convert("RGB") if is_of_colours and image.mode == "L" else image
