"""The settings of a conversion, besides what goes in and out, as one checked value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from training.engine.convert.drawing_settings import (
    Blend,
    Colour,
    Erosion,
    ErosionByYaw,
    Sharpen,
)
from training.engine.convert.frame_ranges import FrameRanges
from training.engine.errors import ConversionRefused
from training.engine.marks.label import LabelLook
from training.engine.phrasing import Bilingual, as_json
from training.engine.run.settings import RootSettings, Setting, Settings

MaskSource = Literal["components", "extended", "predicted"]
Preset = Literal[
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"
]


class Film(Settings, frozen=True):
    """How a video is encoded (H.264)."""

    crf: Annotated[
        int,
        Field(ge=0, le=51),
        Setting(
            title=Bilingual("Quality (CRF)", "画质（CRF）"),
            help=Bilingual("0 is lossless, 51 the worst quality.", "0 为无损，51 最差。"),
            flag="--crf",
        ),
    ] = 18
    preset: Annotated[
        Preset,
        Setting(
            title=Bilingual("Preset", "编码预设"),
            help=Bilingual(
                "x264's preset: how long it may take for a smaller file.",
                "x264 的预设：越慢文件越小。",
            ),
            flag="--preset",
        ),
    ] = "medium"


class ConvertSettings(RootSettings, frozen=True):
    """How faces are found, followed, drawn over, and labelled as generated."""

    refusal = ConversionRefused

    masks: Annotated[
        tuple[MaskSource, ...],
        Field(strict=False),
        Setting(
            title=Bilingual("Masks", "遮罩"),
            help=Bilingual(
                "Where the face is: where all of these agree. None: as trained.",
                "脸在哪里：取这些遮罩的交集。不填则与训练时相同。",
            ),
            flag="--mask",
        ),
    ] = ()
    segmentation: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        Field(strict=False),
        Setting(
            title=Bilingual("Segmentation weights", "分割权重"),
            help=Bilingual(
                "Files with face parsing or obstruction weights (.onnx, .safetensors), whose "
                "masks are used as well.",
                "人脸解析或遮挡检测的权重文件（.onnx、.safetensors），一起参与遮罩。",
            ),
            flag="--segmentation",
            metavar="FILE",
        ),
    ] = ()
    erosion: Annotated[
        Erosion,
        Setting(
            title=Bilingual("Erosion", "遮罩侵蚀"),
            help=Bilingual(
                "Moves the mask's edge inward, or outward when less than 0.",
                "把遮罩边缘往里收，小于 0 则往外扩。",
            ),
        ),
    ] = Erosion()
    erosion_by_yaw: Annotated[
        tuple[ErosionByYaw, ...],
        Field(strict=False),
        Setting(
            title=Bilingual("Erosion of side faces", "侧脸侵蚀"),
            help=Bilingual("Erosion that grows as the head turns.", "头转得越多收得越多。"),
        ),
    ] = ()
    blend: Annotated[
        Blend,
        Setting(
            title=Bilingual("Blending", "边缘羽化"),
            help=Bilingual(
                "How the mask's edge is softened, to the inside alone.",
                "怎样羽化遮罩边缘，只向内羽化。",
            ),
        ),
    ] = Blend()
    colour: Annotated[
        Colour,
        Setting(
            title=Bilingual("Colour", "颜色"),
            help=Bilingual(
                "How colours are matched, and changes by hand.", "怎样匹配颜色，以及手动调整。"
            ),
        ),
    ] = Colour()
    sharpen: Annotated[
        Sharpen,
        Setting(
            title=Bilingual("Sharpening", "锐化"),
            help=Bilingual("How the drawn face is sharpened.", "怎样锐化换上的脸。"),
        ),
    ] = Sharpen()
    label: Annotated[
        LabelLook,
        Setting(
            title=Bilingual("Label", "标识"),
            help=Bilingual(
                "Where the label stands and how large; it cannot be left out.",
                "标识的位置和大小；不能去掉。",
            ),
        ),
    ] = LabelLook()
    film: Annotated[
        Film,
        Setting(
            title=Bilingual("Video", "视频"),
            help=Bilingual("How a video is encoded (H.264).", "视频怎样编码（H.264）。"),
        ),
    ] = Film()
    face_scale: Annotated[
        float,
        Field(ge=-30, le=30),
        Setting(
            title=Bilingual("Face scale", "脸部缩放"),
            help=Bilingual(
                "% by which the drawn face is larger than the one it replaces.",
                "换上的脸比原脸大百分之几。",
            ),
            flag="--face-scale",
        ),
    ] = 0.0
    frames: Annotated[
        str,
        Setting(
            title=Bilingual("Frames", "帧范围"),
            help=Bilingual(
                "Frames of a video to convert, counted from 1, as in 10-50,100-; blank is all.",
                "要换脸的视频帧，从 1 数起，如 10-50,100-；留空为全部。",
            ),
            flag="--frames",
            metavar="RANGES",
            expects="ranges as in 10-50,100-",
        ),
    ] = ""
    other_frames: Annotated[
        Literal["keep", "drop"],
        Setting(
            title=Bilingual("Other frames", "其余帧"),
            help=Bilingual(
                "keep leaves the other frames unchanged; drop cuts them, and their sound with "
                "them.",
                "keep 原样保留其余帧；drop 连同声音一起剪掉。",
            ),
            flag="--other-frames",
        ),
    ] = "keep"
    only_like: Annotated[
        str | None,
        Field(min_length=1),
        Setting(
            title=Bilingual("Only like", "只换这个人"),
            help=Bilingual(
                "A portrait: only faces of this person are swapped.", "一张参考照：只换这个人的脸。"
            ),
            flag="--only-like",
            metavar="FILE",
            expects="the file of a portrait",
        ),
    ] = None
    same_person: Annotated[
        float,
        Field(ge=0.1, le=1.5),
        Setting(
            title=Bilingual("Same-person threshold", "同一人阈值"),
            help=Bilingual(
                "Two identity descriptors nearer than this are taken for the same person.",
                "两个身份特征的距离小于它就算同一个人。",
            ),
            flag="--same-person",
        ),
    ] = 0.6
    detect_every: Annotated[
        int,
        Field(ge=1, le=50),
        Setting(
            title=Bilingual("Detection interval", "检测间隔"),
            help=Bilingual(
                "Frames of a video from one face detection to the next; in between faces are "
                "tracked.",
                "视频每隔多少帧检测一次人脸，中间靠跟踪。",
            ),
            flag="--detect-every",
        ),
    ] = 3
    bridge: Annotated[
        int,
        Field(ge=0, le=100),
        Setting(
            title=Bilingual("Longest gap", "最长中断"),
            help=Bilingual(
                "Most frames for which a face may be lost and still continue its track.",
                "人脸丢失不超过这么多帧又出现，仍算同一段跟踪。",
            ),
            flag="--bridge",
        ),
    ] = 12
    smoothing: Annotated[
        float,
        Field(ge=0, le=5),
        Setting(
            title=Bilingual("Smoothing", "平滑"),
            help=Bilingual(
                "Frames to either side over which landmarks are averaged (standard deviation); 0 "
                "is none.",
                "关键点按前后多少帧平均（标准差）；0 为不平滑。",
            ),
            flag="--smoothing",
        ),
    ] = 0.7
    batch: Annotated[
        int,
        Field(ge=1, le=256),
        Setting(
            title=Bilingual("Batch size", "批大小"),
            help=Bilingual("Faces that are drawn together.", "一次画多少张脸。"),
            flag="--batch",
        ),
    ] = 16
    workers: Annotated[
        int,
        Field(ge=0, le=64),
        Setting(
            title=Bilingual("Workers", "线程数"),
            help=Bilingual(
                "Threads that detect faces; 0 takes as many as there are processors, up to 8.",
                "检测人脸的线程数；0 表示与处理器数相同，最多 8。",
            ),
            flag="--workers",
        ),
    ] = 0
    device: Annotated[
        Literal["auto", "cpu", "cuda"],
        Setting(
            title=Bilingual("Device", "设备"),
            help=Bilingual(
                "Where faces are drawn; auto takes a GPU where there is one.",
                "在哪里画脸；auto 表示有显卡就用显卡。",
            ),
            flag="--device",
        ),
    ] = "auto"
    precision: Annotated[
        Literal["auto", "fp32", "bf16", "fp16"],
        Setting(
            title=Bilingual("Precision", "精度"),
            help=Bilingual(
                "Of the model alone; auto is bf16 on a GPU and fp32 on a CPU.",
                "只指模型；auto 表示显卡用 bf16、CPU 用 fp32。",
            ),
            flag="--precision",
        ),
    ] = "auto"

    @field_validator("masks", "segmentation")
    @classmethod
    def _name_each_once(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(named)) < len(named):
            raise ValueError("names the same one twice")
        return named

    @field_validator("frames")
    @classmethod
    def _are_ranges(cls, frames: str) -> str:
        try:
            FrameRanges.read(frames)
        except ValueError:
            raise ValueError(f"must be ranges as in 10-50,100-, not {as_json(frames)}") from None
        return frames


def read_settings_file(path: Path) -> dict[str, Any]:
    """What a JSON file of settings says. Raises ConversionRefused when it cannot be read."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConversionRefused(f"The settings {path} cannot be read: {error}.") from error
    if not isinstance(given, dict):
        raise ConversionRefused(f"The settings {path} must be one JSON object.")
    return given
