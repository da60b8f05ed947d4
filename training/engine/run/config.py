"""A run's settings: one frozen, typed value, which cannot be built wrong."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self, get_args

from curation.vision.alignment import Centring
from training.engine.errors import ConfigWrong
from training.engine.phrasing import as_json

# Named here and not beside their code: who only reads settings must not load torch.
Warp = Literal["grid", "landmarks", "none"]
LossName = Literal["ssim", "ms_ssim", "mse", "mae", "log_cosh", "gradient"]
LOSSES: tuple[LossName, ...] = get_args(LossName)

CONFIG_FILE = "config.json"
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class SideConfig:
    """One of the two people of a run: where their release lies and what it must hash to."""

    folder: str
    """Folder inside the run folder, with `manifest.jsonl` and `images/`."""
    manifest_sha256: str
    """Digest of `manifest.jsonl`, in lower-case hex."""

    def problems(self, side: str) -> list[str]:
        """The sentences that say what is wrong with this side; empty when all is well."""
        found = []
        if not isinstance(self.folder, str) or not re.fullmatch(r"[\w-]+", self.folder):
            found.append(f"{side}.folder must be a plain folder name, not {as_json(self.folder)}")
        digest = self.manifest_sha256
        if not isinstance(digest, str) or not SHA256.fullmatch(digest):
            found.append(f"{side}.manifest_sha256 must be 64 hex digits, not {as_json(digest)}")
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class RunConfig:
    """All that a run needs to know besides the faces themselves."""

    a: SideConfig
    b: SideConfig
    steps: int
    """How many steps the finished run has."""
    model: str = "original"
    """Name of an architecture; it also fixes the resolution."""
    batch_size: int = 8
    """Faces of each person per step, over all processes together."""
    seed: int = 0
    learning_rate: float = 5e-5
    coverage: float = 0.8
    """Share of the aligned face square that the model sees; 0.8 still holds brow and chin."""
    centring: Centring = "face"
    """What lies in the middle of what the model sees: the features, the face, or the head."""
    mask: Literal["extended", "components"] = "extended"
    """Which face mask weighs the loss and, later, limits the swap."""
    segmentation: str | None = None
    """File in the run folder with weights that find the face instead, in ONNX or safetensors."""
    learn_mask: bool = False
    """Whether the model learns the mask as well; some always do."""
    losses: dict[str, float] = dataclasses.field(default_factory=lambda: {"ssim": 1.0, "mse": 1.0})
    """What is wrong with a picture, by the names in `losses.py`, and what each counts."""
    outside_weight: float = 0.1
    """What a pixel outside the mask counts, where one inside counts 1."""
    eye_weight: float = 3.0
    """So many times as much counts a pixel in the eyes."""
    mouth_weight: float = 2.0
    flip: bool = True
    """Mirror every second face, so that both profiles are learnt from either."""
    colour: bool = True
    """Change light, colour and contrast a little each time."""
    warp: Warp = "grid"
    """How faces are bent before the model sees them: by chance, or to the other's landmarks."""
    optimizer: Literal["adam", "adamw", "adabelief"] = "adam"
    weight_decay: float = 0.0
    """Share of each weight, times the learning rate, that a step takes away; not with adam."""
    warmup_steps: int = 0
    """Steps over which the learning rate rises to its full height."""
    clip_norm: float = 0.0
    """Longest gradient that a step may follow; 0 is any."""
    ema_decay: float = 0.0
    """Keep a running mean of the weights to draw with, this much of it staying each step."""
    compile: Literal["auto", True, False] = "auto"
    """Compile the step with torch.compile; `auto` does on a GPU."""
    timelapse: bool = False
    """Keep the preview's faces at every checkpoint."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """`auto` is bf16 where the GPU or the CPU computes in it, else fp32."""
    save_every: int = 100
    """Steps from one checkpoint to the next; the last step and a stop always save."""
    save_seconds: int = 60
    """At least so long between two checkpoints on schedule: saving must not eat the training."""
    snapshot_every: int = 25_000
    """Steps from one kept copy of the weights (half precision) to the next; 0 keeps none."""
    preview_every: int = 25
    """Steps from one preview to the next; steps 1 and 10 have one as well."""
    preview_seconds: int = 5
    """At least so long between two previews on schedule."""

    def __post_init__(self) -> None:
        problems = [
            *self.a.problems("a"),
            *self.b.problems("b"),
            *_name(self, "model"),
            *_whole(self, "steps", 1, 100_000_000),
            *_whole(self, "batch_size", 1, 65_536),
            *_whole(self, "seed", 0, 2**31 - 1),
            *_whole(self, "save_every", 1, 100_000_000),
            *_whole(self, "save_seconds", 0, 86_400),
            *_whole(self, "snapshot_every", 0, 100_000_000),
            *_whole(self, "preview_every", 1, 100_000_000),
            *_whole(self, "preview_seconds", 0, 86_400),
            *_number(self, "learning_rate", 1e-9, 1.0),
            *_number(self, "coverage", 0.5, 1.0),
            *_number(self, "outside_weight", 0.0, 1.0),
            *_number(self, "eye_weight", 1.0, 1000.0),
            *_number(self, "mouth_weight", 1.0, 1000.0),
            *_number(self, "weight_decay", 0.0, 1.0),
            *_number(self, "clip_norm", 0.0, 1e6),
            *_number(self, "ema_decay", 0.0, 0.999999),
            *_whole(self, "warmup_steps", 0, 100_000_000),
            *_losses(self.losses),
            *_segmentation(self.segmentation),
            *_choice(self, "learn_mask", (True, False)),
            *_choice(self, "flip", (True, False)),
            *_choice(self, "colour", (True, False)),
            *_choice(self, "timelapse", (True, False)),
            *_choice(self, "compile", ("auto", True, False)),
            *_choice(self, "centring", get_args(Centring)),
            *_choice(self, "warp", get_args(Warp)),
            *_choice(self, "optimizer", ("adam", "adamw", "adabelief")),
            *_choice(self, "mask", ("extended", "components")),
            *_choice(self, "device", ("auto", "cpu", "cuda")),
            *_choice(self, "precision", ("auto", "fp32", "bf16")),
        ]
        if self.a.folder == self.b.folder:
            problems.append("a and b must be two different people's folders")
        if problems:
            raise ConfigWrong(_sentence(problems), problems=problems)

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> Self:
        """The settings in `given`, as JSON holds them.

        Raises ConfigWrong, naming every unknown, missing or wrong setting at once.
        """
        problems = _wrong_keys(cls, given, "")
        for side in ("a", "b"):
            if side not in given:
                continue
            if isinstance(given[side], dict):
                problems += _wrong_keys(SideConfig, given[side], f"{side}.")
            else:
                problems.append(f"{side} must be an object with folder and manifest_sha256")
        if problems:
            raise ConfigWrong(_sentence(problems), problems=problems)
        sides = {side: SideConfig(**given[side]) for side in ("a", "b")}
        return cls(**{**given, **sides})

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON holds them, so that from_dict gives the same value again."""
        return dataclasses.asdict(self)

    def side(self, name: Literal["a", "b"]) -> SideConfig:
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
    if not isinstance(given, dict):
        raise ConfigWrong(f"{path} must hold one JSON object with the settings.")
    try:
        return RunConfig.from_dict(given)
    except ConfigWrong as refusal:
        problems = refusal.context["problems"]
        raise ConfigWrong(_sentence(problems, file=str(path)), problems=problems) from None


