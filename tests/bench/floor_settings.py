"""The product's settings with one page more: `tests.bench.floor`."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.floor"
