"""Makes a run folder from two folders of pictures.

`python -m training.engine.tools.new_run RUN_DIR --a FOLDER --b FOLDER`. Any pictures will do, also
faces that were cut out before and faceswap's PNG faces; folders inside the two are not looked
into. Ends with 0 when the run folder is made, 2 when something given to it is wrong, 1 for
anything else.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from curation.files import DiskFull, whole_folder, write_json
from curation.releases.manifest import (
    IMAGES_FOLDER,
    LANDMARKS_FILE,
    MANIFEST_FILE,
    Entry,
    Header,
    Manifest,
    digest_of,
    encode,
)
from curation.vision.decode import Unreadable, open_picture
from training.engine.data.faces import FEWEST_FACES
from training.engine.data.segmentation import open_segmenter
from training.engine.errors import (
    FAILURES,
    ConfigWrong,
    FolderUnusable,
    LandmarksWrong,
    RunFolderUnusable,
    TooFewFaces,
)
from training.engine.models.catalogue import CATALOGUE
from training.engine.models.registry import architecture_named
from training.engine.phrasing import counted, json_or_word
from training.engine.run.config import CONFIG_FILE, RunConfig
from training.engine.run.events import say
from training.engine.run.folder import SEGMENTATION, SIDES
from training.engine.run.landmarks import KnownLandmarks, read_landmarks
from training.engine.run.output_place import make_folder
from training.engine.run.setting_flags import add_flags, with_flags

LONGEST_NAME = 255
"""Bytes of a file's name."""


@dataclass(frozen=True, slots=True)
class SideSource:
    """Where one side's pictures come from."""

    folder: Path
    landmarks: Path | None = None
    """An .npz with the pictures' landmarks, where they are known."""


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    settings, _ = with_flags(RunConfig, given, {})
    try:
        for side, count in make_run(
            given.run_dir,
            a=SideSource(given.a, given.landmarks_a),
            b=SideSource(given.b, given.landmarks_b),
            settings={**settings, **_settings(given.set)},
            segmentation=given.segmentation,
        ).items():
            say(f"Side {side.upper()} has {counted(count, 'picture')}.")
    except FAILURES as refusal:
        say(refusal.message)
        return refusal.exit_code
    say(f"Train it: python -m training.engine.train {given.run_dir}")
    return 0


def make_run(
    run_dir: Path,
    *,
    a: SideSource,
    b: SideSource,
    settings: dict[str, Any],
    segmentation: Path | None = None,
) -> dict[str, int]:
    """Make a run folder that holds copies of all pictures; gives how many each side has.

    `segmentation` are weights that find the face, which are copied as well.
    Raises OutputUnusable, RunFolderUnusable, FolderUnusable, TooFewFaces, LandmarksWrong,
    ConfigWrong, ModelUnknown, SegmentationWrong or DiskFull.
    """
    if a.folder.resolve() == b.folder.resolve():
        raise FolderUnusable(
            f"Both sides are {a.folder}; a run needs two different people.", folder=str(a.folder)
        )
    if settings.get("segmentation") is not None:
        raise ConfigWrong("Give the weights' file with --segmentation FILE: it is copied then.")
    counts: dict[str, int] = {}
    make_folder(run_dir.parent)
    try:
        if run_dir.exists():
            raise RunFolderUnusable(f"{run_dir} is there already; name another folder.")
        with whole_folder(run_dir) as partial:
            sides: dict[str, dict[str, str]] = {}
            for side, source in zip(SIDES, (a, b), strict=True):
                digest, counts[side] = _write_side(partial / side, source)
                sides[side] = {"folder": side, "manifest_sha256": digest}
            if segmentation is not None:
                settings = {**settings, "segmentation": _copy_weights(segmentation, partial)}
            config = RunConfig.from_dict({**settings, **sides})
            architecture_named(config.model)
            write_json(partial / CONFIG_FILE, config.to_dict())
    except DiskFull:
        raise
    except OSError as error:
        raise RunFolderUnusable(f"{run_dir} cannot be written to ({error.strerror}).") from error
    return counts


def _write_side(folder: Path, source: SideSource) -> tuple[str, int]:
    """Copy one side's pictures and list them as a release does; gives the list's digest."""
    known = _known(source)
    (folder / IMAGES_FOLDER).mkdir(parents=True)
    entries: list[Entry] = []
    points: KnownLandmarks = {}
    for number, (name, content) in enumerate(_pictures(source.folder), start=1):
        entry = _entry(number, name, content)
        (folder / IMAGES_FOLDER / entry.file).write_bytes(content)
        entries.append(entry)
        if name in known:
            points[entry.file] = known[name]
    _refuse_few(source, len(entries))
    header = Header(
        project="folders",
        subject=source.folder.resolve().name,
        rule="all",
        landmarks_sha256=_write_landmarks(folder / LANDMARKS_FILE, source, points),
    )
    listing = encode(Manifest(header=header, entries=tuple(entries)))
    (folder / MANIFEST_FILE).write_bytes(listing)
    return digest_of(listing), len(entries)


