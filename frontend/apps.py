from django.apps import AppConfig


class FrontendConfig(AppConfig):
    """What people see: pages, their forms, the API of the islands, template tags, static files."""

    name = "frontend"
