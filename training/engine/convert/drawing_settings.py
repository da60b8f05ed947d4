"""The settings of a conversion that say how a drawn face goes over the one it replaces."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from training.engine.phrasing import Bilingual
from training.engine.run.settings import Setting, Settings

BlendKind = Literal["gaussian", "normalised", "none"]
ColourMatch = Literal["none", "avg", "reinhard", "histogram", "seamless"]
SharpenKind = Literal["none", "unsharp", "gaussian"]
Percent = Annotated[float, Field(ge=-100, le=100)]
WIDEST_KERNEL = 25


class Erosion(Settings, frozen=True):
    """By how much the mask's edge moves inward, in % of half the face's size; less than 0: outward.

    A face's size is the square root of its mask's area. Left and right are the picture's, on a
    face turned upright.
    """

    whole: Annotated[
        Percent,
        Setting(
            title=Bilingual("Erosion", "侵蚀"),
            help=Bilingual(
                "On all sides, in % of half the face's size; less than 0: outward.",
                "四周都收，按半张脸大小的百分比；小于 0 则向外扩。",
            ),
            flag="--erode",
        ),
    ] = 0.0
    left: Annotated[
        Percent,
        Setting(
            title=Bilingual("Left erosion", "左侧侵蚀"),
            help=Bilingual("On the picture's left side alone.", "只收画面左侧。"),
            flag="--erode-left",
        ),
    ] = 0.0
    top: Annotated[
        Percent,
        Setting(
            title=Bilingual("Top erosion", "上侧侵蚀"),
            help=Bilingual("At the top alone.", "只收上侧。"),
            flag="--erode-top",
        ),
    ] = 0.0
    right: Annotated[
        Percent,
        Setting(
            title=Bilingual("Right erosion", "右侧侵蚀"),
            help=Bilingual("On the picture's right side alone.", "只收画面右侧。"),
            flag="--erode-right",
        ),
    ] = 0.0
    bottom: Annotated[
        Percent,
        Setting(
            title=Bilingual("Bottom erosion", "下侧侵蚀"),
            help=Bilingual("At the bottom alone.", "只收下侧。"),
            flag="--erode-bottom",
        ),
    ] = 0.0


class ErosionByYaw(Settings, frozen=True):
    """Erosion that grows with a head's turn to either side, so that a profile stays sharp.

    It begins at `from_yaw` degrees and is all there from `to_yaw` on. The far side is the one
    that the nose points to, which turns away from the camera. It adds to the other erosion.
    """

    from_yaw: Annotated[
        float,
        Field(ge=0, le=90),
        Setting(
            title=Bilingual("From yaw", "起始角度"),
            help=Bilingual(
                "Degrees of turn at which the erosion begins.", "头转到多少度开始侵蚀。"
            ),
            flag="--erode-from-yaw",
        ),
    ] = 15.0
    to_yaw: Annotated[
        float,
        Field(ge=0, le=90),
        Setting(
            title=Bilingual("To yaw", "终止角度"),
            help=Bilingual(
                "Degrees of turn at which the erosion reaches its full size.",
                "头转到多少度侵蚀达到最大。",
            ),
            flag="--erode-to-yaw",
        ),
    ] = 45.0
    far: Annotated[
        Percent,
        Setting(
            title=Bilingual("Far erosion", "远侧侵蚀"),
            help=Bilingual(
                "On the side that the nose points to, in % of half the face.",
                "鼻子所指的一侧，按半张脸的百分比。",
            ),
            flag="--erode-far",
        ),
    ] = 0.0
    near: Annotated[
        Percent,
        Setting(
            title=Bilingual("Near erosion", "近侧侵蚀"),
            help=Bilingual("On the side that faces the camera.", "朝向镜头的一侧。"),
            flag="--erode-near",
        ),
    ] = 0.0
    top: Annotated[
        Percent,
        Setting(
            title=Bilingual("Top erosion", "上侧侵蚀"), help=Bilingual("At the top.", "上侧。")
        ),
    ] = 0.0
    bottom: Annotated[
        Percent,
        Setting(
            title=Bilingual("Bottom erosion", "下侧侵蚀"),
            help=Bilingual("At the bottom.", "下侧。"),
        ),
    ] = 0.0
    whole: Annotated[
        Percent,
        Setting(title=Bilingual("Erosion", "侵蚀"), help=Bilingual("On all sides.", "四周。")),
    ] = 0.0

    @field_validator("to_yaw")
    @classmethod
    def _rises(cls, to_yaw: float, known: ValidationInfo) -> float:
        from_yaw = known.data.get("from_yaw")
        if from_yaw is not None and to_yaw <= from_yaw:
            raise ValueError(f"must be more than from_yaw ({from_yaw:g})")
        return to_yaw


class Blend(Settings, frozen=True):
    """How the mask's edge is softened; it is soft to the inside alone, so nothing spills over."""

    kind: Annotated[
        BlendKind,
        Setting(
            title=Bilingual("Blending", "边缘羽化"),
            help=Bilingual(
                "How the mask's edge is softened: gaussian, the plain mean of the neighbours "
                "(normalised), or not at all (none).",
                "遮罩边缘怎样羽化：高斯（gaussian）、邻域平均（normalised）或不羽化（none）。",
            ),
            flag="--blend",
        ),
    ] = "gaussian"
    kernel: Annotated[
        float,
        Field(ge=0.1, le=WIDEST_KERNEL),
        Setting(
            title=Bilingual("Blend width", "羽化宽度"),
            help=Bilingual(
                "Width of the soft edge, in % of the crop's side.",
                "羽化边缘的宽度，按裁切边长的百分比。",
            ),
            flag="--blend-kernel",
        ),
    ] = 4.0
    passes: Annotated[
        int,
        Field(ge=1, le=8),
        Setting(
            title=Bilingual("Blend passes", "羽化次数"),
            help=Bilingual(
                "Number of times the edge is softened; more give a longer, smoother transition.",
                "连续羽化几次，次数越多过渡越长越平滑。",
            ),
            flag="--blend-passes",
        ),
    ] = 1
    threshold: Annotated[
        float,
        Field(ge=0, le=49),
        Setting(
            title=Bilingual("Blend threshold", "羽化阈值"),
            help=Bilingual(
                "Coverage in % below which the mask counts as empty; as near to 100 %, as full.",
                "覆盖不到这个百分比算作没有，离 100% 不到这么多算作全部。",
            ),
            flag="--blend-threshold",
        ),
    ] = 0.0
    box: Annotated[
        float,
        Field(ge=0, le=50),
        Setting(
            title=Bilingual("Border fade", "边框淡出"),
            help=Bilingual(
                "% of the crop's side over which its border fades out.",
                "裁切边框向内淡出的宽度，按边长的百分比。",
            ),
            flag="--blend-box",
        ),
    ] = 6.0

    @field_validator("passes")
    @classmethod
    def _leave_some_of_the_face(cls, passes: int, known: ValidationInfo) -> int:
        kernel = known.data.get("kernel")
        most = math.floor(WIDEST_KERNEL / math.sqrt(passes) * 10) / 10
        if kernel is not None and kernel > most and known.data.get("kind") != "none":
            raise ValueError(
                f"of {passes} with a blend.kernel of {kernel:g} would leave hardly any of the "
                f"face; with {passes} passes the kernel must be {most:g} at most"
            )
        return passes


