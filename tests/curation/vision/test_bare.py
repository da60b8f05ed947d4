"""What leaves carries no place, no serial number and no comment, and looks exactly as before."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

from curation.vision.bare.errors import Unstrippable
from curation.vision.bare.orientation import minimal_exif, orientation_of
from curation.vision.bare.strip import bare, redrawn, stripped
from curation.vision.decode import Unreadable, decode
from curation.vision.faceswap_png import read_faceswap
from tests.stories.heics import tiled

SERIAL, PLACE, COMMENT = b"SERIAL-0123456789", b"52 deg 31' N, Berlin", b"taken at my home"
SECRETS = (SERIAL, PLACE, COMMENT, b"GPS", b"ThumbnailOfSomething", b"adobe:ns:meta")
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="52,31N" '
    b'aux:SerialNumber="' + SERIAL + b'" tiff:Orientation="%d"/></x:xmpmeta>'
)
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF", "AVIF")


def pixels(seed: int, width: int = 23, height: int = 17) -> Image.Image:
    """A small picture that looks different on each of its sides."""
    noise = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    noise[: height // 2] //= 3
    return Image.fromarray(noise)


def told(orientation: int) -> Image.Exif:
    """EXIF as a camera writes it: its serial number, where it was, and a comment."""
    exif = Image.Exif()
    exif[0x010E] = COMMENT.decode()
    exif[0x0112] = orientation
    camera = exif.get_ifd(0x8769)
    camera[0xA431] = SERIAL.decode()
    camera[0x927C] = b"ThumbnailOfSomething"
    where = exif.get_ifd(0x8825)
    where[0x0001] = "N"
    where[0x0002] = (52.0, 31.0, 12.25)
    where[0x001B] = b"GPS " + PLACE
    return exif


def saved(image: Image.Image, format: str, orientation: int, **how: Any) -> bytes:  # noqa: A002
    """The picture as a file of that format with all that can be told in it."""
    buffer = BytesIO()
    match format:
        case "JPEG":
            how |= {"exif": told(orientation), "xmp": XMP % orientation, "comment": COMMENT}
        case "PNG":
            info = PngInfo()
            info.add_text("Comment", COMMENT)
            info.add_text("Location", PLACE.decode(), zip=True)
            info.add_itxt("Serial", SERIAL.decode(), zip=True)
            info.add_itxt("XML:com.adobe.xmp", (XMP % orientation).decode())
            info.add(b"prVt", SERIAL)
            info.add(b"tIME", b"\x07\xea\x0b\x1d\x0e\x00\x00")
            how |= {"exif": told(orientation), "pnginfo": info}
        case "HEIF":
            xmp = XMP % orientation
            heic = pillow_heif.from_pillow(image)
            heic.save(buffer, exif=told(orientation).tobytes(), xmp=xmp, **how)
            return buffer.getvalue()
        case "WEBP" | "AVIF":
            how |= {"exif": told(orientation), "xmp": XMP % orientation}
        case "GIF":
            how |= {"comment": COMMENT}
        case "TIFF":
            tags = TiffImagePlugin.ImageFileDirectory_v2()
            tags[270], tags[274] = COMMENT.decode(), orientation
            if "compression" not in how:  # libtiff writes no tags that it does not know
                tags[700] = XMP % orientation
                tags[50712], tags[42033] = SERIAL.decode(), SERIAL.decode()
            how |= {"tiffinfo": tags}
    image.save(buffer, format, **how)
    return buffer.getvalue()


def tells(data: bytes) -> list[bytes]:
    """Which secrets the bytes hold, also inside what is packed in PNG chunks."""
    text = data
    if data.startswith(b"\x89PNG"):
        at = 8
        while at + 12 <= len(data):
            (length,) = struct.unpack_from(">L", data, at)
            content = data[at + 8 : at + 8 + length]
            if data[at + 4 : at + 8] != b"IDAT":
                for start in range(min(len(content), 90)):
                    try:
                        text += zlib.decompress(content[start:])
                    except zlib.error:
                        continue
            at += 12 + length
    return [secret for secret in SECRETS if secret in text]


def assert_looks_the_same(given_file: bytes, made: bytes) -> None:
    before, after = decode(given_file), decode(made)
    assert np.array_equal(before.rgb, after.rgb)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(FORMATS),
    st.integers(0, 2**32 - 1),
    st.integers(1, 8),
    st.integers(1, 40),
    st.integers(1, 40),
)
def test_any_picture_looks_the_same_and_tells_nothing(
    format: str,  # noqa: A002
    seed: int,
    orientation: int,
    width: int,
    height: int,
) -> None:
    data = saved(pixels(seed, width, height), format, orientation)
    if format != "BMP":
        assert tells(data)
    made = stripped(data)
    assert made.format == format
    assert tells(made.data) == []
    assert_looks_the_same(data, made.data)
    assert stripped(made.data) == made == stripped(data)
    with Image.open(BytesIO(made.data)) as again:
        left = {tag for tag in again.getexif() if format != "TIFF"}
        assert left <= {0x0112}
        assert not again.getexif().get_ifd(0x8825)


@pytest.mark.parametrize(
    "how", [{"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}]
)
def test_every_kind_of_jpeg_keeps_its_scans_byte_by_byte(how: dict[str, Any]) -> None:
    data = saved(pixels(1, 200, 150), "JPEG", 6, **how)
    made = stripped(data).data
    assert_looks_the_same(data, made)
    scans = data[data.index(b"\xff\xda") : -2]
    assert made.endswith(scans + b"\xff\xd9")


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("missing", [1, 2])
def test_a_jpeg_that_lacks_its_end_gets_one(how: dict[str, Any], missing: int) -> None:
    data = saved(pixels(1, 200, 150), "JPEG", 6, **how)
    assert stripped(data[:-missing]) == stripped(data)


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_other_kinds_of_colour_stay(mode: str) -> None:
    data = saved(pixels(2).convert(mode), "JPEG", 3)
    assert_looks_the_same(data, stripped(data).data)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_colour_profile_stays(format: str) -> None:  # noqa: A002
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    data = saved(pixels(3), format, 8, icc_profile=profile)
    with Image.open(BytesIO(stripped(data).data)) as made:
        assert made.info["icc_profile"] == profile


@pytest.mark.parametrize(
    ("format", "mode", "how"),
    [
        ("PNG", "P", {"transparency": 3}),
        ("PNG", "LA", {}),
        ("PNG", "I;16", {}),
        ("GIF", "P", {"transparency": 3, "loop": 0}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("TIFF", "RGBA", {"compression": "tiff_lzw"}),
        ("TIFF", "P", {"compression": "tiff_adobe_deflate"}),
        ("TIFF", "1", {"compression": "group4"}),
        ("BMP", "P", {}),
        ("BMP", "1", {}),
    ],
)
def test_palettes_transparency_and_depth_stay(format: str, mode: str, how: dict[str, Any]) -> None:  # noqa: A002
    image = pixels(4).convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    data = saved(image, format, 1, **how)
    made = stripped(data)
    assert_looks_the_same(data, made.data)
    assert tells(made.data) == []


def test_the_second_picture_behind_a_phones_first_goes() -> None:
    """With MPF a JPEG is followed by others: previews and depth maps with EXIF of their own."""
    buffer = BytesIO()
    pixels(5).save(buffer, "MPO", save_all=True, append_images=[pixels(6)], exif=told(6))
    data = buffer.getvalue()
    made = stripped(data).data
    assert made.count(b"\xff\xd8\xff") == 1
    assert b"MPF" not in made
    assert_looks_the_same(data, made)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_what_hangs_behind_a_picture_goes(format: str) -> None:  # noqa: A002
    data = saved(pixels(7), format, 1)
    assert stripped(data + b"PK\3\4 " + SERIAL).data == stripped(data).data


def test_a_phones_heic_keeps_its_tiles_and_loses_all_that_is_told_beside_them() -> None:
    """Tiles put together, a thumbnail, EXIF, names of items, words of the phone's own."""
    tile = BytesIO()
    pillow_heif.from_pillow(pixels(15, 64, 64)).save(tile)
    data = tiled(tile.getvalue(), 64, secret=SERIAL)
    assert decode(data).rgb.shape == (64, 128, 3)
    made = stripped(data)
    assert made.format == "HEIF"
    assert tells(made.data) == []
    assert_looks_the_same(data, made.data)
    assert stripped(made.data) == made
    pixels_of_the_thumbnail = made.data[-1000:]
    assert pixels_of_the_thumbnail == bytes(1000)


