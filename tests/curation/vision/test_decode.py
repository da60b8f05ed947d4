from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from curation.vision.decode import Measures, Picture, Unreadable, decode, measure
from curation.vision.headers import num_scans
from tests.conftest import DEMO
from tests.stories.hostile_files import (
    gif_that_claims,
    jpeg_of_many_scans,
    png_that_claims,
    webp_that_claims,
)

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"]


def quarters(width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """Red, green, blue and white quarters: no turn or flip of it looks the same."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[: height // 2, : width // 2] = 255, 0, 0
    rgb[: height // 2, width // 2 :] = 0, 255, 0
    rgb[height // 2 :, : width // 2] = 0, 0, 255
    rgb[height // 2 :, width // 2 :] = 255, 255, 255
    return rgb


def saved(image: Image.Image | NDArray[np.uint8], name: str, **how: object) -> bytes:
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    buffer = BytesIO()
    if name == "HEIF":
        pillow_heif.from_pillow(image.convert("RGB")).save(buffer, **how)
    else:
        image.save(buffer, name, **how)
    return buffer.getvalue()


def refusal(data: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        decode(data)
    return caught.value


def close(one: NDArray[np.uint8], other: NDArray[np.uint8], *, within: float = 6) -> bool:
    """Whether two pictures look the same, but for what a lossy format changes at the edges."""
    if one.shape != other.shape:
        return False
    return bool(np.abs(one.astype(int) - other.astype(int)).mean() < within)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_its_pixels_and_its_name(name: str) -> None:
    picture = decode(saved(quarters(), name))

    assert (picture.format, picture.width, picture.height) == (name, 64, 48)
    assert picture.rgb.dtype == np.uint8
    assert close(picture.rgb, quarters())


def test_the_same_bytes_always_give_the_same_pixels_which_nobody_can_change() -> None:
    data = saved(quarters(), "JPEG")

    first, second = decode(data), decode(data)

    assert np.array_equal(first.rgb, second.rgb)
    with pytest.raises(ValueError, match="read-only"):
        first.rgb[0, 0] = 0


STORED_AS: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: np.rot90,
    7: lambda upright: np.rot90(upright, 2).transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, -1),
}


@pytest.mark.parametrize("orientation", STORED_AS)
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_picture_stands_upright_however_the_camera_was_held(name: str, orientation: int) -> None:
    stored = np.ascontiguousarray(STORED_AS[orientation](quarters()))
    exif = Image.Exif()
    exif[0x0112] = orientation

    picture = decode(saved(stored, name, exif=exif))

    assert (picture.width, picture.height) == (64, 48)
    assert close(picture.rgb, quarters())


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_exif_that_cannot_be_read_turns_nothing() -> None:
    picture = decode(saved(quarters(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xffgarbage"))

    assert close(picture.rgb, quarters())


def clear_half(mode: str) -> Image.Image:
    """Black on the left; on the right black too, but fully transparent."""
    layer = np.zeros((40, 60, 4), np.uint8)
    layer[:, :30, 3] = 255
    return Image.fromarray(layer).convert(mode)


@pytest.mark.parametrize(
    ("image", "name"),
    [
        (clear_half("RGBA"), "PNG"),
        (clear_half("LA"), "PNG"),
        (clear_half("RGBA"), "WEBP"),
        (clear_half("RGBA").quantize(8), "PNG"),
        (clear_half("RGBA"), "GIF"),
        (clear_half("RGBA"), "TIFF"),
    ],
    ids=["rgba", "gray with alpha", "webp", "palette", "gif", "tiff"],
)
def test_what_is_transparent_is_white(image: Image.Image, name: str) -> None:
    rgb = decode(saved(image, name)).rgb

    assert rgb[:, :28].max() < 8
    assert rgb[:, 32:].min() > 247


def test_a_palette_gives_its_colours() -> None:
    picture = decode(saved(Image.fromarray(quarters()).quantize(4), "PNG"))

    assert close(picture.rgb, quarters())


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_16_bits_keep_their_brightness(name: str) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)

    rgb = decode(saved(Image.fromarray(ramp), name)).rgb

    assert close(rgb, np.repeat((ramp // 257).astype(np.uint8)[..., None], 3, axis=2), within=1)


def test_print_colours_keep_their_look() -> None:
    picture = decode(saved(Image.fromarray(quarters()).convert("CMYK"), "JPEG", quality=95))

    assert picture.format == "JPEG"
    assert close(picture.rgb, quarters())


def profile_with_red_and_green_swapped() -> bytes:
    """A colour profile under which the number for red means green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in [("rXYZ", "tXYZ"), ("gXYZ", "rXYZ"), ("tXYZ", "gXYZ")]:
        profile = profile.replace(old.encode(), new.encode(), 1)
    return profile.replace("sRGB".encode("utf-16-be"), "odd!".encode("utf-16-be"))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_what_their_profile_says(mode: str) -> None:
    image = Image.fromarray(quarters()).convert(mode)

    picture = decode(saved(image, "PNG", icc_profile=profile_with_red_and_green_swapped()))

    assert close(picture.rgb, quarters()[:, :, [1, 0, 2]])


@pytest.mark.parametrize("profile", [b"no profile at all", b"\0" * 128])
def test_a_broken_profile_leaves_the_numbers_as_they_are(profile: bytes) -> None:
    assert np.array_equal(decode(saved(quarters(), "PNG", icc_profile=profile)).rgb, quarters())


def test_the_first_picture_of_a_phones_multi_picture_file_is_the_picture() -> None:
    preview = Image.fromarray(np.zeros((20, 20, 3), np.uint8))
    data = saved(quarters(), "MPO", save_all=True, append_images=[preview])

    picture = decode(data)

    assert picture.format == "JPEG"
    assert close(picture.rgb, quarters())


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG", "AVIF"])
def test_a_picture_that_moves_is_refused(name: str) -> None:
    still = Image.fromarray(quarters()[::-1].copy())

    assert refusal(saved(quarters(), name, save_all=True, append_images=[still])).code == "animated"


def test_no_bytes_are_no_picture() -> None:
    assert refusal(b"").code == "empty"


@pytest.mark.parametrize(
    "data",
    [
        b"just some words, saved as IMG_0099.JPG",
        b"\0" * 1000,
        b"BMW notes, saved as notes.bmp",
        saved(quarters(), "TGA"),
    ],
    ids=["words", "zeros", "words about cars", "tga"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    assert refusal(data).code == "not_a_picture"


@pytest.mark.parametrize("data", [b"\xff\xd8\xff", b"GIF89a", saved(quarters(), "PNG")[:30]])
def test_what_begins_as_a_picture_and_is_none_is_damaged(data: bytes) -> None:
    assert refusal(data).code == "truncated"


@pytest.mark.parametrize(
    "data",
    [
        saved(quarters(), "PPM"),
        saved(quarters(), "ICO"),
        saved(quarters(), "JPEG2000"),
        saved(Image.fromarray(np.ones((9, 9), np.float32)), "TIFF"),
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"\0\0\0\x0cJXL \r\n\x87\n",
        b"\0\0\0\x18ftypcrx \0\0\0\1crx isom",
        saved(quarters(), "JPEG").replace(b"\xff\xc0\0\x11\x08", b"\xff\xc0\0\x11\x0c", 1),
        saved(quarters(), "TIFF", tiffinfo={254: 1}),
        saved(quarters(), "TIFF", tiffinfo={50706: b"\1\4\0\0"}),
    ],
    ids=[
        *("ppm", "ico", "jpeg 2000", "measurements", "svg", "jpeg xl", "canon raw"),
        *("12-bit jpeg", "nikon raw", "dng"),
    ],
)
def test_a_kind_of_picture_that_is_not_read_is_named_with_the_cure(data: bytes) -> None:
    problem = refusal(data)
    assert problem.code == "other_kind"
    assert "Save it as JPEG" in problem.message


def test_a_web_page_under_a_pictures_name_is_called_one() -> None:
    assert refusal(b"\xef\xbb\xbf\n<!DOCTYPE html><title>Sign in</title>").code == "web_page"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_a_file_that_was_cut_off_is_refused(name: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    data = saved(noise, name)

    assert refusal(data[: int(share * len(data))]).code in {"truncated", "not_a_picture"}


def test_a_jpeg_that_was_cut_off_says_so() -> None:
    data = (DEMO / "portraits" / "ada_1.jpg").read_bytes()

    problem = refusal(data[: len(data) // 2])

    assert problem.code == "truncated"
    assert "cut off" in problem.message


KINDS_OF_JPEG: list[tuple[str, dict[str, Any]]] = [
    ("RGB", {"quality": 90}),
    ("RGB", {"quality": 90, "progressive": True}),
    ("RGB", {"quality": 75, "restart_marker_rows": 1}),
    ("RGB", {"quality": 98, "optimize": True, "subsampling": 0}),
    ("L", {"quality": 30}),
    ("CMYK", {"quality": 85}),
]


def portrait_saved(mode: str, how: dict[str, Any]) -> bytes:
    with Image.open(DEMO / "portraits" / "ada_1.jpg") as portrait:
        image = portrait.convert(mode).resize((180, 225))
    buffer = BytesIO()
    image.save(buffer, "JPEG", **how)
    return buffer.getvalue()


@pytest.mark.parametrize(("mode", "how"), KINDS_OF_JPEG)
def test_a_jpeg_that_lacks_only_its_end_is_shown_whole_and_one_that_lacks_pixels_is_refused(
    mode: str, how: dict[str, Any]
) -> None:
    data = portrait_saved(mode, how)
    for missing in (1, 2):
        assert measure(data[:-missing]) == measure(data)
        assert np.array_equal(decode(data[:-missing]).rgb, decode(data).rgb)
    for missing in (3, 4, 5, 100, 500, len(data) // 2):
        assert refusal(data[:-missing]).code == "truncated", missing
        assert refusal(data[:-missing] + bytes(4000)).code == "truncated", "filled with zeros"


def test_a_progressive_jpeg_that_lacks_its_last_scan_is_refused() -> None:
    data = portrait_saved("RGB", {"progressive": True})
    assert refusal(data[: data.rindex(b"\xff\xda")]).code == "truncated"
    assert refusal(data[: data.rindex(b"\xff\xc4")]).code == "truncated"


@pytest.mark.parametrize(
    ("size", "named"),
    [
        ((10_001, 10_000), "10001 x 10000, more than the 100 megapixels of a PNG"),
        ((60_000, 60_000), "60000 x 60000, more than the 100 megapixels of a PNG"),
        ((99_999_999, 1), "99999999 x 1, and no side may be longer than 65535 pixels"),
        ((1, 100_000_001), "1 x 100000001, and no side may be longer than 65535 pixels"),
        ((9_000, 9_000), "claims to be 9000 x 9000 in only"),
    ],
)
def test_a_picture_too_large_for_memory_is_refused_by_its_header(
    size: tuple[int, int], named: str
) -> None:
    assert named in refusal(png_that_claims(*size)).message


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("WebP", webp_that_claims),
        ("WebP", lambda w, h: webp_that_claims(w, h, extended=True)),
        ("GIF", gif_that_claims),
    ],
)
def test_tiny_files_that_claim_a_huge_canvas_are_refused_before_it_is_set_aside(
    kind: str, make: Callable[[int, int], bytes]
) -> None:
    largest = refusal(make(16_000, 16_000))
    within_its_pixels = refusal(make(5000, 4900))

    assert largest.code == "too_many_pixels"
    assert largest.details | {"most": 0} == {
        "kind": kind,
        "width": 16_000,
        "height": 16_000,
        "most": 0,
    }
    assert within_its_pixels.code == "hollow"


@pytest.mark.parametrize("name", FORMATS)
def test_a_blank_picture_of_a_phones_size_is_still_a_picture(name: str) -> None:
    blank = saved(Image.new("RGB", (4000, 3000), "white"), name)

    assert measure(blank) == Measures(name, 4000, 3000)


def test_a_jpeg_of_more_scans_than_any_program_writes_is_refused_uncounted() -> None:
    progressive = saved(quarters(200, 200), "JPEG", progressive=True)

    problem = refusal(jpeg_of_many_scans(120))

    assert num_scans(progressive) == 10
    assert problem.message.startswith("The JPEG is built up in 120 scans, more than 100.")
    assert measure(jpeg_of_many_scans(90)).format == "JPEG"


def test_scans_of_what_lies_inside_or_behind_a_jpeg_do_not_count() -> None:
    behind = saved(quarters(), "JPEG") + b"\xff\xda\x00\x04" * 500
    inside = saved(quarters(), "JPEG", comment=b"\xff\xda" * 500)

    assert num_scans(behind) == num_scans(inside) == 1
    assert measure(behind) == measure(inside) == Measures("JPEG", 64, 48)


@pytest.mark.parametrize("orientation", [None, *range(9)])
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_is_measured_as_it_is_decoded(name: str, orientation: int | None) -> None:
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    data = saved(quarters(), name, exif=exif)

    picture = decode(data)

    assert measure(data) == Measures(picture.format, picture.width, picture.height)


def test_every_refusal_says_what_is_wrong_and_what_to_do() -> None:
    noise = saved(np.random.default_rng(1).integers(0, 255, (9, 9, 3), dtype=np.uint8), "BMP")
    problems = [refusal(b""), refusal(b"words"), refusal(noise[:-9])]

    for problem in problems:
        assert str(problem) == problem.message
        what, cure = problem.message.removesuffix(".").split(". ")
        assert what[0].isupper()
        assert cure.startswith(("Fetch", "Save"))


def test_the_demos_broken_files_are_each_named_with_their_reason() -> None:
    codes = {
        file.name: refusal(file.read_bytes()).code for file in (DEMO / "cleaning/broken").iterdir()
    }

    assert codes == {
        "IMG_0099.JPG": "not_a_picture",
        "empty 0 bytes.jpg": "empty",
        "截断 truncated.jpg": "truncated",
    }


WHOLE_FILES = {name: saved(quarters(), name) for name in FORMATS}


def measured(data: bytes) -> Measures | str:
    try:
        return measure(data)
    except Unreadable as problem:
        return problem.code


def attempt(data: bytes) -> None:
    """Whatever the bytes, decoding gives a picture or one refusal; so does measuring.

    Measuring, which decides what is taken in, may refuse as damaged what decoding gets over.
    """
    try:
        picture = decode(data)
    except Unreadable as problem:
        outcome: Measures | str = problem.code
    else:
        assert isinstance(picture, Picture)
        assert picture.rgb.shape == (picture.height, picture.width, 3)
        outcome = Measures(picture.format, picture.width, picture.height)
    told = measured(data)
    assert told == outcome or (told == "truncated" and isinstance(outcome, Measures))


@given(st.binary(max_size=300), st.sampled_from(FORMATS), st.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_any_bytes_behind_any_beginning_give_a_picture_or_a_refusal(
    data: bytes, name: str, kept: int
) -> None:
    attempt(WHOLE_FILES[name][:kept] + data)


@given(
    st.sampled_from(FORMATS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
)
@settings(max_examples=300, deadline=None)
def test_a_damaged_file_gives_a_picture_or_a_refusal(
    name: str, damage: list[tuple[float, int]]
) -> None:
    data = bytearray(WHOLE_FILES[name])
    for place, value in damage:
        data[int(place * len(data))] = value
    attempt(bytes(data))


@pytest.mark.parametrize(
    "how",
    [
        {"format": "JPEG", "quality": 85},
        {"format": "JPEG", "quality": 100, "subsampling": 0},
        {"format": "JPEG", "quality": 60, "subsampling": 1, "progressive": True},
        {"format": "JPEG", "quality": 40, "restart_marker_rows": 1},
        {"format": "JPEG", "keep_rgb": True},
        {"format": "WEBP", "quality": 80},
        {"format": "WEBP", "lossless": True},
    ],
)
@pytest.mark.parametrize("size", [(641, 427), (16, 16), (1, 3)])
def test_plain_pictures_have_the_pixels_that_pillow_reads(
    how: dict[str, Any], size: tuple[int, int]
) -> None:
    rng = np.random.default_rng(size[0])
    coarse = Image.fromarray(rng.integers(0, 256, (9, 9, 3), np.uint8)).resize(size)
    stream = BytesIO()
    coarse.save(stream, **how)
    pillows = np.asarray(Image.open(stream).convert("RGB"))
    picture = decode(stream.getvalue())
    assert (picture.rgb == pillows).all()
    assert not picture.rgb.flags.writeable


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_of_plain_pictures_none_that_is_cut_off_is_read(kind: str) -> None:
    stream = BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(stream, kind, quality=80)
    data = stream.getvalue()
    for share in (0.3, 0.6, 0.9, 0.99):
        with pytest.raises(Unreadable) as refused:
            decode(data[: int(len(data) * share)])
        assert refused.value.code == "truncated"
