from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """How people get in, how they are shut out, and who looks after their accounts."""

    name = "curation.accounts"

    def ready(self) -> None:
        """Listen for second factors: allauth tells of them by signals alone."""
        from curation.accounts import second_factor_events  # noqa: F401, PLC0415, models must be loaded
