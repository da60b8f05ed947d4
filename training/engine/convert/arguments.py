"""The command line of `python -m training.engine.convert`."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.engine.convert.settings import ConvertSettings, read_settings_file
from training.engine.credentials.provenance import CREDENTIALS_HELP
from training.engine.run.folder import SIDES
from training.engine.run.setting_flags import add_flags, with_flags


def read_arguments(arguments: list[str] | None, *, about: str | None) -> argparse.Namespace:
    """What was given; `settings` holds the ConvertSettings. Raises ConversionRefused."""
    parser = argparse.ArgumentParser(
        prog="training.engine.convert",
        usage="%(prog)s --checkpoint RUN --input FILE --output FILE --into {a,b} [settings]",
        description=about,
    )
    files = parser.add_argument_group("what goes in and out")
    checkpoint = "a .safetensors file, or a run folder for its last checkpoint"
    files.add_argument("--checkpoint", type=Path, required=True, help=checkpoint)
    source = "a picture, a folder of pictures, or a video"
    files.add_argument("--input", type=Path, required=True, help=source)
    files.add_argument("--output", type=Path, required=True, help="the same kind, to be written")
    whose = "whose face is put in: the run's a or b"
    files.add_argument("--into", choices=SIDES, required=True, help=whose)
    files.add_argument("--credentials", type=Path, metavar="DIR", help=CREDENTIALS_HELP)
    file = "settings by the names in docs/engine.md; flags go before them"
    files.add_argument("--settings", type=Path, metavar="FILE.json", help=file)
    add_flags(parser, ConvertSettings)
    given = parser.parse_args(arguments)
    in_file = {} if given.settings is None else read_settings_file(given.settings)
    settings, flags = with_flags(ConvertSettings, given, in_file)
    given.settings = ConvertSettings.from_dict(settings, called=flags)
    return given
