"""Settings of the test suite: the product's own, with what a test machine needs changed."""

import os
import tempfile
from pathlib import Path

os.environ["DATA_DIR"] = str(Path(tempfile.gettempdir()) / "winnow-tests")
os.environ.setdefault("SECRET_KEY", "only for tests")

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
