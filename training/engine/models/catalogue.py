"""The models that can be trained: names, sizes, what each is good for, and where its code is.

Needs no torch, so that forms and `--help` can list models without loading one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from training.engine.phrasing import Bilingual

SAEHD_SIZES = (128, 192, 256, 320, 384, 448, 512)


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueEntry:
    """One model, as people choose it and as the registry builds it."""

    name: str
    input_size: int
    """Side of the faces that go in, in pixels."""
    output_size: int
    """Side of the faces that come out, in pixels."""
    about: Bilingual
    module: str
    """In this package."""
    builder: str = "build"
    """The function of that module that makes a model."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the builder is called with."""
    is_usual: bool = False
    """Shown at once; other sizes and kinds are one click away."""


def _dlight(size: int, *, factor: int, is_usual: bool = False) -> CatalogueEntry:
    return CatalogueEntry(
        name=f"dlight-{size}",
        input_size=128,
        output_size=size,
        about=Bilingual(
            f"128 px in, {size} px out. Fine detail, but only for the face of B in pictures of A.",
            f"输入 128、输出 {size} 像素。细节好，但只能单向：把 B 的脸换到 A 的图里。",
        ),
        module="dlight",
        options={"factor": factor},
        is_usual=is_usual,
    )


def _saehd_df(size: int) -> CatalogueEntry:
    return CatalogueEntry(
        name=f"saehd-df-ud-{size}",
        input_size=size,
        output_size=size,
        about=Bilingual(
            f"{size} px in and out. Strongest likeness; needs two heads of similar shape.",
            f"输入输出 {size} 像素。最像本人，要求两人头型相近。",
        ),
        module="saehd",
        builder="build_df",
        options={"side": size},
        is_usual=size == 256,
    )


def _saehd_liae(size: int) -> CatalogueEntry:
    return CatalogueEntry(
        name=f"saehd-liae-ud-{size}",
        input_size=size,
        output_size=size,
        about=Bilingual(
            f"{size} px in and out. Adapts to heads and lighting better, with a little "
            "less likeness.",
            f"输入输出 {size} 像素。更能适应不同头型和光线，像本人的程度略低。",
        ),
        module="saehd",
        builder="build_liae",
        options={"side": size},
        is_usual=size == 256,
    )


_ENTRIES = (
    CatalogueEntry(
        name="original",
        input_size=64,
        output_size=64,
        about=Bilingual(
            "64 px in and out. Small and fast: shows whether two releases fit together.",
            "输入输出 64 像素。小而快，很快能看出两个数据集搭不搭。",
        ),
        module="original",
        is_usual=True,
    ),
    CatalogueEntry(
        name="dfl-h128",
        input_size=128,
        output_size=128,
        about=Bilingual(
            "128 px in and out. Clearly sharper than original; a good first choice on a GPU.",
            "输入输出 128 像素。比 original 清晰得多，有显卡时可以先选它。",
        ),
        module="dfl",
        options={"widths": (512, 256, 128)},
        is_usual=True,
    ),
    # What the tutorial says it trained: 128 in, 256 out, which takes one more upscale.
    CatalogueEntry(
        name="dfl-256",
        input_size=128,
        output_size=256,
        about=Bilingual(
            "128 px in, 256 px out. As dfl-h128 with twice the output size, for close-ups.",
            "输入 128、输出 256 像素。同 dfl-h128，输出大一倍，适合特写。",
        ),
        module="dfl",
        options={"widths": (512, 256, 128, 64)},
        is_usual=True,
    ),
    CatalogueEntry(
        name="dfl-sae-df",
        input_size=128,
        output_size=128,
        about=Bilingual(
            "128 px in and out. Strong likeness; needs two heads of similar shape.",
            "输入输出 128 像素。很像本人，要求两人头型相近。",
        ),
        module="dfl_sae",
        builder="build_df",
    ),
    CatalogueEntry(
        name="dfl-sae-liae",
        input_size=128,
        output_size=128,
        about=Bilingual(
            "128 px in and out. Adapts to heads and lighting better than dfl-sae-df.",
            "输入输出 128 像素。比 dfl-sae-df 更能适应不同头型和光线。",
        ),
        module="dfl_sae",
        builder="build_liae",
    ),
    # The factor says how much the first upscale enlarges the 4 x 4 code.
    _dlight(128, factor=2),
    _dlight(256, factor=4, is_usual=True),
    _dlight(384, factor=6),
    *(_saehd_df(size) for size in SAEHD_SIZES),
    *(_saehd_liae(size) for size in SAEHD_SIZES),
)

CATALOGUE: dict[str, CatalogueEntry] = {entry.name: entry for entry in _ENTRIES}
