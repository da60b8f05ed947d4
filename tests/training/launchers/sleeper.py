"""A program for tests: says that it sleeps, does so, and ends with the code it was given."""

from __future__ import annotations

import sys
import time

if __name__ == "__main__":
    print("asleep", flush=True)  # noqa: T201, it has nothing else to say it with
    seconds, code = (*sys.argv[1:], "600", "0")[:2]
    time.sleep(float(seconds))
    sys.exit(int(code))
