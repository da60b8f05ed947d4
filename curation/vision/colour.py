"""Conversion of any colour encoding to 8-bit sRGB."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageCms


def to_rgb(image: Image.Image) -> Image.Image:
    """The picture in 8-bit sRGB, with white where it is transparent.

    Raises ValueError for colours that have no agreed look, such as floating-point TIFF.
    """
    if image.mode == "F":
        raise ValueError("floating-point pixels have no agreed brightness")
    if image.mode.startswith("I"):
        image = _from_16_bit(image)
    elif image.has_transparency_data:
        image = _on_white(image)
    elif image.mode not in {"RGB", "L", "CMYK"}:
        image = _with_profile_of(image, image.convert("RGB"))
    return _in_srgb(image)


def _from_16_bit(image: Image.Image) -> Image.Image:
    levels = np.asarray(image).astype(np.int64).clip(0, 65535) >> 8
    return Image.fromarray(levels.astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return _with_profile_of(image, Image.alpha_composite(white, layer).convert("RGB"))


def _with_profile_of(original: Image.Image, image: Image.Image) -> Image.Image:
    image.info["icc_profile"] = original.info.get("icc_profile")
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Phones save in Display P3, scanners in Adobe RGB: without this, skin would look dull."""
    profile = image.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if "srgb" not in ImageCms.getProfileDescription(source).lower():
                srgb = ImageCms.createProfile("sRGB")
                converted = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
                image = converted or image
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile, or one of another colour space: the bare numbers must do
    return image if image.mode == "RGB" else image.convert("RGB")
