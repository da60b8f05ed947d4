"""What a picture's structure may be refused for."""

from __future__ import annotations


class Unstrippable(ValueError):
    """The file is not built as its format says, so nobody can say what of it is the picture."""
