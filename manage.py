#!/usr/bin/env python
"""Django's command line for Winnow."""

import os
import sys


def main() -> None:
    os.umask(0o077)  # what we write, pictures and secrets, is our own user's alone
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
