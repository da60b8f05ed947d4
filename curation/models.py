"""Where Django looks for the tables that belong to no single stage."""

from curation.projects.log import ActionLog

__all__ = ["ActionLog"]
