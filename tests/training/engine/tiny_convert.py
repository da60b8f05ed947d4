"""Conversion that knows the tests' models: `python -m tests.training.engine.tiny_convert`."""

from __future__ import annotations

import sys

import torch

from tests.training.engine import tiny  # noqa: F401, it makes its models known
from training.engine.convert.__main__ import handle_signals, main

if __name__ == "__main__":
    torch.set_num_threads(1)
    handle_signals()
    sys.exit(main())