def _wrong_keys(kind: type[Any], given: dict[str, Any], prefix: str) -> list[str]:
    fields = dataclasses.fields(kind)
    known = {field.name for field in fields}
    missing = dataclasses.MISSING
    needed = {field.name for field in fields if field.default is missing is field.default_factory}
    return [
        *(f"unknown setting: {prefix}{name}" for name in sorted(given.keys() - known)),
        *(f"missing setting: {prefix}{name}" for name in sorted(needed - given.keys())),
    ]


def _sentence(problems: list[str], *, file: str = "the settings") -> str:
    return f"Mend {file}: " + "; ".join(problems) + "."


def _name(config: RunConfig, name: str) -> list[str]:
    value = getattr(config, name)
    is_name = isinstance(value, str) and value
    return [] if is_name else [f"{name} must be a name, not {as_json(value)}"]


def _whole(config: RunConfig, name: str, lowest: int, highest: int) -> list[str]:
    value = getattr(config, name)
    # bool is an int to Python; to a person who writes "steps": true it is a mistake.
    if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
        return []
    return [f"{name} must be a whole number from {lowest} to {highest}, not {as_json(value)}"]


def _number(config: RunConfig, name: str, lowest: float, highest: float) -> list[str]:
    value = getattr(config, name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # Not a number compares false with everything, so NaN is refused here as well.
    if is_number and lowest <= value <= highest:
        return []
    return [f"{name} must be a number from {lowest:g} to {highest:g}, not {as_json(value)}"]


def _losses(losses: Any) -> list[str]:
    if not isinstance(losses, dict) or not losses:
        return [f"losses must name at least one of {', '.join(LOSSES)}, not {as_json(losses)}"]
    unknown = [name for name in losses if name not in LOSSES]
    weights = [as_json(weight) for weight in losses.values() if not _is_weight(weight)]
    return [
        *(f"losses: there is no {name!r}; choose from {', '.join(LOSSES)}" for name in unknown),
        *(f"losses: a weight must be a number from 0 to 1000, not {each}" for each in weights),
        *(["losses: all weights are 0"] if not any(losses.values()) else []),
    ]


def _is_weight(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= 1000


def _segmentation(name: Any) -> list[str]:
    if name is None or (isinstance(name, str) and re.fullmatch(r"[\w-][\w.-]*", name)):
        return []
    return [f"segmentation must be a plain file name in the run folder, not {as_json(name)}"]


def _choice(config: RunConfig, name: str, choices: tuple[str | bool, ...]) -> list[str]:
    value = getattr(config, name)
    # 1 equals True to Python, but it is no answer to a yes-or-no question.
    is_choice = any(value == choice and type(value) is type(choice) for choice in choices)
    known = ", ".join(as_json(choice) for choice in choices)
    return [] if is_choice else [f"{name} must be one of {known}, not {as_json(value)}"]
