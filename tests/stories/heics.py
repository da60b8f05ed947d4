"""HEICs put together by hand, as phones do: tiles, a thumbnail, EXIF and more behind."""

from __future__ import annotations

import struct

from curation.vision.isobmff import box_at, boxes


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L4s", len(content) + 8, kind) + content


def tiled(tile: bytes, side: int, *, secret: bytes) -> bytes:
    """Of a square HEIC one that shows it twice, side by side, and tells `secret` in many ways."""
    ipco = box_at(tile, (b"meta", b"iprp", b"ipco"))
    assert ipco is not None
    codec = next(b for b in boxes(tile, ipco.body, ipco.end) if b.kind == b"hvcC")
    mdat = box_at(tile, (b"mdat",))
    assert mdat is not None
    pixels = tile[mdat.body : mdat.end]
    grid = struct.pack(">BBBBHH", 0, 0, 0, 1, 2 * side, side)
    ispe = [box(b"ispe", struct.pack(">LLL", 0, width, side)) for width in (side, 2 * side)]
    properties = [tile[codec.start : codec.end], *ispe, box(b"udes", bytes(4) + secret + bytes(4))]
    kinds = {1: b"hvc1", 2: b"hvc1", 3: b"grid", 4: b"Exif", 5: b"hvc1"}
    infes = [
        box(b"infe", struct.pack(">LHH4s", 2 << 24, item, 0, kind) + secret + b"\0")
        for item, kind in kinds.items()
    ]
    references = [
        box(b"dimg", struct.pack(">HHHH", 3, 2, 1, 2)),
        box(b"cdsc", struct.pack(">HHH", 4, 1, 3)),
        box(b"thmb", struct.pack(">HHH", 5, 1, 3)),
    ]
    owned = {1: (1, 2), 2: (1, 2), 3: (3, 4), 5: (1, 2)}
    ipma = b"".join(
        struct.pack(">HB", item, len(indices)) + bytes(indices) for item, indices in owned.items()
    )

    def meta(offset: int) -> bytes:
        exif = offset + len(pixels)
        places = {1: (0, offset, len(pixels)), 2: (0, offset, len(pixels)), 3: (1, 0, len(grid))}
        places |= {4: (0, exif, len(secret)), 5: (0, exif + len(secret), len(pixels))}
        iloc = b"".join(
            struct.pack(">HHHHLL", item, method, 0, 1, start, length)
            for item, (method, start, length) in places.items()
        )
        return box(
            b"meta",
            bytes(4)
            + box(b"hdlr", bytes(8) + b"pict" + bytes(12) + secret + b"\0")
            + box(b"pitm", struct.pack(">LH", 0, 3))
            + box(b"iinf", struct.pack(">LH", 0, len(infes)) + b"".join(infes))
            + box(b"iref", bytes(4) + b"".join(references))
            + box(
                b"iprp",
                box(b"ipco", b"".join(properties))
                + box(b"ipma", struct.pack(">LL", 0, len(owned)) + ipma),
            )
            + box(b"idat", grid)
            + box(b"iloc", struct.pack(">LBBH", 1 << 24, 0x44, 0, len(places)) + iloc),
        )

    ftyp = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    told = box(b"uuid", bytes(16) + secret)
    offset = len(ftyp) + len(told) + len(meta(0)) + 8
    body = pixels + secret + pixels
    return ftyp + told + meta(offset) + box(b"mdat", body) + box(b"mpvd", secret) + b"SEFT" + secret
