"""Where Django looks for the tables that belong to no single stage."""

from curation.log import ActionLog

__all__ = ["ActionLog"]
