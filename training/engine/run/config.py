"""A run's settings: one frozen, typed value, which cannot be built wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator

from curation.vision.alignment import Centring
from training.engine.errors import ConfigWrong
from training.engine.phrasing import Bilingual
from training.engine.run.folder import Side
from training.engine.run.settings import RootSettings, Setting, Settings

# Named here and not beside their code: who only reads settings must not load torch.
Warp = Literal["grid", "landmarks", "none"]
LossName = Literal["ssim", "ms_ssim", "mse", "mae", "log_cosh", "gradient"]
LOSSES: tuple[LossName, ...] = get_args(LossName)

CONFIG_FILE = "config.json"

StepCount = Annotated[int, Field(ge=1, le=100_000_000)]
StepCountOrNone = Annotated[int, Field(ge=0, le=100_000_000)]
Seconds = Annotated[int, Field(ge=0, le=86_400)]


def _usual_losses() -> dict[LossName, float]:
    return {"ssim": 1.0, "mse": 1.0}


class SideConfig(Settings, frozen=True):
    """One of the two people of a run: where their release lies and what it must hash to."""

    folder: Annotated[
        str,
        Field(pattern=r"^[\w-]+$"),
        Setting(
            title=Bilingual("Folder", "文件夹"),
            help=Bilingual(
                "Folder inside the run folder, with manifest.jsonl and images/.",
                "训练文件夹里放 manifest.jsonl 和 images/ 的文件夹。",
            ),
            expects="a plain folder name",
        ),
    ]
    manifest_sha256: Annotated[
        str,
        Field(pattern=r"^[0-9a-f]{64}$"),
        Setting(
            title=Bilingual("Manifest digest", "清单摘要"),
            help=Bilingual(
                "SHA-256 of manifest.jsonl, in lower-case hex.",
                "manifest.jsonl 的 SHA-256，小写十六进制。",
            ),
            expects="64 hex digits",
        ),
    ]


class RunConfig(RootSettings, frozen=True):
    """All that a run needs to know besides the faces themselves."""

    refusal = ConfigWrong

    a: Annotated[
        SideConfig,
        Setting(
            title=Bilingual("Side A", "A 方"),
            help=Bilingual(
                "The person in the footage: pose and expression are kept.",
                "画面里的人：保留其姿态和表情。",
            ),
        ),
    ]
    b: Annotated[
        SideConfig,
        Setting(
            title=Bilingual("Side B", "B 方"),
            help=Bilingual("The person whose face is swapped in.", "把这个人的脸换上去。"),
        ),
    ]
    steps: Annotated[
        StepCount,
        Setting(
            title=Bilingual("Steps", "步数"),
            help=Bilingual(
                "Number of training steps. On a CPU, 200 show that everything works; on a GPU, "
                "good results take 100,000 or more.",
                "训练的总步数。用 CPU 跑 200 步，够看出一切正常；用显卡想要好效果，要 100,000 "
                "步以上。",
            ),
            flag="--steps",
        ),
    ] = 100_000
    model: Annotated[
        str,
        Field(min_length=1),
        Setting(
            title=Bilingual("Model", "模型"),
            help=Bilingual(
                "The architecture; it also fixes the resolution.", "模型结构，同时决定分辨率。"
            ),
            flag="--model",
            metavar="NAME",
            expects="a name",
        ),
    ] = "original"
    batch_size: Annotated[
        int,
        Field(ge=1, le=65_536),
        Setting(
            title=Bilingual("Batch size", "批大小"),
            help=Bilingual(
                "Faces of each person per step, over all GPUs together. 8 for a CPU, 64 or more "
                "for a GPU.",
                "每一步每人取多少张脸，所有显卡合计。CPU 用 8，显卡用 64 或更多。",
            ),
            flag="--batch-size",
        ),
    ] = 8
    seed: Annotated[
        int,
        Field(ge=0, le=2**31 - 1),
        Setting(
            title=Bilingual("Seed", "随机种子"),
            help=Bilingual(
                "Of the random numbers: weights, sampling and augmentation.",
                "决定初始权重、取样和数据增强的随机数。",
            ),
            flag="--seed",
        ),
    ] = 0
    learning_rate: Annotated[
        float,
        Field(ge=1e-9, le=1),
        Setting(
            title=Bilingual("Learning rate", "学习率"),
            help=Bilingual("How far a step moves the weights.", "每一步把权重改动多少。"),
            flag="--learning-rate",
        ),
    ] = 5e-5
    coverage: Annotated[
        float,
        Field(ge=0.5, le=1),
        Setting(
            title=Bilingual("Coverage", "覆盖范围"),
            help=Bilingual(
                "Share of the aligned face square that the model sees; 0.8 still holds brow and "
                "chin.",
                "模型看到对齐后人脸方框的多大一部分；0.8 仍包含眉毛和下巴。",
            ),
            flag="--coverage",
        ),
    ] = 0.8
    centring: Annotated[
        Centring,
        Setting(
            title=Bilingual("Centring", "居中方式"),
            help=Bilingual(
                "What lies in the middle of what the model sees: the features (legacy), the face, "
                "or the head.",
                "模型看到的画面以什么为中心：五官（legacy）、脸（face）或头（head）。",
            ),
            flag="--centring",
        ),
    ] = "face"
    mask: Annotated[
        Literal["extended", "components"],
        Setting(
            title=Bilingual("Mask", "遮罩"),
            help=Bilingual(
                "Which face mask weighs the loss and, later, limits the swap.",
                "训练时用哪种人脸遮罩给损失加权；换脸时也用它限定范围。",
            ),
            flag="--mask",
        ),
    ] = "extended"
    segmentation: Annotated[
        str | None,
        Field(pattern=r"^[\w-][\w.-]*$"),
        Setting(
            title=Bilingual("Segmentation weights", "分割权重"),
            help=Bilingual(
                "File in the run folder with weights that find the face instead, in ONNX or "
                "safetensors.",
                "训练文件夹里改用来找脸的分割模型权重，ONNX 或 safetensors。",
            ),
            expects="a plain file name in the run folder",
        ),
    ] = None
    learn_mask: Annotated[
        bool,
        Setting(
            title=Bilingual("Learn the mask", "学习遮罩"),
            help=Bilingual(
                "Whether the model learns the mask as well; some always do.",
                "让模型同时学遮罩；有的模型总会学。",
            ),
            flag="--learn-mask",
        ),
    ] = False
    losses: Annotated[
        dict[LossName, Annotated[float, Field(ge=0, le=1000)]],
        Setting(
            title=Bilingual("Losses", "损失函数"),
            help=Bilingual(
                "Loss functions and their weights, as a JSON object.",
                "用哪些损失函数、各占多大权重，写成 JSON 对象。",
            ),
            flag="--losses",
            metavar="JSON",
            expects=f"weights by name, of at least one of {', '.join(LOSSES)}",
        ),
    ] = Field(default_factory=_usual_losses, min_length=1)
    outside_weight: Annotated[
        float,
        Field(ge=0, le=1),
        Setting(
            title=Bilingual("Background loss weight", "背景权重"),
            help=Bilingual(
                "Of a pixel outside the mask, where one inside has 1.",
                "遮罩外一个像素在损失里的权重，遮罩内为 1。",
            ),
            flag="--outside-weight",
        ),
    ] = 0.1
    eye_weight: Annotated[
        float,
        Field(ge=1, le=1000),
        Setting(
            title=Bilingual("Eye loss weight", "眼睛权重"),
            help=Bilingual(
                "Multiplies the loss of pixels in the eyes.", "眼睛处像素的损失乘以几倍。"
            ),
            flag="--eye-weight",
        ),
    ] = 3.0
    mouth_weight: Annotated[
        float,
        Field(ge=1, le=1000),
        Setting(
            title=Bilingual("Mouth loss weight", "嘴部权重"),
            help=Bilingual(
                "Multiplies the loss of pixels in the mouth.", "嘴部像素的损失乘以几倍。"
            ),
            flag="--mouth-weight",
        ),
    ] = 2.0
    flip: Annotated[
        bool,
        Setting(
            title=Bilingual("Flip", "左右翻转"),
            help=Bilingual(
                "Mirror every second face, so that both profiles are learnt from either.",
                "每两张脸镜像一张，这样一侧的侧脸也能教会另一侧。",
            ),
            flag="--flip",
        ),
    ] = True
    colour: Annotated[
        bool,
        Setting(
            title=Bilingual("Colour augmentation", "颜色增强"),
            help=Bilingual(
                "Change light, colour and contrast a little each time.",
                "每次稍微改变亮度、颜色和对比度。",
            ),
            flag="--colour",
        ),
    ] = True
    warp: Annotated[
        Warp,
        Setting(
            title=Bilingual("Warp", "变形"),
            help=Bilingual(
                "How faces are distorted before the model sees them: a random grid, towards the "
                "other person's landmarks, or none.",
                "喂给模型前怎样扭曲人脸：随机网格（grid）、按对方的关键点（landmarks）或不扭曲"
                "（none）。",
            ),
            flag="--warp",
        ),
    ] = "grid"
    optimizer: Annotated[
        Literal["adam", "adamw", "adabelief"],
        Setting(
            title=Bilingual("Optimizer", "优化器"),
            help=Bilingual("How gradients become steps.", "用什么方法按梯度更新权重。"),
            flag="--optimizer",
        ),
    ] = "adam"
    weight_decay: Annotated[
        float,
        Field(ge=0, le=1),
        Setting(
            title=Bilingual("Weight decay", "权重衰减"),
            help=Bilingual(
                "Share of each weight, times the learning rate, that a step takes away; not with "
                "adam.",
                "每一步把权重减去这个比例乘以学习率；adam 不用。",
            ),
            flag="--weight-decay",
        ),
    ] = 0.0
    warmup_steps: Annotated[
        StepCountOrNone,
        Setting(
            title=Bilingual("Warm-up steps", "预热步数"),
            help=Bilingual(
                "Steps over which the learning rate rises to its full value.",
                "学习率用多少步升到设定值。",
            ),
            flag="--warmup-steps",
        ),
    ] = 0
    clip_norm: Annotated[
        float,
        Field(ge=0, le=1e6),
        Setting(
            title=Bilingual("Gradient clipping", "梯度裁剪"),
            help=Bilingual(
                "Largest norm of a step's gradient; 0 turns clipping off.",
                "梯度范数的上限；0 表示不裁剪。",
            ),
            flag="--clip-norm",
        ),
    ] = 0.0
    ema_decay: Annotated[
        float,
        Field(ge=0, le=0.999999),
        Setting(
            title=Bilingual("EMA decay", "EMA 衰减"),
            help=Bilingual(
                "Keep a moving average of the weights to draw with, and this share of it at each "
                "step; 0 turns it off.",
                "另存一份权重的滑动平均用来生成图像，每一步保留这个比例；0 表示不用。",
            ),
            flag="--ema-decay",
        ),
    ] = 0.0
    compile: Annotated[
        Literal["auto"] | bool,
        Setting(
            title=Bilingual("Compile", "编译"),
            help=Bilingual(
                "Compile the step with torch.compile; auto does on a GPU.",
                "用 torch.compile 编译训练步骤；auto 表示有显卡时才编译。",
            ),
            flag="--compile",
        ),
    ] = "auto"
    timelapse: Annotated[
        bool,
        Setting(
            title=Bilingual("Time-lapse", "延时记录"),
            help=Bilingual(
                "Keep the preview's faces at every checkpoint.", "每个检查点都留下预览里的脸。"
            ),
            flag="--timelapse",
        ),
    ] = False
    device: Annotated[
        Literal["auto", "cpu", "cuda"],
        Setting(
            title=Bilingual("Device", "设备"),
            help=Bilingual(
                "Where the model is trained; auto takes a GPU where there is one.",
                "在哪里训练；auto 表示有显卡就用显卡。",
            ),
            flag="--device",
        ),
    ] = "auto"
    precision: Annotated[
        Literal["auto", "fp32", "bf16"],
        Setting(
            title=Bilingual("Precision", "精度"),
            help=Bilingual(
                "auto is bf16 where the GPU or the CPU computes in it, else fp32.",
                "auto 表示显卡或 CPU 支持时用 bf16，否则用 fp32。",
            ),
            flag="--precision",
        ),
    ] = "auto"
    save_every: Annotated[
        StepCount,
        Setting(
            title=Bilingual("Save interval", "保存间隔"),
            help=Bilingual(
                "Steps from one checkpoint to the next; the last step and a stop always save.",
                "每隔多少步存一个检查点；最后一步和停止时总会保存。",
            ),
            flag="--save-every",
        ),
    ] = 100
    save_seconds: Annotated[
        Seconds,
        Setting(
            title=Bilingual("Shortest save interval", "最短保存间隔"),
            help=Bilingual(
                "Minimum seconds between two scheduled checkpoints, so that saving does not slow "
                "the training.",
                "按计划保存的两个检查点至少相隔多少秒，免得拖慢训练。",
            ),
            flag="--save-seconds",
        ),
    ] = 60
    snapshot_every: Annotated[
        StepCountOrNone,
        Setting(
            title=Bilingual("Snapshot interval", "快照间隔"),
            help=Bilingual(
                "Steps from one kept copy of the weights (half precision) to the next; 0 keeps "
                "none.",
                "每隔多少步长期留一份权重（半精度）；0 表示不留。",
            ),
            flag="--snapshot-every",
        ),
    ] = 25_000
    preview_every: Annotated[
        StepCount,
        Setting(
            title=Bilingual("Preview interval", "预览间隔"),
            help=Bilingual(
                "Steps from one preview to the next; steps 1 and 10 have one as well.",
                "每隔多少步出一张预览；第 1 步和第 10 步也会出。",
            ),
            flag="--preview-every",
        ),
    ] = 25
    preview_seconds: Annotated[
        Seconds,
        Setting(
            title=Bilingual("Shortest preview interval", "最短预览间隔"),
            help=Bilingual(
                "Minimum seconds between two scheduled previews.",
                "按计划出的两张预览至少相隔多少秒。",
            ),
            flag="--preview-seconds",
        ),
    ] = 5

    supervised: Annotated[
        bool,
        Setting(
            title=Bilingual("Supervised", "受监管"),
            help=Bilingual(
                "Train only while a site's supervisor renews its permission; the site sets it.",
                "只有网站的监管进程不断放行才训练；由网站设置。",
            ),
        ),
    ] = False

    @field_validator("b")
    @classmethod
    def _is_somebody_else(cls, b: SideConfig, known: ValidationInfo) -> SideConfig:
        a = known.data.get("a")
        if a is not None and a.folder == b.folder:
            raise ValueError("must be another folder than a: a run needs two different people")
        return b

    @field_validator("losses")
    @classmethod
    def _count_for_something(cls, losses: dict[LossName, float]) -> dict[LossName, float]:
        if not any(losses.values()):
            raise ValueError("must have a weight above 0")
        return losses

    def side(self, name: Side) -> SideConfig:
        return self.a if name == "a" else self.b


def load_config(run_dir: Path) -> RunConfig:
    """The settings in a run folder's config.json.

    Raises ConfigWrong when the file is missing, no JSON, or holds wrong settings.
    """
    path = run_dir / CONFIG_FILE
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigWrong(f"There is no {CONFIG_FILE} in {run_dir}; write one first.") from None
    except (OSError, ValueError) as error:
        raise ConfigWrong(f"{path} cannot be read: {error}. Write it again.") from error
    return RunConfig.from_dict(given, source=str(path))