def _copy_weights(weights: Path, run_dir: Path) -> str:
    """Copy segmentation weights and what is said about them; gives their name in the run."""
    open_segmenter(weights)
    for path in (weights, weights.with_suffix(".json")):
        shutil.copyfile(path, run_dir / f"{SEGMENTATION}{path.suffix}")
    return f"{SEGMENTATION}{weights.suffix}"


def _pictures(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every picture in a folder, in the order of their names."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise FolderUnusable(
            f"The pictures' folder {folder} cannot be read ({error.strerror}); name another.",
            folder=str(folder),
        ) from error
    if inside := [path.name for path in paths if path.is_dir()]:
        say(f"Folders in {folder} are not looked into: {', '.join(inside)}.")
    for path in (path for path in paths if path.is_file()):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise FolderUnusable(
                f"The picture {path} cannot be read ({error.strerror}). Take it out, or give this "
                "user the right to read it.",
                folder=str(folder),
            ) from error
        try:
            open_picture(content)
        except Unreadable as refusal:
            if not path.name.startswith("."):
                say(f"{path} is left out. {refusal}")
            continue
        yield path.name, content


def _entry(number: int, name: str, content: bytes) -> Entry:
    """A picture's line of the manifest."""
    picture = open_picture(content)
    file = f"{number:05d}_{name}"
    if len(file.encode()) > LONGEST_NAME:
        file = f"{number:05d}{PurePath(name).suffix}"
    digest = hashlib.sha256(content).hexdigest()
    return Entry(
        number=number,
        name=name,
        file=file,
        file_sha256=digest,
        file_size_bytes=len(content),
        sha256=digest,
        size_bytes=len(content),
        width=picture.width,
        height=picture.height,
        sources=(),
    )


def _known(source: SideSource) -> KnownLandmarks:
    """The landmarks that were given along, by the name of the picture without its folder."""
    path = source.landmarks
    if path is None:
        return {}
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LandmarksWrong(
            f"The landmarks at {path} cannot be read ({error.strerror}); name another file.",
            file=str(path),
        ) from error
    given = read_landmarks(path, content)
    known = {PurePath(file).name: points for file, points in given.items()}
    if len(known) != len(given):
        raise LandmarksWrong(f"In {path} one picture's name comes twice.", file=str(path))
    return known


def _write_landmarks(path: Path, source: SideSource, points: KnownLandmarks) -> str | None:
    """Write the landmarks that were given along; gives their digest, None without any."""
    if source.landmarks is None:
        return None
    if not points:
        raise LandmarksWrong(
            f"{source.landmarks} holds landmarks of no picture in {source.folder}: its names are "
            "others.",
            file=str(source.landmarks),
        )
    np.savez(
        path, allow_pickle=False, files=np.array(list(points)), lm=np.stack([*points.values()])
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _refuse_few(source: SideSource, count: int) -> None:
    if count < FEWEST_FACES:
        raise TooFewFaces(
            f"Only {count} pictures are in {source.folder}; training needs at least "
            f"{FEWEST_FACES} with a face. Add more.",
            subject=source.folder.name,
            images=count,
            needed=FEWEST_FACES,
        )


def _settings(pairs: list[str]) -> dict[str, Any]:
    """What `--set name=value` asks for; a value that is no JSON is a word."""
    settings = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ConfigWrong(f"--set needs name=value, not {pair!r}.")
        if name in SIDES:
            raise ConfigWrong(f"Give the pictures of side {name} with --{name} FOLDER.")
        settings[name] = json_or_word(value)
    return settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="training.engine.tools.new_run",
        usage="%(prog)s RUN_DIR --a FOLDER --b FOLDER [settings]",
        description=__doc__,
        epilog=_models(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run_dir", type=Path, help="folder to make; it must not be there yet")
    for side in SIDES:
        parser.add_argument(f"--{side}", type=Path, required=True, help="folder of pictures")
        parser.add_argument(
            f"--landmarks-{side}",
            type=Path,
            metavar="FILE.npz",
            help="their landmarks, where known: arrays files (N,) and lm (N, 68, 2)",
        )
    weights = "weights that find the face (.onnx, .safetensors), with a .json beside them"
    parser.add_argument("--segmentation", type=Path, metavar="FILE", help=weights)
    by_name = "any setting by its name in config.json; may be given again"
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help=by_name)
    add_flags(parser, RunConfig)
    return parser


def _models() -> str:
    """The models that can be trained, a line each."""
    lines = [f"  {name:<20} {entry.about.en}" for name, entry in CATALOGUE.items()]
    return "\n".join(["models:", *lines])


if __name__ == "__main__":
    sys.exit(main())