class Colour(Settings, frozen=True):
    """How the drawn face takes on the colours of the one it replaces, and what is added by hand."""

    match: Annotated[
        ColourMatch,
        Setting(
            title=Bilingual("Colour matching", "颜色匹配"),
            help=Bilingual(
                "How the drawn face takes on the colours of the one it replaces: means (avg), "
                "means and spreads in Lab (reinhard), histograms, or Poisson cloning (seamless).",
                "换上的脸怎样贴近原脸的颜色：均值（avg）、Lab 均值和方差（reinhard）、直方图"
                "（histogram）或泊松融合（seamless）。",
            ),
            flag="--colour",
        ),
    ] = "avg"
    brightness: Annotated[
        Percent,
        Setting(
            title=Bilingual("Brightness", "亮度"),
            help=Bilingual("Lighter or darker; 0 changes nothing.", "调亮或调暗；0 为不变。"),
            flag="--brightness",
        ),
    ] = 0.0
    contrast: Annotated[
        Percent,
        Setting(
            title=Bilingual("Contrast", "对比度"),
            help=Bilingual("More or less contrast.", "增强或减弱对比。"),
            flag="--contrast",
        ),
    ] = 0.0
    saturation: Annotated[
        Percent,
        Setting(
            title=Bilingual("Saturation", "饱和度"),
            help=Bilingual("More or less colour.", "颜色更浓或更淡。"),
            flag="--saturation",
        ),
    ] = 0.0
    red: Annotated[
        Percent,
        Setting(
            title=Bilingual("Red", "红色"),
            help=Bilingual("More or less red.", "加红或减红。"),
            flag="--red",
        ),
    ] = 0.0
    green: Annotated[
        Percent,
        Setting(
            title=Bilingual("Green", "绿色"),
            help=Bilingual("More or less green.", "加绿或减绿。"),
            flag="--green",
        ),
    ] = 0.0
    blue: Annotated[
        Percent,
        Setting(
            title=Bilingual("Blue", "蓝色"),
            help=Bilingual("More or less blue.", "加蓝或减蓝。"),
            flag="--blue",
        ),
    ] = 0.0


class Sharpen(Settings, frozen=True):
    """How the drawn face is sharpened."""

    kind: Annotated[
        SharpenKind,
        Setting(
            title=Bilingual("Sharpening", "锐化"),
            help=Bilingual(
                "unsharp leaves what differs by less than the threshold; gaussian sharpens all.",
                "unsharp 只锐化差异超过阈值的地方；gaussian 全部锐化；none 不锐化。",
            ),
            flag="--sharpen",
        ),
    ] = "none"
    amount: Annotated[
        float,
        Field(ge=0, le=500),
        Setting(
            title=Bilingual("Sharpening amount", "锐化强度"),
            help=Bilingual(
                "% of the difference to the blurred face that is added.",
                "把与模糊后差异的百分之多少加回去。",
            ),
            flag="--sharpen-amount",
        ),
    ] = 100.0
    radius: Annotated[
        float,
        Field(ge=0.1, le=10),
        Setting(
            title=Bilingual("Sharpening radius", "锐化半径"),
            help=Bilingual(
                "Radius of the blur, in % of the crop's side.", "模糊半径，按裁切边长的百分比。"
            ),
            flag="--sharpen-radius",
        ),
    ] = 1.5
    threshold: Annotated[
        float,
        Field(ge=0, le=100),
        Setting(
            title=Bilingual("Sharpening threshold", "锐化阈值"),
            help=Bilingual(
                "What unsharp leaves alone, in % of full contrast.",
                "unsharp 不动的差异，按全黑到全白的百分比。",
            ),
            flag="--sharpen-threshold",
        ),
    ] = 2.0
