from django.apps import AppConfig


class CurationConfig(AppConfig):
    """Holds the action log; each stage is an app of its own."""

    name = "curation"
    label = "curation"
