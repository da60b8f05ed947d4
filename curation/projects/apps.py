from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """People, projects, and who may do what in which."""

    name = "curation.projects"

    def ready(self) -> None:
        """Register the permissions before anybody is asked for one."""
        from curation.projects import permissions  # noqa: F401, PLC0415, models must be loaded