@pytest.mark.parametrize("format", ["HEIF", "AVIF"])
def test_transparency_of_boxed_pictures_stays(format: str) -> None:  # noqa: A002
    image = pixels(16, 64, 64).convert("RGBA")
    image.putalpha(pixels(17, 64, 64).convert("L"))
    data = saved(image, format, 1)
    made = stripped(data)
    assert tells(made.data) == []
    assert_looks_the_same(data, made.data)


def test_small_copies_inside_go() -> None:
    data = saved(pixels(8), "JPEG", 1)
    jfif = data[4:20]
    small = jfif[:-2] + b"\x02\x02" + b"ThumbnailOfSomething"[:12]
    assert jfif[2:6] == b"JFIF"
    with_copy = data[:4] + (len(small)).to_bytes(2) + small[2:] + data[20:]
    jfxx = b"JFXX\0\x10ThumbnailOfSomething"
    photoshop = b"Photoshop 3.0\x008BIM" + PLACE
    extra = b"".join(
        bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2) + content
        for marker, content in ((0xE0, jfxx), (0xED, photoshop), (0xE2, b"FPXR" + SERIAL))
    )
    whole = data[:2] + with_copy[2 : 4 + len(small)] + extra + data[20:]
    assert_looks_the_same(data, whole)
    assert stripped(whole).data == stripped(data).data


