"""Settings of the test suite: the product's own, with what a test machine needs changed."""

import atexit
import os
import shutil
import tempfile

# One folder for each process, removed with it: test runs side by side do not meet.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="winnow-tests-")
os.environ.setdefault("SECRET_KEY", "only for tests")

from config.settings import *  # noqa: F403
from config.settings import DATA_DIR, DATABASES, STATIC_ROOT

atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
STATIC_ROOT.mkdir()  # whitenoise warns of a missing one, and warnings are errors here

if "sqlite3" in DATABASES["default"]["ENGINE"]:
    # A file like the product's. Django's own choice, memory shared between threads, locks whole
    # tables and so behaves in a race as no real database does.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