@pytest.mark.parametrize("kind", ["iTXt", "zTXt"])
def test_a_png_turned_by_xmp_or_by_a_raw_profile_stays_turned(kind: str) -> None:
    info = PngInfo()
    if kind == "iTXt":
        info.add_itxt("XML:com.adobe.xmp", (XMP % 6).decode(), zip=True)
    else:
        block = minimal_exif(6)
        info.add_text("Raw profile type exif", f"\nexif\n{len(block)}\n{block.hex()}\n", zip=True)
    buffer = BytesIO()
    pixels(9).save(buffer, "PNG", pnginfo=info)
    made = stripped(buffer.getvalue()).data
    assert_looks_the_same(buffer.getvalue(), made)
    assert orientation_of(minimal_exif(6)) == 6
    assert decode(made).width == 17


def test_a_face_that_faceswap_cut_out_keeps_its_landmarks_and_loses_the_name_of_its_film() -> None:
    points = np.random.default_rng(1).random((68, 2)) * 512
    matrix = [[0.5, 0.1, 3.0], [-0.1, 0.5, 4.0]]
    mask = {"stored_centering": "head", "stored_size": 128, "affine_matrix": matrix}
    about = {
        "alignments": {"landmarks_xy": points.tolist(), "mask": {"extended": mask}},
        "source": {"source_filename": "holiday in Berlin.mp4"},
    }
    info = PngInfo()
    info.add_itxt("faceswap", repr(about))
    buffer = BytesIO()
    pixels(10).save(buffer, "PNG", pnginfo=info)
    made = stripped(buffer.getvalue()).data
    before, after = read_faceswap(buffer.getvalue()), read_faceswap(made)
    assert before is not None
    assert after is not None
    assert np.array_equal(before.landmarks, after.landmarks)
    assert before.to_crop is not None
    assert after.to_crop is not None
    assert np.array_equal(before.to_crop, after.to_crop)
    assert b"Berlin" not in made
    assert stripped(made).data == made


def _with_bytes_between_segments(data: bytes) -> bytes:
    return data[:20] + SERIAL + data[20:]


def test_what_cannot_be_taken_apart_is_drawn_anew() -> None:
    """Pillow passes over bytes between two segments; whose they are, nobody can say."""
    data = _with_bytes_between_segments(saved(pixels(11), "JPEG", 6))
    with pytest.raises(Unstrippable):
        stripped(data)
    made = bare(data)
    assert made.format == "PNG"
    assert tells(made.data) == []
    assert_looks_the_same(data, made.data)
    assert made == redrawn(data)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(FORMATS), st.data())
def test_no_damage_makes_it_fall_over(format: str, chosen: st.DataObject) -> None:  # noqa: A002
    data = bytearray(saved(pixels(12), format, 6))
    for _ in range(chosen.draw(st.integers(1, 4))):
        at = chosen.draw(st.integers(0, len(data) - 1))
        data[at] = chosen.draw(st.integers(0, 255))
    torn = bytes(data[: chosen.draw(st.integers(0, len(data)))])
    try:
        stripped(torn)
    except Unstrippable:
        return


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"no picture", b"RIFF\0\0\0\0WEBP"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        bare(data)


@pytest.mark.parametrize("kind", ["texts", "strips"])
def test_small_files_do_not_become_large_ones(kind: str) -> None:
    data = _many_texts() if kind == "texts" else _overlapping_strips()
    assert len(data) < 2**18
    with pytest.raises(Unstrippable):
        stripped(data)


def _many_texts() -> bytes:
    """A PNG whose texts unpack to 100 MB."""
    packed = b"XML:com.adobe.xmp\0\0" + zlib.compress(bytes(2**20))
    chunk = struct.pack(">L", len(packed)) + b"zTXt" + packed
    chunk += struct.pack(">L", zlib.crc32(b"zTXt" + packed))
    data = saved(pixels(13), "PNG", 1)
    return data[:33] + chunk * 100 + data[33:]


def _overlapping_strips() -> bytes:
    """A TIFF of 20 kB whose 4,000 strips are all the whole file: 80 MB together."""
    num = 4000
    fields = [(256, 4, 1, 1), (257, 4, 1, num), (278, 4, 1, 1)]
    fields += [(273, 4, num, 80), (279, 4, num, 80 + 4 * num)]
    out = b"II*\0" + struct.pack("<LH", 8, len(fields))
    for tag, kind, count, value in sorted(fields):
        out += struct.pack("<HHLL", tag, kind, count, value)
    out = out.ljust(80, b"\0") + struct.pack(f"<{num}L", *[0] * num)
    return out + struct.pack(f"<{num}L", *[20_000] * num)
